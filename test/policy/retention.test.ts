import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tables, type TableName } from '../../src/policy/tables/all.ts';
import { addDays, type Day } from '../../src/words/dates.ts';
import { heldCategories, heldCategoryNames } from '../../src/policy/categories.ts';
import {
  dueOn,
  lastDueFrom,
  operatorClasses,
  parseOperatorPeriods,
  periodOf,
  retentionClasses,
  type Period,
} from '../../src/policy/retention.ts';
import { endings, type Ending } from '../../src/policy/retention-clocks.ts';

const promised: readonly (readonly [promise: string, period: Period])[] = [
  ['CS-51', '36 months'],
  ['CS-52', '7 years'],
  ['CS-53', '36 months'],
  ['CS-54', '3 years'],
  ['CF-22', '12 months'],
];

describe('the periods', () => {
  it('are those of the notices, and what no notice promises says so (CS-50)', () => {
    const bound = Object.values(retentionClasses).flatMap(({ promise, period }) => (promise === null ? [] : [[promise, period]]));
    expect(bound).toEqual(promised);
  });

  it.each(promised)('%s: a record is kept one day before its %s are over, goes on the day, and stays gone the day after', (_, period) => {
    for (const from of ['2024-02-28', '2024-02-29', '2025-12-31', '2026-01-31', '2026-11-22']) {
      const due = dueOn(period, from);
      const isDueAt = (today: Day) => from <= lastDueFrom(period, today);
      expect([addDays(due, -1), due, addDays(due, 1)].map(isDueAt)).toEqual([false, true, true]);
    }
  });

  it.each<[Period, Day, Day]>([
    ['36 months', '2026-11-22', '2029-11-22'],
    ['36 months', '2024-02-29', '2027-02-28'],
    ['12 months', '2023-02-28', '2024-02-28'],
    ['7 years', '2024-02-29', '2031-02-28'],
    ['3 years', '2025-12-31', '2028-12-31'],
    ['1 months', '2026-01-31', '2026-02-28'],
    ['18 months', '2026-08-31', '2028-02-29'],
    ['30 days', '2026-01-31', '2026-03-02'],
    ['120 months', '9995-06-01', '9999-12-31'],
  ])('%s from %s end on %s', (period, from, expected) => {
    expect(dueOn(period, from)).toBe(expected);
  });

  it('can be reckoned backwards: a sweep takes exactly the days that are due', () => {
    const day = fc.integer({ min: 0, max: 60_000 }).map((days) => addDays('1990-01-01', days));
    const period = fc.oneof(
      fc.integer({ min: 1, max: 130 }).map((count): Period => `${count} months`),
      fc.integer({ min: 1, max: 400 }).map((count): Period => `${count} days`),
    );
    fc.assert(
      fc.property(day, period, (today, length) => {
        const last = lastDueFrom(length, today);
        expect(dueOn(length, last) <= today).toBe(true);
        expect(dueOn(length, addDays(last, 1)) > today).toBe(true);
      }),
    );
  });
});

describe('the operator’s periods', () => {
  it('are one setting that names classes which no notice promises', () => {
    expect(parseOperatorPeriods('certificate=120 months, ledger = 3 years')).toEqual({ certificate: '120 months', ledger: '3 years' });
    expect(operatorClasses).toEqual(['account_certfusion', 'tls_order', 'certificate', 'recipient', 'ledger', 'consent', 'rights']);
  });

  it.each(['', 'certificate', 'certificate=0 months', 'certificate=12', 'certificate=2 days', 'transaction=12 months', 'x=1 months'])(
    'are refused as a whole when they say "%s"',
    (text) => {
      expect(parseOperatorPeriods(text)).toBeNull();
      expect(parseOperatorPeriods(`ledger=12 months,${text}`)).toBeNull();
    },
  );

  it('are refused when they name a class twice', () => {
    expect(parseOperatorPeriods('ledger=12 months,ledger=13 months')).toBeNull();
  });

  it('count for their classes only; without one a class is kept', () => {
    expect(periodOf('ledger', { ledger: '3 years' })).toBe('3 years');
    expect(periodOf('ledger', {})).toBeNull();
    expect(periodOf('transaction', {})).toBe('7 years');
    expect([periodOf('token', {}), periodOf('permanent', {})]).toEqual([null, null]);
  });
});

describe('the end of a table’s rows (CS-50)', () => {
  const all: readonly (readonly [string, Ending])[] = Object.entries(endings);
  const columnsOf = (table: string) => tables[table as TableName].columns as Readonly<Record<string, readonly [string, string]>>;

  it.each(all)('%s: is its columns’ retention class', (table, ending) => {
    const classes = [...new Set(Object.values(columnsOf(table)).map(([, retention]) => retention))];
    const said =
      ending === 'stays' ? 'permanent' : 'clock' in ending ? ending.clock : (classes.find((each) => each !== 'permanent') ?? 'none');
    expect(classes).toEqual([said]);
  });

  it.each(all.flatMap(([table, ending]) => (ending !== 'stays' && 'clock' in ending ? [[table, ending.from] as const] : [])))(
    '%s: its clock runs on columns that it has',
    (table, from) => {
      expect(Object.keys(columnsOf(table))).toEqual(expect.arrayContaining([...from]));
    },
  );

  it.each(heldCategoryNames)('%s: what a person is told is the class of each of its tables', (name) => {
    const { retention, tables: held } = heldCategories[name];
    const classes = held.map((table: TableName) => Object.values(columnsOf(table))[0]?.[1]);
    expect(classes).toEqual(held.map(() => retention));
  });
});
