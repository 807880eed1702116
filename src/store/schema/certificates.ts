import { sql } from 'drizzle-orm';
import { check, date, index, integer, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { id, instant, key } from './columns.ts';

const account = () =>
  uuid('account_id')
    .notNull()
    .references(() => accounts.id);

export const lists = pgTable(
  'lists',
  {
    id: id(),
    accountId: account(),
    name: key('name').notNull(),
    /** What is shown of the name, folded; a number follows a control character where that isn't all of it. */
    nameKey: key('name_key').notNull(),
    createdOn: date('created_on', { mode: 'string' }).notNull(),
    /** Visible rows, kept by triggers (store/functions/counters.sql), so that no read has to count. */
    recipientCount: integer('recipient_count').notNull().default(0),
    issuedCount: integer('issued_count').notNull().default(0),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [uniqueIndex('lists_order').on(t.accountId, t.nameKey, t.name), uniqueIndex('lists_name').on(t.accountId, t.name)],
);

export const customFields = pgTable(
  'custom_fields',
  {
    id: id(),
    accountId: account(),
    listId: uuid('list_id')
      .notNull()
      .references(() => lists.id),
    /** Exactly one of the two names is set: a field's name leaves only once the issuer has declared it shareable. */
    sharedName: key('shared_name'),
    privateName: key('private_name'),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    check('custom_fields_one_name', sql`(${t.sharedName} is null) <> (${t.privateName} is null)`),
    index('custom_fields_account').on(t.accountId),
    uniqueIndex('custom_fields_name').on(t.listId, sql`(coalesce(${t.sharedName}, ${t.privateName}))`),
  ],
);

export const recipients = pgTable(
  'recipients',
  {
    id: id(),
    accountId: account(),
    listId: uuid('list_id')
      .notNull()
      .references(() => lists.id),
    name: text('name').notNull(),
    /** What is shown of the name, folded, and a number that makes it unique in the account: the order that a caller sees never depends on an id. */
    nameKey: key('name_key').notNull(),
    nameRank: integer('name_rank').notNull(),
    /** The whole name, folded, where that is another than `nameKey`: with the address it says who is who. */
    identityKey: key('identity_key'),
    email: text('email').notNull(),
    emailMasked: text('email_masked').notNull(),
    emailKey: key('email_key').notNull(),
    createdAt: instant('created_at').notNull(),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    uniqueIndex('recipients_natural').on(t.listId, t.emailKey, sql`(coalesce(${t.identityKey}, ${t.nameKey}))`),
    uniqueIndex('recipients_order').on(t.accountId, t.nameKey, t.nameRank),
    index('recipients_list').on(t.accountId, t.listId, t.nameKey, t.nameRank),
    index('recipients_clock').on(t.accountId, t.createdAt),
  ],
);

export const certificates = pgTable(
  'certificates',
  {
    id: id(),
    accountId: account(),
    listId: uuid('list_id')
      .notNull()
      .references(() => lists.id),
    recipientId: uuid('recipient_id')
      .notNull()
      .references(() => recipients.id),
    title: text('title').notNull(),
    description: text('description'),
    publicNumber: key('public_number').notNull(),
    issuedOn: date('issued_on', { mode: 'string' }).notNull(),
    expiresOn: date('expires_on', { mode: 'string' }),
    revokedOn: date('revoked_on', { mode: 'string' }),
    verificationCode: uuid('verification_code').notNull().defaultRandom(),
    createdAt: instant('created_at').notNull(),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    uniqueIndex('certificates_public_number').on(t.accountId, t.publicNumber),
    uniqueIndex('certificates_verification_code').on(t.verificationCode),
    index('certificates_order').on(t.accountId, t.issuedOn, t.publicNumber),
    index('certificates_of_list').on(t.listId, t.accountId, t.issuedOn, t.publicNumber),
    index('certificates_expiry')
      .on(t.accountId, t.expiresOn, t.publicNumber)
      .where(sql`${t.expiresOn} is not null`),
    index('certificates_revoked')
      .on(t.accountId, t.issuedOn, t.publicNumber)
      .where(sql`${t.revokedOn} is not null`),
    index('certificates_recipient').on(t.recipientId, t.issuedOn, t.publicNumber),
    index('certificates_clock')
      .on(t.accountId, sql`(least(${t.expiresOn}, ${t.revokedOn}))`)
      .where(sql`least(${t.expiresOn}, ${t.revokedOn}) is not null`),
  ],
);

/** One row a word of a certificate's searchable text, folded; `source` names the field, so that search reads granted fields only.
 *  No foreign keys, which would cost an import a third of its time: a trigger deletes the terms of a deleted certificate. */
export const certificateTerms = pgTable(
  'certificate_terms',
  {
    accountId: uuid('account_id').notNull(),
    term: key('term').notNull(),
    issuedOn: date('issued_on', { mode: 'string' }).notNull(),
    publicNumber: key('public_number').notNull(),
    source: key('source').notNull(),
    certificateId: uuid('certificate_id').notNull(),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.term, t.issuedOn, t.publicNumber, t.source] }),
    index('certificate_terms_certificate').on(t.certificateId, t.term),
    check('certificate_terms_source', sql`${t.source} in ('title', 'recipient_name', 'public_number')`),
  ],
);

export const recipientTerms = pgTable(
  'recipient_terms',
  {
    accountId: uuid('account_id').notNull(),
    term: key('term').notNull(),
    nameKey: key('name_key').notNull(),
    nameRank: integer('name_rank').notNull(),
    source: key('source').notNull(),
    recipientId: uuid('recipient_id').notNull(),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.term, t.nameKey, t.nameRank, t.source] }),
    index('recipient_terms_recipient').on(t.recipientId, t.term),
    check('recipient_terms_source', sql`${t.source} in ('name', 'email')`),
  ],
);

/** A certificate's value of a custom field: in the column that may leave, or in the one that never does. */
export const customValues = pgTable(
  'custom_values',
  {
    accountId: uuid('account_id').notNull(),
    certificateId: uuid('certificate_id')
      .notNull()
      .references(() => certificates.id, { onDelete: 'cascade' }),
    fieldId: uuid('field_id')
      .notNull()
      .references(() => customFields.id),
    sharedValue: text('shared_value'),
    privateValue: text('private_value'),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    primaryKey({ columns: [t.certificateId, t.fieldId] }),
    index('custom_values_field').on(t.fieldId),
    index('custom_values_owner').on(t.accountId, t.certificateId, t.fieldId),
    check('custom_values_one', sql`(${t.sharedValue} is null) <> (${t.privateValue} is null)`),
  ],
);

/**
 * How many of an account's visible certificates were issued, revoked and expired on a day (`2026-11-22`) and in a month
 * (`2026-11`), of one list or, where the list is null, of all: kept by triggers (store/functions/issuance.sql). A row that counts
 * nothing any more goes, so there are no foreign keys, which would cost an import dear.
 */
export const issuanceCounts = pgTable(
  'issuance_counts',
  {
    accountId: uuid('account_id').notNull(),
    listId: uuid('list_id'),
    period: key('period').notNull(),
    issued: integer('issued').notNull(),
    revoked: integer('revoked').notNull(),
    /** By the day of expiry, future ones too; what was revoked by then never expired. */
    expired: integer('expired').notNull(),
  },
  (t) => [
    unique('issuance_counts_period').on(t.accountId, t.listId, t.period).nullsNotDistinct(),
    index('issuance_counts_empty')
      .on(t.accountId)
      .where(sql`${t.issued} = 0 and ${t.revoked} = 0 and ${t.expired} = 0`),
  ],
);
