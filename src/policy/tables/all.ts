import { accountsTables } from './accounts.ts';
import { certificatesTables } from './certificates.ts';
import { jobTables } from './jobs.ts';
import { mailTables } from './mail.ts';
import { oauthTables } from './oauth.ts';
import { privacyTables } from './privacy.ts';
import { registerTables } from './registers.ts';
import type { TablePolicy } from './table.ts';
import { tlsTables } from './tls.ts';

/** Every table and every column of the database. The store's types fail the build when one is missing here. */
export const tables = {
  ...accountsTables,
  ...certificatesTables,
  ...tlsTables,
  ...oauthTables,
  ...privacyTables,
  ...mailTables,
  ...registerTables,
  ...jobTables,
} as const satisfies Record<string, TablePolicy>;

export type TableName = keyof typeof tables;
