import type { TablePolicy } from './table.ts';

export const mailTables = {
  outbox: {
    owner: 'account_id',
    read: false,
    columns: {
      id: ['internal', 'mail'],
      account_id: ['internal', 'mail'],
      certificate_id: ['internal', 'mail'],
      service: ['operational', 'mail'],
      kind: ['operational', 'mail'],
      recipient_sealed: ['private_contact', 'mail'],
      content_sealed: ['correspondence', 'mail'],
      created_at: ['operational', 'mail'],
      expires_at: ['operational', 'mail'],
      attempts: ['operational', 'mail'],
      next_attempt_at: ['operational', 'mail'],
      error_code: ['operational', 'mail'],
      sent_at: ['operational', 'mail'],
      closed_at: ['operational', 'mail'],
    },
  },
} as const satisfies Record<string, TablePolicy>;
