import type { Service } from '../policy/classes.ts';
import { addDays, addMonths, type Day } from '../words/dates.ts';

/** Which clock made the due day. CertFusion's notice promises no period. */
export type DueBy = 'thirty_days' | 'one_month' | 'not_promised';

export interface Deadline {
  readonly dueOn: Day;
  readonly dueBy: DueBy;
}

/**
 * The day by which a request is answered: the earlier of 30 days (CS-29) and one calendar month, clamped to a month's last day
 * (CS-47); for CertFusion one month. Nothing stops or extends it.
 */
export function deadlineOf({ service, receivedOn }: { readonly service: Service; readonly receivedOn: Day }): Deadline {
  const month = addMonths(receivedOn, 1);
  if (service === 'certfusion') return { dueOn: month, dueBy: 'not_promised' };
  const thirtyDays = addDays(receivedOn, 30);
  return month < thirtyDays ? { dueOn: month, dueBy: 'one_month' } : { dueOn: thirtyDays, dueBy: 'thirty_days' };
}
