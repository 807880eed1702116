import type { ReadPolicy } from './read.ts';

export const rightsReads = {
  read_retention_clocks: {
    scope: 'privacy:read',
    columns: {
      tls_ends_on: ['tls_certificates.valid_until', 'tls_certificates.revoked_on'],
      certificates_end_on: ['certificates.expires_on', 'certificates.revoked_on'],
      ordered_on: ['tls_orders.ordered_on'],
      services: ['memberships.service'],
      active_services: ['memberships.service', 'memberships.status'],
    },
  },
  read_privacy_requests: {
    scope: 'privacy:read',
    columns: {
      request: ['privacy_requests.id'],
      kind: ['privacy_requests.kind'],
      status: ['privacy_requests.status'],
      received_on: ['privacy_requests.received_on'],
      due_on: ['privacy_requests.due_on'],
      order_key: ['privacy_requests.ordinal'],
    },
  },
} as const satisfies Record<string, ReadPolicy>;
