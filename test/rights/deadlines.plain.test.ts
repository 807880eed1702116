import { assert, date, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf } from '../../src/words/dates.ts';
import { deadlineOf } from '../../src/rights/deadlines.ts';

const anyDay = date({ min: new Date('1990-01-01'), max: new Date('2200-12-31'), noInvalidDate: true }).map(dayOf);
const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;

describe('the day by which a request is answered', () => {
  it.each([
    ['certumssl', '2026-01-31', '2026-02-28', 'one_month'],
    ['certumssl', '2026-07-10', '2026-08-09', 'thirty_days'],
    ['certumssl', '2024-01-31', '2024-02-29', 'one_month'],
    ['certumssl', '2026-04-10', '2026-05-10', 'thirty_days'],
    ['certumssl', '2026-12-31', '2027-01-30', 'thirty_days'],
    ['certfusion', '2026-07-10', '2026-08-10', 'not_promised'],
    ['certfusion', '2026-01-31', '2026-02-28', 'not_promised'],
  ] as const)('CS-29, CS-47: for %s, received on %s, it is %s', (service, receivedOn, dueOn, dueBy) => {
    expect(deadlineOf({ service, receivedOn })).toEqual({ dueOn, dueBy });
  });

  it('CS-29: is never later than 30 days, CS-47: nor than the same date of the next month or that month’s last day', () => {
    assert(
      property(anyDay, (receivedOn) => {
        const { dueOn } = deadlineOf({ service: 'certumssl', receivedOn });
        const month = deadlineOf({ service: 'certfusion', receivedOn }).dueOn;
        expect(daysBetween(receivedOn, dueOn)).toBe(Math.min(30, daysBetween(receivedOn, month)));
        const nextMonth = (Number(receivedOn.slice(5, 7)) % 12) + 1;
        expect(Number(month.slice(5, 7))).toBe(nextMonth);
        const clamped = month.slice(8) !== receivedOn.slice(8);
        expect(clamped && daysBetween(month, `${month.slice(0, 8)}01`) > -27).toBe(false);
      }),
    );
  });
});
