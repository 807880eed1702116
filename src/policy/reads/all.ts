import { accountReads } from './account.ts';
import { activityReads } from './activity.ts';
import { certificateReads } from './certificate.ts';
import type { ReadPolicy } from './read.ts';
import { rightsReads } from './rights.ts';
import { tlsReads } from './tls.ts';

/** Every read that serves a tool: a function in the database, whose result columns are compared with this at start. */
export const reads = { ...accountReads, ...certificateReads, ...activityReads, ...tlsReads, ...rightsReads } as const satisfies Record<
  string,
  ReadPolicy
>;

export type ReadName = keyof typeof reads;
