import type { ReadPolicy } from './read.ts';

const summary = {
  tls_certificate: ['tls_certificates.id'],
  common_name: ['tls_certificates.common_name'],
  type: ['tls_certificates.type'],
  issuer: ['tls_certificates.issuer'],
  valid_from: ['tls_certificates.valid_from'],
  valid_until: ['tls_certificates.valid_until'],
  status: ['tls_certificates.valid_until', 'tls_certificates.revoked_on'],
} as const;

export const tlsReads = {
  read_tls_certificates: {
    scope: 'tls:read',
    columns: { ...summary, order_key: ['tls_certificates.serial_key'] },
  },
  read_tls_certificate_summary: {
    scope: 'tls:read',
    columns: {
      ...summary,
      dns_names: ['tls_certificates.dns_names'],
      key_algorithm: ['tls_certificates.key_algorithm'],
      organisation: ['tls_certificates.organisation_name'],
      revoked_on: ['tls_certificates.revoked_on'],
    },
  },
  read_tls_expiry: {
    scope: 'tls:read',
    columns: {
      bucket: ['tls_certificates.valid_until'],
      total: ['tls_certificates.valid_until'],
      tls_certificate: ['tls_certificates.id'],
      common_name: ['tls_certificates.common_name'],
      valid_until: ['tls_certificates.valid_until'],
    },
  },
  read_tls_orders: {
    scope: 'tls:read',
    columns: {
      order: ['tls_orders.id'],
      product_type: ['tls_orders.product_type'],
      domains: ['tls_orders.domains'],
      status: ['tls_orders.status'],
      ordered_on: ['tls_orders.ordered_on'],
      vetting_status: ['tls_orders.vetting_status'],
      order_key: ['tls_orders.order_number'],
    },
  },
  read_domain_contact_privacy: {
    scope: 'tls:contacts',
    columns: {
      domain: ['domain_privacy.domain'],
      privacy_on: ['domain_privacy.privacy_on'],
      published_field_names: ['domain_privacy.published_field_names'],
      required_by: ['domain_privacy.required_by'],
      exposures_started_on: ['domain_exposures.started_on'],
      exposures_ended_on: ['domain_exposures.ended_on'],
    },
  },
} as const satisfies Record<string, ReadPolicy>;
