import { asc, sql } from 'drizzle-orm';
import type { Day } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { sweeps } from '../schema/index.ts';

export type SweepOutcome = 'done' | 'skipped' | 'failed' | 'refused';

/** What of a class is due and still there. */
export interface Counted {
  readonly due: number;
  /** Of these, those that a legal hold keeps. */
  readonly held: number;
  /** When the clock of the first of the others started; null without any. */
  readonly first: Day | null;
}

/** How a job or a class was swept. */
export interface SweepState {
  readonly name: string;
  readonly outcome: SweepOutcome;
  /** When it last came to its end; null before it ever did. */
  readonly doneAt: Date | null;
  /** Due and still there, but for what a legal hold keeps. */
  readonly dueCount: number;
  readonly heldCount: number;
  readonly dueSince: Day | null;
}

export interface SweepNote {
  readonly orm: Orm;
  readonly name: string;
  readonly outcome: SweepOutcome;
  readonly now: Date;
  /** What was counted; without it the last count stays. */
  readonly counts?: Pick<SweepState, 'dueCount' | 'heldCount' | 'dueSince'>;
}

/** Notes how a sweep went. One that didn't come to its end leaves the time of the last that did. */
export async function noteSweep({ orm, name, outcome, now, counts }: SweepNote): Promise<void> {
  const said = { outcome, ...(outcome === 'done' && { doneAt: now }), ...counts };
  await orm
    .insert(sweeps)
    .values({ name, ...said })
    .onConflictDoUpdate({ target: sweeps.name, set: said });
}

/** Of every job and class that a sweep has come to. */
export async function sweepStates({ orm }: { orm: Orm }): Promise<SweepState[]> {
  const rows = await orm
    .select({
      name: sweeps.name,
      outcome: sql<SweepOutcome>`${sweeps.outcome}`,
      doneAt: sweeps.doneAt,
      dueCount: sweeps.dueCount,
      heldCount: sweeps.heldCount,
      dueSince: sweeps.dueSince,
    })
    .from(sweeps)
    .orderBy(asc(sweeps.name));
  return rows;
}
