import { accountsTables } from './columns/accounts.ts';
import { certificatesTables } from './columns/certificates.ts';
import { jobTables } from './columns/jobs.ts';
import { mailTables } from './columns/mail.ts';
import { oauthTables } from './columns/oauth.ts';
import { privacyTables } from './columns/privacy.ts';
import { registerTables } from './columns/registers.ts';
import type { TablePolicy } from './columns/table.ts';
import { tlsTables } from './columns/tls.ts';

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
