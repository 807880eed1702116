import type { TablePolicy } from './table.ts';

export const privacyTables = {
  privacy_requests: {
    owner: 'account_id',
    read: false,
    columns: {
      id: ['internal', 'rights'],
      account_id: ['internal', 'rights'],
      app_id: ['internal', 'rights'],
      kind: ['rights', 'rights'],
      service: ['rights', 'rights'],
      categories: ['rights', 'rights'],
      channel: ['operational', 'rights'],
      status: ['rights', 'rights'],
      received_on: ['rights', 'rights'],
      due_on: ['rights', 'rights'],
      reason: ['correspondence', 'rights'],
      closed_at: ['operational', 'rights'],
    },
  },
  notices: {
    owner: null,
    read: false,
    columns: {
      service: ['operational', 'permanent'],
      version: ['operational', 'permanent'],
      effective_on: ['operational', 'permanent'],
      content: ['operational', 'permanent'],
    },
  },
  legal_holds: {
    owner: 'account_id',
    read: false,
    columns: {
      id: ['internal', 'rights'],
      account_id: ['internal', 'rights'],
      reason: ['correspondence', 'rights'],
      placed_at: ['operational', 'rights'],
      lifted_at: ['operational', 'rights'],
    },
  },
  tombstones: {
    owner: null,
    read: false,
    columns: {
      hash: ['operational', 'permanent'],
      kind: ['operational', 'permanent'],
      deleted_at: ['operational', 'permanent'],
    },
  },
  ledger_writers: {
    owner: null,
    read: false,
    columns: {
      id: ['operational', 'permanent'],
      started_at: ['operational', 'permanent'],
    },
  },
  ledger_leaves: {
    owner: null,
    read: false,
    columns: {
      writer_id: ['operational', 'permanent'],
      seq: ['operational', 'permanent'],
      leaf: ['operational', 'permanent'],
    },
  },
  disclosures: {
    owner: 'account_id',
    read: true,
    columns: {
      writer_id: ['operational', 'ledger'],
      seq: ['operational', 'ledger'],
      salt: ['secret', 'ledger'],
      account_id: ['internal', 'ledger'],
      app_id: ['internal', 'ledger'],
      grant_id: ['internal', 'ledger'],
      at: ['operational', 'ledger'],
      day: ['disclosure', 'ledger'],
      tool: ['disclosure', 'ledger'],
      purpose: ['disclosure', 'ledger'],
      field_names: ['disclosure', 'ledger'],
      record_count: ['disclosure', 'ledger'],
      outcome: ['disclosure', 'ledger'],
    },
  },
  ledger_heads: {
    owner: null,
    read: false,
    columns: {
      writer_id: ['operational', 'permanent'],
      seq: ['operational', 'permanent'],
      head: ['operational', 'permanent'],
      signature: ['operational', 'permanent'],
      key_id: ['operational', 'permanent'],
      signed_at: ['operational', 'permanent'],
    },
  },
  purpose_keys: {
    owner: null,
    read: false,
    columns: {
      id: ['operational', 'permanent'],
      purpose: ['operational', 'permanent'],
      wrapped: ['secret', 'permanent'],
      created_at: ['operational', 'permanent'],
      retired_at: ['operational', 'permanent'],
    },
  },
  database_rules: {
    owner: null,
    read: false,
    columns: {
      name: ['operational', 'permanent'],
      hash: ['operational', 'permanent'],
      applied_at: ['operational', 'permanent'],
    },
  },
} as const satisfies Record<string, TablePolicy>;
