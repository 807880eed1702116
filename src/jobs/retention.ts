import type { Service } from '../policy/classes.ts';
import { dayOf, type Clock, type Day } from '../policy/dates.ts';
import { retentionClasses, type OperatorPeriods, type RetentionClass } from '../policy/retention.ts';
import { eventsEndBefore } from '../policy/verification.ts';
import { noteDeletions } from '../rights/deletions.ts';
import { tombstoneOf } from '../rights/tombstones.ts';
import type { Orm } from '../store/db.ts';
import type { PurposeKey } from '../store/purpose-keys.ts';
import { classOf, cutoffsAt, retentionUnits, type Cutoffs, type RetentionUnit } from '../store/retention-units.ts';
import { countDueServices, deleteLeftovers, endServices, type Attempt } from '../store/writes/account-endings.ts';
import { addTombstone } from '../store/writes/tombstones.ts';
import { countDue, ranSince, recordRun, sweepBatch, type After, type Counted } from '../store/writes/retention.ts';
import { countEvents } from '../store/writes/verification-partitions.ts';
import { attemptWith, type Failed } from './run-jobs.ts';
import { sweepVerification } from './verification.ts';

export interface RetentionDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly periods: OperatorPeriods;
  /** `PurposeKeys.tombstones`. */
  readonly key: PurposeKey;
  /** DELETIONS_LOG. */
  readonly deletionsLog: string;
}

/** What a sweep did about a class, or would do. */
export interface ClassReport {
  readonly retention: RetentionClass;
  readonly deleted: number;
  /** Due, and kept by a legal hold. */
  readonly held: number;
}

/** A class as a sweep carries it out: in batches, each part attempted on its own; null when another sweep is at it. */
interface Work {
  readonly retention: RetentionClass;
  readonly count: () => Promise<Counted>;
  readonly sweep: (attempt: Attempt) => Promise<number | null>;
}

/** Classes in the order in which they are swept: what hangs on something goes before it. */
function workOf(deps: RetentionDeps, today: Day): Work[] {
  const cutoffs = cutoffsAt(today, deps.periods);
  const classes = [...new Set(retentionUnits.map(({ table }) => classOf(table)))];
  return [
    activity(deps),
    ...classes.map((retention) => ofUnits(deps, retention, cutoffs)),
    ofService(deps, 'certfusion', 'account_certfusion', cutoffs),
    ofService(deps, 'certumssl', 'account_certumssl', cutoffs),
  ];
}

function activity({ orm, clock }: RetentionDeps): Work {
  return {
    retention: 'verification_activity',
    count: () => countEvents({ orm, upTo: eventsEndBefore(clock()) }),
    sweep: async () => (await sweepVerification({ orm, clock })).deletedEvents,
  };
}

function ofUnits({ orm }: RetentionDeps, retention: RetentionClass, cutoffs: Cutoffs): Work {
  const units = retentionUnits.filter(({ table }) => classOf(table) === retention);
  return {
    retention,
    count: async () => {
      const counts = { due: 0, held: 0 };
      for (const unit of units) {
        const { due, held } = await countDue({ orm, unit, cutoffs });
        counts.due += due;
        counts.held += held;
      }
      return counts;
    },
    sweep: async (attempt) => {
      if (cutoffs[retention] === undefined) return 0;
      let total: number | null = 0;
      for (const unit of units) {
        await attempt(async () => {
          const deleted = await sweepUnit({ orm, unit, cutoffs });
          total = deleted === null || total === null ? null : total + deleted;
        });
        if (total === null) return null;
      }
      return total;
    },
  };
}

async function sweepUnit({ orm, unit, cutoffs }: { orm: Orm; unit: RetentionUnit; cutoffs: Cutoffs }): Promise<number | null> {
  let total = 0;
  let after: After = null;
  do {
    const swept = await sweepBatch({ orm, unit, cutoffs, after });
    if (swept === null) return null;
    total += swept.deleted;
    after = swept.after;
  } while (after !== null);
  return total;
}

function ofService(
  { orm, clock, key, deletionsLog }: RetentionDeps,
  service: Service,
  retention: 'account_certfusion' | 'account_certumssl',
  cutoffs: Cutoffs,
): Work {
  const cutoff = cutoffs[retention];
  const bury = (now: Date) => (tx: Orm, accountId: string) =>
    addTombstone({ tx, ...tombstoneOf({ key, kind: retention, id: accountId }), now });
  return {
    retention,
    count: () => (cutoff === undefined ? Promise.resolve({ due: 0, held: 0 }) : countDueServices({ orm, service, cutoff })),
    sweep: async (attempt) => {
      let total = 0;
      let after: string | null = null;
      while (cutoff !== undefined) {
        const now = clock();
        const ended = await endServices({ orm, service, cutoff, after, now, bury: bury(now), attempt });
        if (ended === null) return null;
        total += ended.deleted;
        after = ended.after;
        if (after === null) break;
      }
      if (total > 0) await noteDeletions({ orm, file: deletionsLog });
      return (await deleteLeftovers({ orm, attempt })) ? total : null;
    },
  };
}

export interface SweepOptions {
  /** Leaves out what a sweep has finished today. */
  readonly onlyOnceADay?: boolean;
  /** Told of what failed, and everything else goes on; without it a failure ends the sweep. */
  readonly failed?: Failed;
}

/**
 * Deletes what is due (CS-50 to CS-54, CF-22), class by class in small batches, and notes each class that it has finished. May be
 * stopped and run again at any point. Answers what it did; classes that another instance is sweeping are left to it, and one of which
 * something failed isn't noted.
 */
export async function sweepRetention(
  deps: RetentionDeps,
  { onlyOnceADay = false, failed = rethrow }: SweepOptions = {},
): Promise<ClassReport[]> {
  const { orm, clock } = deps;
  const today = dayOf(clock());
  const since = new Date(`${today}T00:00:00Z`);
  const reports: ClassReport[] = [];
  for (const { retention, count, sweep } of workOf(deps, today)) {
    if (onlyOnceADay && (await ranSince({ orm, retention, since }))) continue;
    let isWhole = true;
    const attempt = attemptWith((error) => {
      isWhole = false;
      failed(error);
    });
    const startedAt = clock();
    let deleted: number | null = 0;
    await attempt(async () => {
      deleted = await sweep(attempt);
    });
    if (deleted === null) return reports;
    if (!isWhole) continue;
    const { held } = await count();
    await recordRun({ orm, run: { retention, startedAt, finishedAt: clock(), deleted, held } });
    reports.push({ retention, deleted, held });
  }
  return reports;
}

function rethrow(error: unknown): never {
  throw error;
}

export interface Forecast extends ClassReport {
  /** Why it would go, or why nothing does. */
  readonly reason: string;
}

/** What a sweep on a day would delete of what is there now, and why. Changes nothing. */
export async function simulateRetention(deps: RetentionDeps, at: Day): Promise<Forecast[]> {
  const clock = () => new Date(`${at}T23:59:59.999Z`);
  const forecasts: Forecast[] = [];
  for (const { retention, count } of workOf({ ...deps, clock }, at)) {
    const { due, held } = await count();
    forecasts.push({ retention, deleted: due - held, held, reason: reasonOf(retention, deps.periods) });
  }
  return forecasts;
}

function reasonOf(retention: RetentionClass, periods: OperatorPeriods): string {
  const { period, from, promise } = retentionClasses[retention];
  if (promise !== null) return `${period} from ${from} (${promise})`;
  const own = Object.entries(periods).find(([name]) => name === retention)?.[1];
  return own === undefined ? 'no period set: RETENTION names none' : `${own} from ${from} (RETENTION)`;
}
