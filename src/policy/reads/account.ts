import type { ReadPolicy } from './read.ts';

export const accountReads = {
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
