import type { Clock } from '../../src/policy/dates.ts';

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
  });
}

function millisecondsOf({ days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0 }: Span): number {
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}
