import type { Scope } from './scopes.ts';

interface ReadPolicy {
  /** The scope without which the database itself gives no rows. */
  readonly scope: Scope;
  /** Result column → the columns that it is made of, as `table.column`. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

/** Every read that serves a tool: a function in the database, whose result columns are compared with this at start. */
export const reads = {
  read_account_summary: {
    scope: 'account:read',
    columns: {
      display_name: ['accounts.display_name'],
      email: ['accounts.email'],
      email_masked: ['accounts.email_masked'],
      service_names: ['memberships.service'],
      service_statuses: ['memberships.status'],
      quota_used: ['quotas.used'],
      quota_limit: ['quotas.monthly_limit'],
      period_ends_on: ['quotas.period_ends_on'],
    },
  },
  read_certificate_lists: {
    scope: 'certificates:read',
    columns: {
      list: ['lists.id'],
      name: ['lists.name'],
      shareable_field_names: ['custom_fields.shared_name'],
      recipient_count: ['lists.recipient_count'],
      issued_count: ['lists.issued_count'],
      created_on: ['lists.created_on'],
      order_key: ['lists.name_key'],
    },
  },
  read_certificates: {
    scope: 'certificates:read',
    columns: {
      certificate: ['certificates.id'],
      title: ['certificates.title'],
      recipient_name: ['recipients.name'],
      issued_on: ['certificates.issued_on'],
      expires_on: ['certificates.expires_on'],
      status: ['certificates.expires_on', 'certificates.revoked_on'],
      list_name: ['lists.name'],
      order_number: ['certificates.public_number'],
    },
  },
  read_certificate_summary: {
    scope: 'certificates:read',
    columns: {
      certificate: ['certificates.id'],
      title: ['certificates.title'],
      recipient_name: ['recipients.name'],
      issued_on: ['certificates.issued_on'],
      expires_on: ['certificates.expires_on'],
      status: ['certificates.expires_on', 'certificates.revoked_on'],
      list_name: ['lists.name'],
      public_number: ['certificates.public_number'],
      issuer_name: ['accounts.display_name'],
      description: ['certificates.description'],
      custom_names: ['custom_fields.shared_name'],
      custom_values: ['custom_values.shared_value'],
    },
  },
  read_recipients: {
    scope: 'recipients:read',
    columns: {
      recipient: ['recipients.id'],
      name: ['recipients.name'],
      email: ['recipients.email'],
      email_masked: ['recipients.email_masked'],
      certificate_count: ['certificates.recipient_id'],
      last_issued_on: ['certificates.issued_on'],
      order_key: ['recipients.name_key'],
      order_rank: ['recipients.name_rank'],
    },
  },
  read_recipient_summary: {
    scope: 'recipients:read',
    columns: {
      recipient: ['recipients.id'],
      name: ['recipients.name'],
      email: ['recipients.email'],
      email_masked: ['recipients.email_masked'],
      certificate_count: ['certificates.recipient_id'],
      last_issued_on: ['certificates.issued_on'],
    },
  },
  read_recipient_certificates: {
    scope: 'certificates:read',
    columns: {
      certificate: ['certificates.id'],
      title: ['certificates.title'],
      issued_on: ['certificates.issued_on'],
      status: ['certificates.expires_on', 'certificates.revoked_on'],
    },
  },
  read_connected_apps: {
    scope: 'apps:read',
    columns: {
      app: ['apps.id'],
      name: ['apps.name'],
      publisher_domain: ['apps.publisher_domain'],
      connected_on: ['apps.connected_on'],
      last_used_on: ['disclosures.day'],
      scopes: ['grants.scopes'],
      status: ['apps.status'],
      is_this_app: ['apps.id'],
      others: ['apps.status'],
    },
  },
  read_disclosure_history: {
    scope: 'apps:read',
    columns: {
      day: ['disclosures.day'],
      tool: ['disclosures.tool'],
      purpose: ['disclosures.purpose'],
      field_names: ['disclosures.field_names'],
      calls: ['disclosures.tool'],
      record_count: ['disclosures.record_count'],
      outcome: ['disclosures.outcome'],
      order_key: ['disclosures.tool', 'disclosures.outcome', 'disclosures.field_names'],
    },
  },
} as const satisfies Record<string, ReadPolicy>;

export type ReadName = keyof typeof reads;
