import { createHash } from 'node:crypto';
import type { Interaction } from 'oidc-provider';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { findShownApp, saveShownApp } from '../store/apps/shown-apps.ts';
import type { AppDescription } from './clients.ts';
import { tokenDigest } from '../crypto/digest.ts';

/** Names what a consent page says of an app, so that a form can say which page it was on. */
export function pageNameOf({ name, publisherDomain, documentAddress, redirectHost }: AppDescription): string {
  const said = JSON.stringify([name, publisherDomain, documentAddress, redirectHost]);
  return createHash('sha256').update(said).digest('base64url').slice(0, 22);
}

interface Page {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly details: Interaction;
  readonly app: AppDescription;
}

/** Keeps with the interaction what the page that is made now says. */
export async function keepShown({ orm, clock, details, app }: Page): Promise<void> {
  await saveShownApp({ orm, digest: tokenDigest(details.uid), page: pageNameOf(app), now: clock() });
}

/** Whether a person saw the app as it is now: on the last page that was made, and on the page of this form where it says so. */
export async function wasShown({ orm, clock, details, app }: Page, form: string | null): Promise<boolean> {
  const page = pageNameOf(app);
  return (form === null || form === page) && (await findShownApp({ orm, digest: tokenDigest(details.uid), now: clock() })) === page;
}
