import type { TablePolicy } from './table.ts';

export const jobTables = {
  sweep_clock: {
    owner: null,
    read: false,
    columns: {
      name: ['operational', 'permanent'],
      swept_to: ['operational', 'permanent'],
      database_at: ['operational', 'permanent'],
    },
  },
  sweeps: {
    owner: null,
    read: false,
    columns: {
      name: ['operational', 'permanent'],
      outcome: ['operational', 'permanent'],
      done_at: ['operational', 'permanent'],
      due_count: ['operational', 'permanent'],
      held_count: ['operational', 'permanent'],
      due_since: ['operational', 'permanent'],
    },
  },
  retention_periods: {
    owner: null,
    read: false,
    columns: { retention_class: ['operational', 'permanent'], months: ['operational', 'permanent'] },
  },
} as const satisfies Record<string, TablePolicy>;
