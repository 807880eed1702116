import type { Logger } from '../watch/log.ts';
import type { Orm } from '../store/engine/db.ts';
import { sweepStates, type SweepState } from '../store/retention/sweeps.ts';
import type { Sweeper } from './run-jobs.ts';

export interface SweepReport {
  /** How far this server's clock is from the database's; null while they agree. */
  readonly clockAheadMs: number | null;
  readonly states: readonly SweepState[];
}

export async function sweepReport({ orm, sweeper }: { orm: Orm; sweeper: Sweeper }): Promise<SweepReport> {
  return { clockAheadMs: sweeper.clockAheadMs(), states: await sweepStates({ orm }) };
}

/** For an operator: names, outcomes, days and counts. */
function readyText({ clockAheadMs, states }: SweepReport): string {
  const clock =
    clockAheadMs === null ? [] : [`sweeps refused: this clock is ${Math.round(clockAheadMs / 1000)} seconds ahead of the database’s`];
  return ['ready', ...clock, ...states.map(lineOf)].join('\n');
}

function lineOf({ name, outcome, doneAt, dueCount, heldCount, dueSince }: SweepState): string {
  const last = doneAt === null ? 'never done' : `last done ${doneAt.toISOString()}`;
  const waits = dueCount > 0 ? `, ${dueCount} due${dueSince === null ? '' : ` since ${dueSince}`}` : '';
  const held = heldCount > 0 ? `, ${heldCount} kept by a legal hold` : '';
  return `sweep ${name}: ${outcome}, ${last}${waits}${held}`;
}

/** What `/readyz` says; null when the database doesn't answer. */
export async function readiness(sweeps: () => Promise<SweepReport>, log: Logger): Promise<string | null> {
  try {
    return readyText(await sweeps());
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer');
    return null;
  }
}
