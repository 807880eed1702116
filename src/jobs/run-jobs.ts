import type { Logger } from '../watch/log.ts';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { beginSweep, ClocksDiffer, type Clocks, type SweepClock } from '../store/retention/sweep-clock.ts';
import type { Attempt } from '../store/retention/expire-accounts.ts';
import { noteSweep } from '../store/retention/sweeps.ts';

/** Told of what failed and is tried again at the next sweep. */
export type Failed = (error: unknown) => void;

/** By name. One that answers `skipped: true` left something to another instance. */
export type Jobs = Readonly<Record<string, (failed: Failed) => Promise<unknown>>>;

interface Running {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly countFailure?: (job: string) => void;
}

/**
 * Runs jobs in their order and notes how each went; what fails is logged and counted under its job's name, and everything else goes
 * on. Answers the names of what failed.
 */
export async function runJobs({ orm, clock, jobs, log, countFailure }: Running): Promise<string[]> {
  const names = new Set<string>();
  for (const [job, run] of Object.entries(jobs)) {
    const failed: Failed = (error) => {
      names.add(job);
      countFailure?.(job);
      log.error({ job, err: error }, 'a job failed; it is tried again at the next sweep');
    };
    await attemptWith(failed)(async () => {
      const answer = await run(failed);
      const outcome = names.has(job) ? 'failed' : wasSkipped(answer) ? 'skipped' : 'done';
      await noteSweep({ orm, name: job, outcome, now: clock() });
    });
    if (names.has(job)) await attemptWith(failed)(() => noteSweep({ orm, name: job, outcome: 'failed', now: clock() }));
  }
  return [...names];
}

function wasSkipped(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'skipped' in answer && answer.skipped === true;
}

/** Does a part of a job, so that its failure leaves the other parts alone: false when it failed. */
export function attemptWith(failed: Failed): Attempt {
  return async (work) => {
    try {
      await work();
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  };
}

export interface Sweeping extends Clocks, Pick<Running, 'log' | 'countFailure'> {
  /** What is done by a clock, at the moment of the sweep. */
  readonly jobsAt: (moment: SweepClock) => Jobs;
  /** What needs none. */
  readonly always: Jobs;
  /** Counts what waits, at the earlier of both clocks, while nothing may be deleted. */
  readonly refused: (now: Date) => Promise<void>;
}

export interface Sweeper {
  /** Answers the names of the jobs of which something failed; `clock` when nothing that hangs on a clock was done. */
  sweep(): Promise<string[]>;
  /** How far the server's clock was from the database's when that was too far; null while they agree. */
  clockAheadMs(): number | null;
}

/** Counting is dear: every so many refused sweeps. */
const countEvery = 12;

export function makeSweeper({ jobsAt, always, refused, ...sweeping }: Sweeping): Sweeper {
  const { clock, log, countFailure } = sweeping;
  let ahead: number | null = null;
  let refusals = 0;
  const byClock = async (): Promise<string[]> => {
    try {
      const moment = await beginSweep(sweeping);
      ahead = null;
      refusals = 0;
      return await runJobs({ ...sweeping, jobs: jobsAt(moment) });
    } catch (error) {
      if (!(error instanceof ClocksDiffer)) throw error;
      ahead = error.aheadMs;
      countFailure?.('clock');
      log.error({ job: 'clock', aheadSeconds: Math.round(ahead / 1000) }, 'the sweep is refused: this clock is not the database’s');
      const earlier = new Date(clock().getTime() - Math.max(ahead, 0));
      if (refusals++ % countEvery === 0) await refused(earlier);
      return ['clock'];
    }
  };
  return {
    sweep: async () => [...(await byClock()), ...(await runJobs({ ...sweeping, jobs: always }))],
    clockAheadMs: () => ahead,
  };
}
