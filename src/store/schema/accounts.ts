import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, id, instant, key } from './columns.ts';

export const accounts = pgTable(
  'accounts',
  {
    id: id(),
    email: text('email').notNull(),
    emailMasked: text('email_masked').notNull(),
    emailKey: key('email_key').notNull(),
    displayName: text('display_name').notNull(),
    region: text('region'),
    phoneSealed: bytea('phone_sealed'),
    passwordHash: text('password_hash'),
    mfaSecretSealed: bytea('mfa_secret_sealed'),
    disabledAt: instant('disabled_at'),
    /** How many times sign-ins of the account were ended: one that was begun before the last time doesn't count. */
    signInsEnded: integer('sign_ins_ended').notNull().default(0),
    noContactAt: instant('no_contact_at'),
    hiddenAt: instant('hidden_at'),
    /** Of the empty row that stays while a transaction must be kept. */
    erasedAt: instant('erased_at'),
    createdAt: instant('created_at').notNull(),
    lastActivityAt: instant('last_activity_at').notNull(),
  },
  (t) => [uniqueIndex('accounts_email_key').on(t.emailKey)],
);

export const memberships = pgTable(
  'memberships',
  {
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    service: text('service').notNull(),
    status: text('status').notNull(),
    lastActivityAt: instant('last_activity_at').notNull(),
    noticeVersion: text('notice_version'),
    /** The version of the notice whose owner was mailed that it changed. */
    noticeMailedVersion: text('notice_mailed_version'),
    marketingOptOutAt: instant('marketing_opt_out_at'),
    /** Processing under legitimate interests has stopped, pending review (CS-46). */
    objectedAt: instant('objected_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.service] }),
    check('memberships_service', sql`${t.service} in ('certfusion', 'certumssl')`),
    check('memberships_status', sql`${t.status} in ('active', 'deactivated')`),
  ],
);

/** A one-time link that sets a password; only the link's digest is stored. */
export const passwordLinks = pgTable('password_links', {
  digest: bytea('digest').primaryKey(),
  accountId: uuid('account_id')
    .notNull()
    .references(() => accounts.id),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
});

export const quotas = pgTable(
  'quotas',
  {
    accountId: uuid('account_id')
      .primaryKey()
      .references(() => accounts.id),
    used: integer('used').notNull(),
    monthlyLimit: integer('monthly_limit').notNull(),
    periodEndsOn: date('period_ends_on', { mode: 'string' }).notNull(),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [check('quotas_counts', sql`${t.used} >= 0 and ${t.monthlyLimit} >= 0`)],
);

export const billingProfiles = pgTable('billing_profiles', {
  accountId: uuid('account_id')
    .primaryKey()
    .references(() => accounts.id),
  billingName: text('billing_name').notNull(),
  billingAddress: text('billing_address').notNull(),
  stripeCustomerRef: text('stripe_customer_ref'),
  planPrice: text('plan_price'),
});

export const transactions = pgTable(
  'transactions',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    occurredOn: date('occurred_on', { mode: 'string' }).notNull(),
    amountMinor: integer('amount_minor').notNull(),
    currency: text('currency').notNull(),
    invoiceNumber: text('invoice_number').notNull(),
    stripeChargeRef: text('stripe_charge_ref'),
  },
  (t) => [index('transactions_account').on(t.accountId, t.occurredOn)],
);

/** What a person sent by form, e-mail, API, phone or support (CS-06). */
export const contactMessages = pgTable(
  'contact_messages',
  {
    id: id(),
    accountId: uuid('account_id').references(() => accounts.id),
    channel: text('channel').notNull(),
    kind: text('kind').notNull(),
    senderSealed: bytea('sender_sealed'),
    body: text('body').notNull(),
    receivedAt: instant('received_at').notNull(),
    resolvedAt: instant('resolved_at'),
    /** The name of whom of the staff answered it. */
    resolvedBy: text('resolved_by'),
  },
  (t) => [
    index('contact_messages_account').on(t.accountId),
    check('contact_messages_channel', sql`${t.channel} in ('form', 'email', 'api', 'phone', 'support')`),
  ],
);

export const supportMessages = pgTable(
  'support_messages',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    subject: text('subject').notNull(),
    body: text('body').notNull(),
    fromStaff: boolean('from_staff').notNull(),
    writtenAt: instant('written_at').notNull(),
    resolvedAt: instant('resolved_at'),
  },
  (t) => [index('support_messages_account').on(t.accountId, t.writtenAt)],
);

export const vettingDocuments = pgTable(
  'vetting_documents',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind').notNull(),
    contentSealed: bytea('content_sealed').notNull(),
    receivedAt: instant('received_at').notNull(),
  },
  (t) => [index('vetting_documents_account').on(t.accountId)],
);
