import type { TableName } from './tables/all.ts';
import type { RetentionClass } from './retention.ts';

/** A clock of its own: the earliest of these columns, where a null doesn't count; all of them null never ends. */
interface Clocked {
  readonly clock: RetentionClass;
  readonly from: readonly string[];
  readonly unit: 'day' | 'instant';
}

/** How the rows of a table end: by a clock, with the rows of another table, by a job that knows their expiry, or never. */
export type Ending = Clocked | { readonly with: readonly TableName[] } | { readonly by: 'oauth' | 'mail' | 'verification' } | 'stays';

/** Every table, so that nothing is kept for no reason (CS-50). */
export const endings = {
  accounts: { with: ['memberships'] },
  memberships: { clock: 'account_certumssl', from: ['last_activity_at'], unit: 'instant' },
  password_links: { by: 'oauth' },
  quotas: { with: ['memberships'] },
  billing_profiles: { with: ['memberships'] },
  transactions: { clock: 'transaction', from: ['occurred_on'], unit: 'day' },
  contact_messages: { clock: 'support', from: ['resolved_at'], unit: 'instant' },
  support_messages: { clock: 'support', from: ['resolved_at'], unit: 'instant' },
  vetting_documents: { with: ['memberships'] },
  lists: { with: ['memberships'] },
  custom_fields: { with: ['lists'] },
  recipients: { clock: 'recipient', from: ['created_at'], unit: 'instant' },
  certificates: { clock: 'certificate', from: ['expires_on', 'revoked_on'], unit: 'day' },
  certificate_terms: { with: ['certificates'] },
  recipient_terms: { with: ['recipients'] },
  custom_values: { with: ['certificates'] },
  issuance_counts: { with: ['certificates'] },
  verification_events: { by: 'verification' },
  verification_months: { by: 'verification' },
  tls_orders: { clock: 'tls_order', from: ['ordered_on'], unit: 'day' },
  tls_certificates: { clock: 'tls_certificate', from: ['valid_until', 'revoked_on'], unit: 'day' },
  tls_names: { with: ['tls_certificates'] },
  order_contacts: { with: ['tls_orders'] },
  domain_privacy: { with: ['tls_orders', 'tls_certificates'] },
  domain_exposures: { with: ['tls_orders', 'tls_certificates'] },
  oauth_clients: { by: 'oauth' },
  oauth_artifacts: { by: 'oauth' },
  apps: { clock: 'consent', from: ['status_changed_at'], unit: 'instant' },
  grants: { clock: 'consent', from: ['ended_at'], unit: 'instant' },
  consent_events: { with: ['grants', 'apps'] },
  rate_limits: { by: 'oauth' },
  privacy_requests: { clock: 'rights', from: ['closed_at'], unit: 'instant' },
  request_steps: { with: ['privacy_requests'] },
  notices: 'stays',
  legal_holds: { clock: 'rights', from: ['lifted_at'], unit: 'instant' },
  tombstones: 'stays',
  deletion_logs: 'stays',
  ledger_writers: 'stays',
  ledger_leaves: 'stays',
  disclosures: { clock: 'ledger', from: ['at'], unit: 'instant' },
  ledger_heads: 'stays',
  purpose_keys: 'stays',
  turns: 'stays',
  database_rules: 'stays',
  outbox: { by: 'mail' },
  processors: 'stays',
  transfers: 'stays',
  external_disclosures: { clock: 'ledger', from: ['at'], unit: 'instant' },
  activity_inspections: 'stays',
  minor_erasures: 'stays',
  retention_runs: 'stays',
  sweep_clock: 'stays',
  sweeps: 'stays',
  retention_periods: 'stays',
} as const satisfies Record<TableName, Ending>;
