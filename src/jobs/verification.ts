import type { Clock } from '../words/dates.ts';
import { eventsEndBefore, monthsToPublish, oldestPublished, type Month } from '../policy/verification.ts';
import type { Orm } from '../store/engine/db.ts';
import { sweptTo, type SweepClock } from '../store/retention/sweep-clock.ts';
import { deleteMonths, publishMonth } from '../store/verification/months.ts';
import { countEvents, deleteEvents, dropEmptied, ensurePartitions } from '../store/verification/partitions.ts';

const batch = 5_000;

export interface VerificationSweep {
  readonly published: readonly Month[];
  readonly deletedEvents: number;
  readonly deletedMonths: number;
  readonly droppedPartitions: readonly Month[];
  /** Something was left to another instance that is at it. */
  readonly skipped: boolean;
}

interface JobDependencies {
  readonly orm: Orm;
  readonly clock: Clock;
}

type Deleted = Pick<VerificationSweep, 'deletedEvents' | 'deletedMonths' | 'droppedPartitions'>;

/** Publishes closed months, then deletes events that have lived their time (CF-22), even where publishing failed. May be stopped and run again at any point. */
export async function sweepVerification({ orm, clock }: { orm: Orm; clock: SweepClock }): Promise<VerificationSweep> {
  const now = clock();
  let published: Publishing = { months: [], skipped: true };
  let isReady = false;
  let deleted: Deleted;
  try {
    isReady = (await ensurePartitions({ orm, now })) !== null;
    published = await publishClosed({ orm, clock });
  } finally {
    deleted = await deleteExpired({ orm, clock });
  }
  return { published: published.months, ...deleted, skipped: !isReady || published.skipped };
}

/** How many events had lived their time at the last sweep and are still there, but for those that a legal hold keeps. */
export async function overdueEvents({ orm }: { orm: Orm }): Promise<number> {
  const now = await sweptTo({ orm });
  const { due, held } = await countEvents({ orm, upTo: eventsEndBefore(now) });
  return due - held;
}

async function deleteExpired({ orm, clock }: { orm: Orm; clock: SweepClock }): Promise<Deleted> {
  const now = clock();
  const upTo = eventsEndBefore(now);
  let deletedEvents = 0;
  for (;;) {
    const count = await deleteEvents({ orm, upTo, limit: batch });
    deletedEvents += count;
    if (count < batch) break;
  }
  const droppedPartitions = await dropEmptied({ orm, upTo });
  const deletedMonths = await deleteMonths({ orm, before: oldestPublished(now) });
  return { deletedEvents, deletedMonths, droppedPartitions };
}

/** Publishes each closed month whose events are all there, once. */
export async function publishClosedMonths(deps: JobDependencies): Promise<readonly Month[]> {
  return (await publishClosed(deps)).months;
}

interface Publishing {
  readonly months: readonly Month[];
  readonly skipped: boolean;
}

async function publishClosed({ orm, clock }: JobDependencies): Promise<Publishing> {
  const wanted = monthsToPublish(clock());
  const published: (boolean | null)[] = [];
  for (const month of wanted) published.push(await publishMonth({ orm, month }));
  return { months: wanted.filter((_, at) => published[at] === true), skipped: published.includes(null) };
}
