import { looksOf } from '../policy/shapes/look-alikes.ts';
import type { Orm } from '../store/engine/db.ts';
import { connectedApps } from '../store/apps/apps.ts';
import type { AppDescription } from './clients.ts';
import { knownClients } from './known-clients.ts';

/** An app that another one could be taken for, by its name: one that is well known, or one that the account has connected. */
export interface LookAlike {
  readonly of: 'known' | 'connected';
  readonly name: string;
}

const known = knownClients.map(({ document }) => {
  const name = String(document['client_name']);
  return { name, looks: looksOf(name), host: new URL(document.client_id).host };
});

interface Seen {
  readonly orm: Orm;
  readonly app: AppDescription;
  readonly clientId: string;
  /** Null where nobody is signed in. */
  readonly accountId: string | null;
}

/** What an app isn't, though its name says so. The same host may vouch for several apps of one name. */
export async function lookAlikeOf({ orm, app, clientId, accountId }: Seen): Promise<LookAlike | null> {
  const looks = looksOf(app.name);
  const claimed = known.filter((each) => looks.includes(each.looks) && each.host !== app.publisherDomain);
  // The longest says most: Claude Code rather than Claude.
  const [first] = claimed.toSorted((a, b) => b.looks.length - a.looks.length);
  if (first) return { of: 'known', name: first.name };
  const others = accountId === null ? [] : await connectedApps({ orm, accountId });
  const other = others.find(
    (each) =>
      each.clientId !== clientId &&
      looksOf(each.name) === looks &&
      (app.publisherDomain === null || each.publisherDomain !== app.publisherDomain),
  );
  return other ? { of: 'connected', name: other.name } : null;
}
