import { accountReads } from './reads/account.ts';
import { activityReads } from './reads/activity.ts';
import { certificateReads } from './reads/certificate.ts';
import type { ReadPolicy } from './reads/read.ts';
import { rightsReads } from './reads/rights.ts';
import { tlsReads } from './reads/tls.ts';

/** Every read that serves a tool: a function in the database, whose result columns are compared with this at start. */
export const reads = { ...accountReads, ...certificateReads, ...activityReads, ...tlsReads, ...rightsReads } as const satisfies Record<
  string,
  ReadPolicy
>;

export type ReadName = keyof typeof reads;
