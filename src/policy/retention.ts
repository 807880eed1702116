import { addDays, addMonths, dayOf, type Day } from '../words/dates.ts';

export type Period = `${number} months` | `${number} years` | `${number} days`;

interface RetentionRule {
  readonly period: Period | 'operator setting' | 'until it expires' | 'as long as the installation';
  /** Where the clock starts, as a person reads it. */
  readonly from: string;
  readonly promise: string | null;
}

/** How long a class is kept and from which clock (product.md, Retention; promise ids in `promise`). */
export const retentionClasses = {
  account_certumssl: { period: '36 months', from: 'last activity', promise: 'CS-51' },
  account_certfusion: { period: 'operator setting', from: 'last activity', promise: null },
  transaction: { period: '7 years', from: 'transaction date', promise: 'CS-52' },
  tls_certificate: { period: '36 months', from: 'end of validity', promise: 'CS-53' },
  tls_order: { period: 'operator setting', from: 'order date', promise: null },
  support: { period: '3 years', from: 'resolution', promise: 'CS-54' },
  verification_activity: { period: '12 months', from: 'event', promise: 'CF-22' },
  certificate: { period: 'operator setting', from: 'end of validity', promise: null },
  recipient: { period: 'operator setting', from: 'registration, and never before their certificates', promise: null },
  ledger: { period: 'operator setting', from: 'event, at the latest with the account', promise: null },
  consent: { period: 'operator setting', from: 'end of the grant, at the latest with the account', promise: null },
  session: { period: 'until it expires', from: 'creation', promise: null },
  token: { period: 'until it expires', from: 'creation', promise: null },
  mail: { period: '30 days', from: 'delivery or giving up', promise: null },
  rights: { period: 'operator setting', from: 'closing of the request, at the latest with the account', promise: null },
  permanent: { period: 'as long as the installation', from: 'creation', promise: null },
} as const satisfies Record<string, RetentionRule>;

export type RetentionClass = keyof typeof retentionClasses;

export type OperatorClass = {
  [Name in RetentionClass]: (typeof retentionClasses)[Name]['period'] extends 'operator setting' ? Name : never;
}[RetentionClass];

/** How long the operator keeps what no notice promises; a class that isn't named stays. */
export type OperatorPeriods = Readonly<Partial<Record<OperatorClass, Period>>>;

export const operatorClasses = Object.entries(retentionClasses)
  .filter(([, { period }]) => period === 'operator setting')
  .map(([name]) => name as OperatorClass);

/** Reads `certificate=120 months,ledger=36 months`; null when it isn't understood or names a class that the notices bind. */
export function parseOperatorPeriods(text: string): OperatorPeriods | null {
  const periods: Partial<Record<OperatorClass, Period>> = {};
  for (const part of text.split(',')) {
    const [, name = '', count = '', unit = ''] = /^\s*(\w+)\s*=\s*([1-9]\d{0,3}) (months|years)\s*$/.exec(part) ?? [];
    const retention = operatorClasses.find((each) => each === name);
    if (retention === undefined || periods[retention] !== undefined) return null;
    periods[retention] = unit === 'years' ? `${Number(count)} years` : `${Number(count)} months`;
  }
  return periods;
}

/** The period that counts for a class; null where nothing ends by a calendar clock. */
export function periodOf(name: RetentionClass, operator: OperatorPeriods): Period | null {
  const { period } = retentionClasses[name];
  if (period === 'operator setting') return operator[name as OperatorClass] ?? null;
  return period === 'until it expires' || period === 'as long as the installation' ? null : period;
}

/** The day on which a record goes whose clock started on `from`; a month that is too short ends on its last day. */
export function dueOn(period: Period, from: Day): Day {
  const { months, days } = lengthOf(period);
  return months > 0 ? addMonths(from, months) : addDays(from, days);
}

/** The last day whose records are due on `today`: `dueOn(period, day) <= today` for it and every day before, and for none after. */
export function lastDueFrom(period: Period, today: Day): Day {
  const { months, days } = lengthOf(period);
  if (months === 0) return addDays(today, -days);
  return isLastOfMonth(today) ? lastOfMonth(addMonths(`${today.slice(0, 7)}-01`, -months)) : addMonths(today, -months);
}

/** The moment that lies a period before another; a day that its month doesn't have is the month's last. */
export function startedBefore(period: Period, now: Date): Date {
  const { months, days } = lengthOf(period);
  const day = months > 0 ? addMonths(dayOf(now), -months) : addDays(dayOf(now), -days);
  return new Date(`${day}T${now.toISOString().slice(11)}`);
}

function lengthOf(period: Period): { readonly months: number; readonly days: number } {
  const [count, unit] = period.split(' ');
  if (unit === 'days') return { months: 0, days: Number(count) };
  return { months: Number(count) * (unit === 'years' ? 12 : 1), days: 0 };
}

function isLastOfMonth(day: Day): boolean {
  return addDays(day, 1).slice(0, 7) !== day.slice(0, 7);
}

function lastOfMonth(day: Day): Day {
  return addDays(addMonths(`${day.slice(0, 7)}-01`, 1), -1);
}
