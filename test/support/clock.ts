import type { Clock } from '../../src/words/dates.ts';
import type { Database, Orm } from '../../src/store/engine/db.ts';
import { beginSweep, databaseClock, type DatabaseClock, type SweepClock } from '../../src/store/retention/sweep-clock.ts';

export interface Span {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

/** The real time plus an offset that only a test moves. */
export interface TestClock extends Clock {
  readonly advance: (by: Span) => void;
  /** Moves the offset so that it is `instant` now. */
  readonly travelTo: (instant: Date) => void;
  /** The database's clock, moved by the same offset. */
  readonly database: DatabaseClock;
}

export function makeTestClock(): TestClock {
  let offset = 0;
  const now: Clock = () => new Date(Date.now() + offset);
  return Object.assign(now, {
    advance: (by: Span) => {
      offset += millisecondsOf(by);
    },
    travelTo: (instant: Date) => {
      offset = instant.getTime() - Date.now();
    },
    database: async (orm: Orm) => new Date((await databaseClock(orm)).getTime() + offset),
  });
}

function millisecondsOf({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Span): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

/** The moment of a sweep for a database whose clock says what the test's does. */
export function sweepMoment({ orm, clock }: { readonly orm: Orm; readonly clock: Clock }): Promise<SweepClock> {
  return beginSweep({ orm, clock, databaseClock: () => Promise.resolve(clock()) });
}

/** What a job that deletes is given: the database, and the moment. */
export async function sweepOf({ database: { orm }, clock }: { readonly database: Pick<Database, 'orm'>; readonly clock: Clock }) {
  return { orm, clock: await sweepMoment({ orm, clock }) };
}
