/** The injected source of "now". Nothing else in the product asks the machine for the time. */
export type Clock = () => Date;

/** A day in UTC as `YYYY-MM-DD`. */
export type Day = string;

export const systemClock: Clock = () => new Date();

export function dayOf(instant: Date): Day {
  return instant.toISOString().slice(0, 10);
}

export function addDays(day: Day, days: number): Day {
  const instant = new Date(`${day}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() + days);
  return dayOf(instant);
}

/** The same day of a later month; a month that is too short ends on its last day, and the calendar on 9999-12-31. */
export function addMonths(day: Day, months: number): Day {
  const instant = new Date(`${day}T00:00:00Z`);
  const date = instant.getUTCDate();
  instant.setUTCDate(1);
  instant.setUTCMonth(instant.getUTCMonth() + months + 1, 0);
  if (instant.getUTCFullYear() > 9999) return '9999-12-31';
  instant.setUTCDate(Math.min(date, instant.getUTCDate()));
  return dayOf(instant);
}

/** True for a real calendar day written `YYYY-MM-DD`, year 1900 to 9999. */
export function isDay(text: string): boolean {
  if (/^(?:19|[2-9]\d)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/.test(text)) return true;
  if (!/^(?:19|[2-9]\d)\d\d-\d\d-\d\d$/.test(text)) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && dayOf(instant) === text;
}
