import { sql } from 'drizzle-orm';
import { check, date, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant, key } from './columns.ts';

/** Up to which moment the last sweep deleted, and what the database's clock said then. One row. */
export const sweepClock = pgTable('sweep_clock', {
  name: key('name').primaryKey(),
  sweptTo: instant('swept_to').notNull(),
  databaseAt: instant('database_at').notNull(),
});

/** How each job and each retention class was last swept, and what of a class is due and still there. */
export const sweeps = pgTable(
  'sweeps',
  {
    name: key('name').primaryKey(),
    outcome: text('outcome').notNull(),
    /** When it last came to its end. */
    doneAt: instant('done_at'),
    dueCount: integer('due_count').notNull().default(0),
    heldCount: integer('held_count').notNull().default(0),
    /** Since when the first of it is due that no legal hold keeps. */
    dueSince: date('due_since', { mode: 'string' }),
  },
  (t) => [check('sweeps_outcome', sql`${t.outcome} in ('done', 'skipped', 'failed', 'refused')`)],
);

/** The operator's periods, in months, for what reads without the settings: nothing that is due is told. */
export const retentionPeriods = pgTable('retention_periods', {
  retentionClass: key('retention_class').primaryKey(),
  months: integer('months').notNull(),
});
