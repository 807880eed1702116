import { dayOf, type Clock, type Day } from '../words/dates.ts';
import { retentionClasses, type OperatorPeriods, type RetentionClass } from '../policy/retention.ts';
import type { SweepClock } from '../store/retention/sweep-clock.ts';
import { ranOn, recordRun } from '../store/retention/sweep.ts';
import { noteSweep } from '../store/retention/sweeps.ts';
import { waitingOf, workOf, type RetentionDeps, type Work } from './retention-work.ts';
import { attemptWith, type Failed } from './run-jobs.ts';

export interface SweepDeps extends RetentionDeps {
  readonly clock: SweepClock;
  /** For how long it took. */
  readonly wall: Clock;
}

/** What a sweep did about a class, or would do. */
export interface ClassReport {
  readonly retention: RetentionClass;
  readonly deleted: number;
  /** Due, and kept by a legal hold. */
  readonly held: number;
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
 * something failed isn't noted as finished.
 */
export async function sweepRetention(
  deps: SweepDeps,
  { onlyOnceADay = false, failed = rethrow }: SweepOptions = {},
): Promise<ClassReport[]> {
  const { orm, clock } = deps;
  const now = clock();
  const reports: ClassReport[] = [];
  for (const work of workOf(deps, now)) {
    if (onlyOnceADay && (await ranOn({ orm, retention: work.retention, day: dayOf(now) }))) continue;
    const swept = await sweepClass(deps, work, failed);
    if (swept === 'skipped') return reports;
    if (swept !== 'failed') reports.push(swept);
  }
  return reports;
}

async function sweepClass(deps: SweepDeps, work: Work, failed: Failed): Promise<ClassReport | 'skipped' | 'failed'> {
  const { orm, clock, wall, periods } = deps;
  const { retention } = work;
  const note = (outcome: 'done' | 'skipped' | 'failed', counts = {}) =>
    noteSweep({ orm, name: nameOf(work), outcome, now: wall(), ...counts });
  let isWhole = true;
  const attempt = attemptWith((error) => {
    isWhole = false;
    failed(error);
  });
  let deleted: number | null = 0;
  await attempt(async () => {
    deleted = await work.sweep(clock, attempt);
  });
  if (deleted === null) {
    await note('skipped');
    return 'skipped';
  }
  const counted = await work.count();
  await note(isWhole ? 'done' : 'failed', { counts: waitingOf(work, counted, periods) });
  if (!isWhole) return 'failed';
  await recordRun({ orm, run: { retention, startedAt: clock(), finishedAt: wall(), deleted, held: counted.held } });
  return { retention, deleted, held: counted.held };
}

/** Counts what waits of each class while nothing may be deleted. */
export async function noteWaiting(deps: RetentionDeps, now: Date): Promise<void> {
  const { orm, periods } = deps;
  for (const work of workOf(deps, now))
    await noteSweep({ orm, name: nameOf(work), outcome: 'refused', now, counts: waitingOf(work, await work.count(), periods) });
}

function nameOf({ retention }: Work): string {
  return `retention:${retention}`;
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
  const forecasts: Forecast[] = [];
  for (const { retention, count } of workOf(deps, new Date(`${at}T23:59:59.999Z`))) {
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
