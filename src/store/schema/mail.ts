import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { certificates } from './certificates.ts';
import { bytea, id, instant } from './columns.ts';

/** Mail on its way out. Who it goes to and what it says are sealed, and emptied once it is delivered. */
export const outbox = pgTable(
  'outbox',
  {
    id: id(),
    accountId: uuid('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    /** Whose link it tells: it goes with the certificate, and waits while that is hidden. */
    certificateId: uuid('certificate_id').references(() => certificates.id, { onDelete: 'cascade' }),
    service: text('service'),
    kind: text('kind').notNull(),
    recipientSealed: bytea('recipient_sealed'),
    contentSealed: bytea('content_sealed'),
    createdAt: instant('created_at').notNull(),
    /** After this it says nothing that still holds, and isn't sent. */
    expiresAt: instant('expires_at'),
    attempts: integer('attempts').notNull(),
    /** Null once it was delivered or given up. */
    nextAttemptAt: instant('next_attempt_at'),
    errorCode: text('error_code'),
    sentAt: instant('sent_at'),
    closedAt: instant('closed_at'),
  },
  (t) => [
    index('outbox_due')
      .on(t.nextAttemptAt)
      .where(sql`${t.nextAttemptAt} is not null`),
    index('outbox_account').on(t.accountId),
    index('outbox_certificate').on(t.certificateId),
  ],
);
