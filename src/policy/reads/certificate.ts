import type { ReadPolicy } from './read.ts';

export const certificateReads = {
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
} as const satisfies Record<string, ReadPolicy>;
