import type { Orm } from '../store/engine/db.ts';
import { deleteExpiredLimits } from '../store/engine/rate-limits.ts';
import type { SweepClock } from '../store/retention/sweep-clock.ts';
import { endLapsedGrants } from '../store/apps/grants.ts';
import { deleteStaleArtifacts, deleteUnusedClients, forgetReplays } from '../store/apps/oauth-artifacts.ts';
import { deletePasswordLinks } from '../store/accounts/password-links.ts';

/** For a day they count against a flood of mail. */
const passwordLinkMinutes = 24 * 60;
const batch = 2_000;
const unusedClientDays = 7;
const replayMinutes = 1;
/** For how long a consent may take to become tokens. */
const graceMinutes = 30;

/**
 * Deletes what has expired or ended, ends grants of which no token lives any more, and deletes clients that nobody
 * connected within 7 days. Small batches; may be stopped and run again.
 */
export async function sweepOAuth({
  orm,
  clock,
}: {
  orm: Orm;
  clock: SweepClock;
}): Promise<{ readonly artifacts: number; readonly lapsed: number; readonly clients: number }> {
  const now = clock();
  await deleteExpiredLimits({ orm, now });
  await forgetReplays({ orm, before: minutesBefore(now, replayMinutes) });
  const artifacts = await inBatches((limit) => deleteStaleArtifacts({ orm, now, limit }));
  const lapsed = await inBatches((limit) => endLapsedGrants({ orm, now, before: minutesBefore(now, graceMinutes), limit }));
  await inBatches((limit) => deletePasswordLinks({ orm, before: minutesBefore(now, passwordLinkMinutes), limit }));
  const before = minutesBefore(now, unusedClientDays * 24 * 60);
  const clients = await inBatches((limit) => deleteUnusedClients({ orm, before, limit }));
  return { artifacts, lapsed, clients };
}

async function inBatches(deleteSome: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await deleteSome(batch);
    total += count;
    if (count < batch) return total;
  }
}

function minutesBefore(now: Date, minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000);
}
