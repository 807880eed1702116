import { addMonths } from '../words/dates.ts';
import { retentionClasses, startedBefore } from './retention.ts';

/** What opening a verification link leaves behind (CF-19 to CF-22), in the words of the page that says so. */
export const verificationLog = {
  notes: [
    'your IP address',
    'what your browser says it is (its user agent)',
    'the page that the link was on, if your browser tells',
    'the time',
  ],
  purposes: 'to prevent fraud, to detect abuse, and to count how often a list’s certificates are opened in a month',
  aggregate: 'The issuer sees monthly totals of five or more, never who opened a certificate.',
  kept: retentionClasses.verification_activity.period,
  objection: 'If it is about you, you may also object: its link then shows nothing, and nothing more is noted, until we have reviewed it.',
  contact: 'hi@certfusion.com',
} as const;

export type VerificationEventKind = 'view' | 'download';

/** A published count has at least so many events, over at least so many certificates (CF-21). */
export const fewestPublished = 5;

/** How long after a month's end it is published: what was opened in its last moments is stored by then. */
const settlingMs = 3_600_000;

/** A calendar month in UTC as `YYYY-MM`. */
export type Month = string;

export function monthOf(instant: Date): Month {
  return instant.toISOString().slice(0, 7);
}

export function monthAfter(month: Month, months = 1): Month {
  return addMonths(`${month}-01`, months).slice(0, 7);
}

export function startOf(month: Month): Date {
  return new Date(`${month}-01T00:00:00.000Z`);
}

/** Events at this instant or before have lived their time (CF-22). */
export function eventsEndBefore(now: Date): Date {
  return startedBefore(retentionClasses.verification_activity.period, now);
}

/** The closed months whose events are all still there, oldest first. */
export function monthsToPublish(now: Date): Month[] {
  const months: Month[] = [];
  let month = monthAfter(monthOf(eventsEndBefore(now)));
  while (startOf(monthAfter(month)).getTime() + settlingMs <= now.getTime()) {
    months.push(month);
    month = monthAfter(month);
  }
  return months;
}

/** Published months before this one are no longer shown, nor kept. */
export function oldestPublished(now: Date): Month {
  return monthOf(eventsEndBefore(now));
}
