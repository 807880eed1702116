import type { ReadPolicy } from './read.ts';

export const rightsReads = {
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
