import { sql } from 'drizzle-orm';
import { bigint, check, date, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bytea, id, instant, key } from './columns.ts';
import { apps, grants } from './oauth.ts';

export const privacyRequests = pgTable(
  'privacy_requests',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    appId: uuid('app_id').references(() => apps.id),
    /** The order in which requests came; a page's position, never shown. */
    ordinal: bigint('ordinal', { mode: 'number' }).generatedAlwaysAsIdentity(),
    kind: text('kind').notNull(),
    service: text('service').notNull(),
    categories: text('categories').array(),
    channel: text('channel').notNull(),
    status: text('status').notNull(),
    receivedOn: date('received_on', { mode: 'string' }).notNull(),
    dueOn: date('due_on', { mode: 'string' }).notNull(),
    reason: text('reason'),
    closedAt: instant('closed_at'),
    /** Which clock made the due day: thirty_days, one_month, or not_promised. */
    dueBy: text('due_by'),
    region: text('region'),
    reasonCode: text('reason_code'),
    /** The record that it is about; null for the account itself. */
    recordKind: text('record_kind'),
    recordId: uuid('record_id'),
    confirmedAt: instant('confirmed_at'),
    /** When it took effect: the `hidden_at` of what a restriction hides, the moment under which an erasure is noted outside the database. */
    effectiveAt: instant('effective_at'),
    liftedAt: instant('lifted_at'),
    /** What was done and what stays, as codes, counts and days. */
    outcome: jsonb('outcome'),
    /** Of a rectification: 16 bytes of salt, then SHA-256 of salt and value (CS-42). */
    beforeHash: bytea('before_hash'),
    afterHash: bytea('after_hash'),
  },
  (t) => [
    index('privacy_requests_account').on(t.accountId, t.receivedOn),
    index('privacy_requests_order').on(t.accountId, t.ordinal),
    index('privacy_requests_open').on(t.status, t.dueOn),
    index('privacy_requests_app').on(t.appId),
    check(
      'privacy_requests_kind',
      sql`${t.kind} in ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'deactivation', 'complaint_help')`,
    ),
    check(
      'privacy_requests_status',
      sql`${t.status} in ('awaiting_confirmation', 'identity_check', 'in_progress', 'done', 'refused', 'withdrawn', 'lapsed')`,
    ),
  ],
);

/** Who moved a request, and when. */
export const requestSteps = pgTable(
  'request_steps',
  {
    id: id(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    requestId: uuid('request_id')
      .notNull()
      .references(() => privacyRequests.id),
    at: instant('at').notNull(),
    actor: text('actor').notNull(),
    staffName: text('staff_name'),
    status: text('status').notNull(),
  },
  (t) => [
    index('request_steps_request').on(t.requestId, t.at),
    index('request_steps_account').on(t.accountId),
    check('request_steps_actor', sql`${t.actor} in ('app', 'owner', 'staff', 'job')`),
  ],
);

export const notices = pgTable(
  'notices',
  {
    service: text('service').notNull(),
    version: text('version').notNull(),
    effectiveOn: date('effective_on', { mode: 'string' }).notNull(),
    content: text('content').notNull(),
  },
  (t) => [primaryKey({ columns: [t.service, t.version] })],
);

export const legalHolds = pgTable('legal_holds', {
  id: id(),
  accountId: uuid('account_id')
    .notNull()
    .references(() => accounts.id),
  reason: text('reason').notNull(),
  placedAt: instant('placed_at').notNull(),
  liftedAt: instant('lifted_at'),
});

export const tombstones = pgTable('tombstones', {
  hash: bytea('hash').primaryKey(),
  kind: text('kind').notNull(),
  deletedAt: instant('deleted_at').notNull(),
});

/** A file that notes deletions outside the database: how far the database knows it, so that a shorter one is noticed. */
export const deletionLogs = pgTable('deletion_logs', {
  id: id(),
  records: bigint('records', { mode: 'number' }).notNull(),
  chain: bytea('chain').notNull(),
});

/** A process that writes the ledger: one hash chain each. */
export const ledgerWriters = pgTable('ledger_writers', {
  id: id(),
  startedAt: instant('started_at').notNull(),
});

/** The chain: a row's leaf hash outlives its content. */
export const ledgerLeaves = pgTable(
  'ledger_leaves',
  {
    writerId: uuid('writer_id')
      .notNull()
      .references(() => ledgerWriters.id),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    leaf: bytea('leaf').notNull(),
  },
  (t) => [primaryKey({ columns: [t.writerId, t.seq] })],
);

/** What an app was told in one call: names and counts, never values. */
export const disclosures = pgTable(
  'disclosures',
  {
    writerId: uuid('writer_id').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    salt: bytea('salt').notNull(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    appId: uuid('app_id')
      .notNull()
      .references(() => apps.id),
    grantId: uuid('grant_id')
      .notNull()
      .references(() => grants.id),
    at: instant('at').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    tool: text('tool').notNull(),
    purpose: text('purpose').notNull(),
    fieldNames: text('field_names').array().notNull(),
    recordCount: integer('record_count').notNull(),
    outcome: text('outcome').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.writerId, t.seq] }),
    index('disclosures_app').on(t.accountId, t.appId, t.day),
    index('disclosures_of_app').on(t.appId),
    index('disclosures_grant').on(t.grantId),
    check('disclosures_purpose', sql`${t.purpose} in ('fulfil_request')`),
    check('disclosures_outcome', sql`${t.outcome} in ('answered', 'withheld', 'failed')`),
  ],
);

/** A chain's head after a batch, signed with Ed25519 by a key that the database holds only wrapped. */
export const ledgerHeads = pgTable(
  'ledger_heads',
  {
    writerId: uuid('writer_id')
      .notNull()
      .references(() => ledgerWriters.id),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    head: bytea('head').notNull(),
    signature: bytea('signature').notNull(),
    keyId: uuid('key_id').notNull(),
    signedAt: instant('signed_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.writerId, t.seq] }),
    foreignKey({ columns: [t.writerId, t.seq], foreignColumns: [ledgerLeaves.writerId, ledgerLeaves.seq], name: 'ledger_heads_leaf' }),
  ],
);

/** Random keys, one purpose each, wrapped by DATA_KEY. */
export const purposeKeys = pgTable(
  'purpose_keys',
  {
    id: id(),
    purpose: text('purpose').notNull(),
    wrapped: bytea('wrapped').notNull(),
    createdAt: instant('created_at').notNull(),
    retiredAt: instant('retired_at'),
  },
  (t) => [
    uniqueIndex('purpose_keys_current')
      .on(t.purpose)
      .where(sql`${t.retiredAt} is null`),
  ],
);

/** What only one transaction at a time may do, each a row that is locked; see turns.ts. */
export const turns = pgTable('turns', { number: bigint('number', { mode: 'bigint' }).primaryKey() });

/** The hash of the functions, roles, grants and policies that were last applied. */
export const databaseRules = pgTable('database_rules', {
  name: key('name').primaryKey(),
  hash: text('hash').notNull(),
  appliedAt: instant('applied_at').notNull(),
});
