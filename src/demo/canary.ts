import type { tables } from '../policy/tables/all.ts';

type Tables = typeof tables;

/** A text that names the never-sent column it is planted in, so that a leak says where it came from. */
export function canary<Table extends keyof Tables>(table: Table, column: keyof Tables[Table]['columns'] & string, number: number): string {
  return `canary-${table}-${column}-${number}`;
}

/** Addresses of a range that belongs to nobody (RFC 5737). */
export function canaryAddress(number: number): string {
  return `203.0.113.${1 + (number % 254)}`;
}

/** Instants of the demo fall on this time of day, which nothing else does. */
export const canaryTime = '03:14:15.926Z';
