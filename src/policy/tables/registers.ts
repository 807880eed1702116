import type { TablePolicy } from './table.ts';

export const registerTables = {
  processors: {
    owner: null,
    read: false,
    columns: {
      id: ['operational', 'permanent'],
      service: ['operational', 'permanent'],
      name: ['operational', 'permanent'],
      purpose: ['operational', 'permanent'],
      country: ['operational', 'permanent'],
      agreement_on: ['operational', 'permanent'],
      ended_on: ['operational', 'permanent'],
    },
  },
  transfers: {
    owner: null,
    read: false,
    columns: {
      id: ['operational', 'permanent'],
      service: ['operational', 'permanent'],
      channel: ['operational', 'permanent'],
      country: ['operational', 'permanent'],
      safeguard: ['operational', 'permanent'],
      ended_on: ['operational', 'permanent'],
    },
  },
  external_disclosures: {
    owner: 'account_id',
    read: false,
    columns: {
      id: ['internal', 'ledger'],
      writer_id: ['operational', 'ledger'],
      seq: ['operational', 'ledger'],
      salt: ['secret', 'ledger'],
      account_id: ['internal', 'ledger'],
      at: ['operational', 'ledger'],
      day: ['disclosure', 'ledger'],
      code: ['disclosure', 'ledger'],
      recipient: ['correspondence', 'ledger'],
      field_names: ['disclosure', 'ledger'],
      record_count: ['disclosure', 'ledger'],
      gag_until: ['operational', 'ledger'],
      gag_reason: ['correspondence', 'ledger'],
      notified_at: ['operational', 'ledger'],
    },
  },
  activity_inspections: {
    owner: null,
    read: false,
    columns: {
      id: ['operational', 'permanent'],
      at: ['operational', 'permanent'],
      staff_name: ['operational', 'permanent'],
      purpose: ['operational', 'permanent'],
      record_count: ['operational', 'permanent'],
    },
  },
  minor_erasures: {
    owner: null,
    read: false,
    columns: {
      id: ['operational', 'permanent'],
      at: ['operational', 'permanent'],
      staff_name: ['operational', 'permanent'],
      subject: ['operational', 'permanent'],
      record_count: ['operational', 'permanent'],
    },
  },
  retention_runs: {
    owner: null,
    read: false,
    columns: {
      id: ['operational', 'permanent'],
      retention_class: ['operational', 'permanent'],
      started_at: ['operational', 'permanent'],
      finished_at: ['operational', 'permanent'],
      deleted_count: ['operational', 'permanent'],
      held_count: ['operational', 'permanent'],
    },
  },
} as const satisfies Record<string, TablePolicy>;
