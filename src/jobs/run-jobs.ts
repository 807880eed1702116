import type { Logger } from '../log.ts';
import type { Attempt } from '../store/writes/account-endings.ts';

/** Told of what failed and is tried again at the next sweep. */
export type Failed = (error: unknown) => void;

export type Jobs = Readonly<Record<string, (failed: Failed) => Promise<unknown>>>;

interface Running {
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly countFailure?: (job: string) => void;
}

/** Runs jobs in their order; what fails is logged and counted under its job's name, and everything else goes on. Answers the names. */
export async function runJobs({ jobs, log, countFailure }: Running): Promise<string[]> {
  const names = new Set<string>();
  for (const [job, run] of Object.entries(jobs)) {
    const failed: Failed = (error) => {
      names.add(job);
      countFailure?.(job);
      log.error({ job, err: error }, 'a job failed; it is tried again at the next sweep');
    };
    await attemptWith(failed)(() => run(failed));
  }
  return [...names];
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
