import type { Orm } from '../engine/db.ts';
import { oauthArtifacts, passwordLinks } from '../schema/index.ts';
import { endLapsedGrants } from './grants.ts';

const batch = 500;
const dayMs = 86_400_000;

/** Ends every token, sign-in and one-time link that a backup brought back, and with them every grant: apps ask for consent again. Answers how many. */
export async function endEveryToken({ orm, now }: { orm: Orm; now: Date }): Promise<number> {
  const ended = await orm.delete(oauthArtifacts).returning({ kind: oauthArtifacts.kind });
  const links = await orm.delete(passwordLinks).returning({ accountId: passwordLinks.accountId });
  const before = new Date(now.getTime() + dayMs);
  while ((await endLapsedGrants({ orm, now, before, limit: batch })) === batch);
  return ended.length + links.length;
}
