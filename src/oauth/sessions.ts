import { createHash } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import { dayOf, type Clock, type Day } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { findPerson, type Person } from '../store/accounts/accounts.ts';
import { endEverySession, endSession, noteSeen, sessionsOf } from '../store/accounts/sessions.ts';
import type { Exchange } from '../http/exchange.ts';
import { isOver } from './session-end.ts';
import { tokenDigest } from '../crypto/digest.ts';

export interface SignedIn extends Person {
  readonly signedInAt: Date;
  /** Names this sign-in among the account's others. */
  readonly sessionDigest: Uint8Array;
}

/** A sign-in as its owner sees it. The name says nothing of the cookie. */
export interface Session {
  readonly name: string;
  readonly signedInAt: Date;
  readonly lastSeenOn: Day | null;
  readonly isThis: boolean;
}

export interface Sessions {
  /** Who is signed in on this browser. Null for nobody, and for a disabled account. */
  read(exchange: Exchange): Promise<SignedIn | null>;
  /** Ends this browser's sign-in. Apps stay connected. */
  end(exchange: Exchange): Promise<void>;
  /** The account's living sign-ins, the newest first. */
  list(owner: { readonly accountId: string; readonly current: Uint8Array }): Promise<Session[]>;
  /** Ends one of the account's sign-ins. False when it has none of that name. Apps stay connected. */
  endOne(session: { readonly accountId: string; readonly name: string }): Promise<boolean>;
  /** Ends every sign-in of an account, or all but one. Answers how many. Apps stay connected. */
  endAll(owner: { readonly accountId: string; readonly keep?: Uint8Array }): Promise<number>;
}

export function makeBrowserSessions({ provider, orm, clock }: { provider: Provider; orm: Orm; clock: Clock }): Sessions {
  const rows = async (accountId: string) =>
    (await sessionsOf({ orm, accountId, now: clock() })).filter(
      ({ signedInAt }) => !isOver({ loginTs: signedInAt.getTime() / 1000 }, clock),
    );
  const load = ({ req, res }: Exchange) => provider.Session.get(provider.createContext(req, res));
  return {
    read: async (exchange) => {
      const session = await load(exchange);
      if (session.accountId === undefined || session.loginTs === undefined) return null;
      const person = await findPerson({ orm, accountId: session.accountId, now: clock() });
      if (!person) return null;
      const sessionDigest = tokenDigest(session.jti);
      await noteSeen({ orm, digest: sessionDigest, day: dayOf(clock()) });
      return { ...person, signedInAt: new Date(session.loginTs * 1000), sessionDigest };
    },
    end: async (exchange) => {
      const session = await load(exchange);
      if (session.accountId !== undefined) await session.destroy();
    },
    list: async ({ accountId, current }) =>
      (await rows(accountId)).map(({ digest, signedInAt, lastSeenOn }) => ({
        name: nameOf(digest),
        signedInAt,
        lastSeenOn,
        isThis: Buffer.from(digest).equals(current),
      })),
    endOne: async ({ accountId, name }) => {
      const row = (await rows(accountId)).find(({ digest }) => nameOf(digest) === name);
      if (!row || row.uid === null) return false;
      await endSession({ orm, accountId, uid: row.uid });
      return true;
    },
    endAll: ({ accountId, keep }) => orm.transaction((tx) => endEverySession({ tx, accountId, ...(keep && { except: keep }) })),
  };
}

function nameOf(digest: Uint8Array): string {
  return createHash('sha256').update('session').update(digest).digest('base64url').slice(0, 22);
}
