import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bytea, id, instant, key } from './columns.ts';

const account = () =>
  uuid('account_id')
    .notNull()
    .references(() => accounts.id);

export const tlsOrders = pgTable(
  'tls_orders',
  {
    id: id(),
    accountId: account(),
    orderNumber: key('order_number').notNull(),
    productType: text('product_type').notNull(),
    validationLevel: text('validation_level').notNull(),
    domains: text('domains').array().notNull(),
    status: text('status').notNull(),
    orderedOn: date('ordered_on', { mode: 'string' }).notNull(),
    vettingStatus: text('vetting_status').notNull(),
    organisationName: text('organisation_name'),
    organisationCountry: text('organisation_country'),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    uniqueIndex('tls_orders_order_number').on(t.accountId, t.orderNumber),
    index('tls_orders_order').on(t.accountId, t.orderedOn, t.orderNumber),
    index('tls_orders_of_status').on(t.accountId, t.status, t.orderedOn, t.orderNumber),
    check('tls_orders_product_type', sql`${t.productType} in ('single', 'wildcard', 'multi_domain')`),
    check('tls_orders_validation_level', sql`${t.validationLevel} in ('DV', 'OV', 'EV', 'unknown')`),
    check(
      'tls_orders_status',
      sql`${t.status} in ('draft', 'awaiting_validation', 'awaiting_documents', 'issued', 'cancelled', 'rejected')`,
    ),
    check('tls_orders_vetting_status', sql`${t.vettingStatus} in ('not_required', 'pending', 'passed', 'failed')`),
    check(
      'tls_orders_dv_without_organisation',
      sql`${t.validationLevel} <> 'DV' or (${t.organisationName} is null and ${t.organisationCountry} is null)`,
    ),
  ],
);

export const tlsCertificates = pgTable(
  'tls_certificates',
  {
    id: id(),
    accountId: account(),
    orderId: uuid('order_id').references(() => tlsOrders.id),
    fingerprint: bytea('fingerprint').notNull(),
    /** Serial number and beginning of the fingerprint: the order of certificates that end on one day never depends on an id. */
    serialKey: key('serial_key').notNull(),
    commonName: text('common_name').notNull(),
    dnsNames: text('dns_names').array().notNull(),
    ipNameCount: integer('ip_name_count').notNull(),
    type: text('type').notNull(),
    issuer: text('issuer').notNull(),
    keyAlgorithm: text('key_algorithm').notNull(),
    organisationName: text('organisation_name'),
    organisationCountry: text('organisation_country'),
    validFrom: date('valid_from', { mode: 'string' }).notNull(),
    validUntil: date('valid_until', { mode: 'string' }).notNull(),
    revokedOn: date('revoked_on', { mode: 'string' }),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    uniqueIndex('tls_certificates_fingerprint').on(t.accountId, t.fingerprint),
    uniqueIndex('tls_certificates_order').on(t.accountId, t.validUntil, t.serialKey),
    index('tls_certificates_of_type').on(t.accountId, t.type, t.validUntil, t.serialKey),
    index('tls_certificates_revoked')
      .on(t.accountId, t.validUntil, t.serialKey)
      .where(sql`${t.revokedOn} is not null`),
    index('tls_certificates_clock').on(t.accountId, sql`(least(${t.validUntil}, ${t.revokedOn}))`),
    index('tls_certificates_order_id').on(t.orderId),
    check('tls_certificates_type', sql`${t.type} in ('DV', 'OV', 'EV', 'unknown')`),
    check(
      'tls_certificates_dv_without_organisation',
      sql`${t.type} <> 'DV' or (${t.organisationName} is null and ${t.organisationCountry} is null)`,
    ),
  ],
);

/** One row a name of a certificate, as `domainKey` writes it: how a domain finds its certificates. */
export const tlsNames = pgTable(
  'tls_names',
  {
    accountId: account(),
    name: key('name').notNull(),
    validUntil: date('valid_until', { mode: 'string' }).notNull(),
    serialKey: key('serial_key').notNull(),
    certificateId: uuid('certificate_id')
      .notNull()
      .references(() => tlsCertificates.id, { onDelete: 'cascade' }),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.name, t.validUntil, t.serialKey] }), index('tls_names_certificate').on(t.certificateId)],
);

export const orderContacts = pgTable(
  'order_contacts',
  {
    id: id(),
    accountId: account(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => tlsOrders.id),
    role: text('role').notNull(),
    detailsSealed: bytea('details_sealed').notNull(),
  },
  (t) => [index('order_contacts_account').on(t.accountId), index('order_contacts_order').on(t.orderId)],
);

export const domainPrivacy = pgTable(
  'domain_privacy',
  {
    accountId: account(),
    domain: key('domain').notNull(),
    privacyOn: boolean('privacy_on').notNull(),
    publishedFieldNames: text('published_field_names').array().notNull(),
    requiredBy: text('required_by').notNull(),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.domain] }),
    check('domain_privacy_required_by', sql`${t.requiredBy} in ('ca_policy', 'registry', 'none')`),
  ],
);

/** Append-only (CS-16): a period during which a domain's contact data was public. */
export const domainExposures = pgTable(
  'domain_exposures',
  {
    accountId: account(),
    domain: key('domain').notNull(),
    startedOn: date('started_on', { mode: 'string' }).notNull(),
    endedOn: date('ended_on', { mode: 'string' }),
    hiddenAt: instant('hidden_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.domain, t.startedOn] })],
);
