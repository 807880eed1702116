import { sql } from 'drizzle-orm';
import { bigint, check, date, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bytea, id, instant } from './columns.ts';

/** Service providers; without the day of an agreement on confidentiality there is no row (CF-07). */
export const processors = pgTable('processors', {
  id: id(),
  service: text('service').notNull(),
  name: text('name').notNull(),
  purpose: text('purpose').notNull(),
  country: text('country').notNull(),
  agreementOn: date('agreement_on', { mode: 'string' }).notNull(),
  endedOn: date('ended_on', { mode: 'string' }),
});

/** Where data may be handled abroad, and by what it stays protected there (CS-35, CS-55a, CS-55b). */
export const transfers = pgTable(
  'transfers',
  {
    id: id(),
    service: text('service').notNull(),
    channel: text('channel').notNull(),
    country: text('country').notNull(),
    safeguard: text('safeguard').notNull(),
    endedOn: date('ended_on', { mode: 'string' }),
  },
  (t) => [check('transfers_safeguard', sql`${t.safeguard} in ('standard_contractual_clauses', 'adequacy_decision')`)],
);

/** What left outside the tools, recorded by staff under one exception code (CS-02, CS-37 to CS-39); its leaf is in the ledger's chain. */
export const externalDisclosures = pgTable(
  'external_disclosures',
  {
    id: id(),
    writerId: uuid('writer_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    salt: bytea('salt').notNull(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    at: instant('at').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    code: text('code').notNull(),
    recipient: text('recipient').notNull(),
    fieldNames: text('field_names').array().notNull(),
    recordCount: integer('record_count').notNull(),
    /** Until when the law forbids to tell the person, and why (CS-39). */
    gagUntil: date('gag_until', { mode: 'string' }),
    gagReason: text('gag_reason'),
    notifiedAt: instant('notified_at'),
  },
  (t) => [
    index('external_disclosures_account').on(t.accountId, t.day),
    check(
      'external_disclosures_code',
      sql`${t.code} in ('legal_process', 'ca_policy', 'public_directory', 'processor', 'verification_link')`,
    ),
    check('external_disclosures_gag', sql`(${t.gagUntil} is null) = (${t.gagReason} is null)`),
  ],
);

/** Staff looked at the log of verification links: only for these purposes, and never without this row (CF-20, CS-13). */
export const activityInspections = pgTable(
  'activity_inspections',
  {
    id: id(),
    at: instant('at').notNull(),
    staffName: text('staff_name').notNull(),
    purpose: text('purpose').notNull(),
    recordCount: integer('record_count').notNull(),
  },
  (t) => [check('activity_inspections_purpose', sql`${t.purpose} in ('fraud', 'abuse')`)],
);

/** Who of the staff had what was held of somebody under 18 deleted (CS-58): nothing in it says whose it was. */
export const minorErasures = pgTable(
  'minor_erasures',
  {
    id: id(),
    at: instant('at').notNull(),
    staffName: text('staff_name').notNull(),
    subject: text('subject').notNull(),
    recordCount: integer('record_count').notNull(),
  },
  (t) => [check('minor_erasures_subject', sql`${t.subject} in ('account', 'recipient')`)],
);

/** What a retention sweep deleted of one class. */
export const retentionRuns = pgTable(
  'retention_runs',
  {
    id: id(),
    retentionClass: text('retention_class').notNull(),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at').notNull(),
    deletedCount: integer('deleted_count').notNull(),
    heldCount: integer('held_count').notNull(),
  },
  (t) => [index('retention_runs_started').on(t.startedAt)],
);
