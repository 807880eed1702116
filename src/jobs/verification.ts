import type { Clock } from '../policy/dates.ts';
import { eventsEndBefore, monthsToPublish, oldestPublished, type Month } from '../policy/verification.ts';
import type { Orm } from '../store/db.ts';
import { deleteMonths, publishMonth } from '../store/writes/verification-months.ts';
import { countEvents, deleteEvents, dropEmptied, ensurePartitions } from '../store/writes/verification-partitions.ts';

const batch = 5_000;

export interface VerificationSweep {
  readonly published: readonly Month[];
  readonly deletedEvents: number;
  readonly deletedMonths: number;
  readonly droppedPartitions: readonly Month[];
}

interface JobDependencies {
  readonly orm: Orm;
  readonly clock: Clock;
}

/** Publishes closed months, then deletes events that have lived 12 months (CF-22), even where publishing failed. May be stopped and run again at any point. */
export async function sweepVerification({ orm, clock }: JobDependencies): Promise<VerificationSweep> {
  const now = clock();
  let published: Month[] = [];
  let deleted: Omit<VerificationSweep, 'published'>;
  try {
    await ensurePartitions({ orm, now });
    published = await publishClosedMonths({ orm, clock });
  } finally {
    deleted = await deleteExpired({ orm, clock });
  }
  return { published, ...deleted };
}

/** How many events have lived 12 months and are still there, but for those that a legal hold keeps. */
export async function overdueEvents({ orm, clock }: JobDependencies): Promise<number> {
  const { due, held } = await countEvents({ orm, upTo: eventsEndBefore(clock()) });
  return due - held;
}

async function deleteExpired({ orm, clock }: JobDependencies): Promise<Omit<VerificationSweep, 'published'>> {
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
export async function publishClosedMonths({ orm, clock }: JobDependencies): Promise<Month[]> {
  const published: Month[] = [];
  for (const month of monthsToPublish(clock())) if (await publishMonth({ orm, month })) published.push(month);
  return published;
}
