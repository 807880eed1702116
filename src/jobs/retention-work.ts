import type { Service } from '../policy/classes.ts';
import { dayOf } from '../words/dates.ts';
import { dueOn, periodOf, type OperatorPeriods, type RetentionClass } from '../policy/retention.ts';
import { eventsEndBefore } from '../policy/verification.ts';
import { noteDeletions } from '../rights/deletions.ts';
import { tombstoneOf } from '../rights/tombstones.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { classOf, cutoffsAt, retentionUnits, type Cutoffs, type RetentionUnit } from '../store/retention/units.ts';
import type { SweepClock } from '../store/retention/sweep-clock.ts';
import { countDueServices, deleteLeftovers, endServices, type Attempt } from '../store/retention/expire-accounts.ts';
import { countDue, sweepBatch, type After } from '../store/retention/sweep.ts';
import type { Counted, SweepState } from '../store/retention/sweeps.ts';
import { addTombstone } from '../store/rights/tombstones.ts';
import { countEvents } from '../store/verification/partitions.ts';
import { sweepVerification } from './verification.ts';

export interface RetentionDeps {
  readonly orm: Orm;
  readonly periods: OperatorPeriods;
  /** `PurposeKeys.tombstones`. */
  readonly key: PurposeKey;
  /** DELETIONS_LOG. */
  readonly deletionsLog: string;
}

/** A class as a sweep carries it out: in batches, each part attempted on its own; null when another sweep is at it. */
export interface Work {
  readonly retention: RetentionClass;
  readonly count: () => Promise<Counted>;
  readonly sweep: (clock: SweepClock, attempt: Attempt) => Promise<number | null>;
}

/** Classes in the order in which they are swept: what hangs on something goes before it. */
export function workOf(deps: RetentionDeps, now: Date): Work[] {
  const cutoffs = cutoffsAt(dayOf(now), deps.periods);
  const classes = [...new Set(retentionUnits.map(({ table }) => classOf(table)))];
  return [
    activity(deps, now),
    ...classes.map((retention) => ofUnits(deps, retention, cutoffs)),
    ofService(deps, 'certfusion', 'account_certfusion', cutoffs),
    ofService(deps, 'certumssl', 'account_certumssl', cutoffs),
  ];
}

/** What waits of a class, in the words of a sweep's note. */
export function waitingOf(
  { retention }: Pick<Work, 'retention'>,
  { due, held, first }: Counted,
  periods: OperatorPeriods,
): Pick<SweepState, 'dueCount' | 'heldCount' | 'dueSince'> {
  const period = periodOf(retention, periods);
  return { dueCount: due - held, heldCount: held, dueSince: first === null || period === null ? null : dueOn(period, first) };
}

function activity({ orm }: RetentionDeps, now: Date): Work {
  return {
    retention: 'verification_activity',
    count: () => countEvents({ orm, upTo: eventsEndBefore(now) }),
    sweep: async (clock) => (await sweepVerification({ orm, clock })).deletedEvents,
  };
}

function ofUnits({ orm }: RetentionDeps, retention: RetentionClass, cutoffs: Cutoffs): Work {
  const units = retentionUnits.filter(({ table }) => classOf(table) === retention);
  return {
    retention,
    count: async () => {
      let counts: Counted = { due: 0, held: 0, first: null };
      for (const unit of units) {
        const { due, held, first } = await countDue({ orm, unit, cutoffs });
        const earlier = first !== null && (counts.first === null || first < counts.first) ? first : counts.first;
        counts = { due: counts.due + due, held: counts.held + held, first: earlier };
      }
      return counts;
    },
    sweep: async (_clock, attempt) => {
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
  { orm, key, deletionsLog }: RetentionDeps,
  service: Service,
  retention: 'account_certfusion' | 'account_certumssl',
  cutoffs: Cutoffs,
): Work {
  const cutoff = cutoffs[retention];
  const bury = (now: Date) => (tx: Orm, accountId: string) =>
    addTombstone({ tx, ...tombstoneOf({ key, kind: retention, id: accountId }), now });
  return {
    retention,
    count: () => (cutoff === undefined ? Promise.resolve({ due: 0, held: 0, first: null }) : countDueServices({ orm, service, cutoff })),
    sweep: async (clock, attempt) => {
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
      if (total > 0) await noteDeletions({ orm, key, file: deletionsLog });
      return (await deleteLeftovers({ orm, attempt })) ? total : null;
    },
  };
}
