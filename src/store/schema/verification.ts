import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { lists } from './certificates.ts';
import { instant, key } from './columns.ts';

/** Opened verification links (CF-19). Partitioned by month of `at`. */
export const verificationEvents = pgTable(
  'verification_events',
  {
    id: uuid('id').notNull().defaultRandom(),
    at: instant('at').notNull(),
    accountId: uuid('account_id').notNull(),
    certificateId: uuid('certificate_id').notNull(),
    kind: text('kind').notNull(),
    ip: text('ip'),
    userAgent: text('user_agent'),
    referrer: text('referrer'),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.at] }),
    index('verification_events_certificate').on(t.certificateId, t.at),
    index('verification_events_account').on(t.accountId, t.at),
    check('verification_events_kind', sql`${t.kind} in ('view', 'download')`),
  ],
);

/** Published monthly counts of a list, frozen; null is a suppressed count. */
export const verificationMonths = pgTable(
  'verification_months',
  {
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    listId: uuid('list_id')
      .notNull()
      .references(() => lists.id),
    month: key('month').notNull(),
    views: integer('views'),
    downloads: integer('downloads'),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    primaryKey({ columns: [t.listId, t.month] }),
    index('verification_months_month').on(t.month),
    index('verification_months_account').on(t.accountId),
  ],
);
