import { and, eq, gte, lt, sql, type SQL } from 'drizzle-orm';
import { addDays, type Day } from '../../words/dates.ts';
import type { RetentionClass } from '../../policy/retention.ts';
import type { Orm } from '../engine/db.ts';
import { underLock } from '../engine/locks.ts';
import { classOf, isDue, isHeld, startDay, type Cutoffs, type RetentionUnit } from './units.ts';
import { retentionRuns } from '../schema/index.ts';
import type { Counted } from './sweeps.ts';

/** Whoever deletes by retention holds this for one batch: one sweep at a time, whichever instance runs it. */
export const sweepLock = 'certveil retention';
const windowRows = 5_000;

/** A row's key; null before the first. */
export type After = readonly string[] | null;

export interface Swept {
  readonly deleted: number;
  /** The last key that was looked at; null when the table is through. */
  readonly after: After;
}

interface Batch {
  readonly orm: Orm;
  readonly unit: RetentionUnit;
  readonly cutoffs: Cutoffs;
  readonly after: After;
}

/** Looks at the next thousands of a table's rows by key and deletes those that are due and not held, in one transaction. Null when another sweep is at it. */
export async function sweepBatch({ orm, unit, cutoffs, after }: Batch): Promise<Swept | null> {
  return underLock({
    orm,
    name: sweepLock,
    work: async (tx) => {
      const last = await lastOfWindow(tx, unit, after);
      const rows = sql.raw(`${unit.table} t`);
      const due = await tx
        .select({ key: keyOf(unit) })
        .from(sql`${rows}`)
        .where(
          and(
            isAfter(unit, after),
            last === null ? undefined : sql`not ${isAfter(unit, last)}`,
            isDue(unit.table, cutoffs),
            sql`not ${isHeld}`,
            unit.only?.(cutoffs),
          ),
        )
        .for('update');
      if (due.length > 0)
        await deleteKeys(
          tx,
          unit,
          due.map(({ key }) => key),
        );
      return { deleted: due.length, after: last };
    },
  });
}

async function lastOfWindow(tx: Orm, unit: RetentionUnit, after: After): Promise<After> {
  const [last] = await tx
    .select({ key: keyOf(unit) })
    .from(sql.raw(`${unit.table} t`))
    .where(isAfter(unit, after))
    .orderBy(sql.raw(unit.key.map(([column]) => `t.${column}`).join(', ')))
    .offset(windowRows - 1)
    .limit(1);
  return last?.key ?? null;
}

async function deleteKeys(tx: Orm, unit: RetentionUnit, keys: readonly (readonly string[])[]): Promise<void> {
  const given = sql`(select ${sql.raw(unit.key.map(([, type], at) => `(k.v ->> ${at})::${type}`).join(', '))}
    from jsonb_array_elements(${JSON.stringify(keys)}::jsonb) k (v))`;
  if (unit.table === 'tls_certificates') await deleteEmptiedOrders(tx, given);
  for (const [table, column] of unit.dependants)
    await tx.execute(sql`delete from ${sql.identifier(table)} where ${sql.identifier(column)} in ${given}`);
  const columns = sql.raw(unit.key.map(([column]) => column).join(', '));
  if (unit.table === 'apps') await tx.execute(sql`update privacy_requests set app_id = null where app_id in ${given}`);
  await tx.execute(sql`delete from ${sql.identifier(unit.table)} where (${columns}) in ${given}`);
}

/** An issued order is part of its certificates' data and goes with the last of them (CS-53). */
async function deleteEmptiedOrders(tx: Orm, certificates: SQL): Promise<void> {
  const orders = await tx
    .select({ id: sql<string>`o.id` })
    .from(sql`tls_orders o`)
    .where(
      sql`o.status = 'issued' and o.id in (select c.order_id from tls_certificates c where c.id in ${certificates})
        and not exists (select from tls_certificates c where c.order_id = o.id and c.id not in ${certificates})`,
    );
  if (orders.length === 0) return;
  const ids = sql`(select value::uuid from jsonb_array_elements_text(${JSON.stringify(orders.map(({ id }) => id))}::jsonb))`;
  await tx.execute(sql`update tls_certificates set order_id = null where order_id in ${ids}`);
  await tx.execute(sql`delete from order_contacts where order_id in ${ids}`);
  await tx.execute(sql`delete from tls_orders where id in ${ids}`);
}

function keyOf(unit: RetentionUnit): SQL<string[]> {
  return sql<string[]>`array[${sql.raw(unit.key.map(([column]) => `t.${column}::text`).join(', '))}]`;
}

function isAfter(unit: RetentionUnit, after: After): SQL {
  if (after === null) return sql`true`;
  const columns = sql.raw(unit.key.map(([column]) => `t.${column}`).join(', '));
  const values = sql.join(
    unit.key.map(([, type], at) => sql`${after[at] ?? ''}::${sql.raw(type)}`),
    sql`, `,
  );
  return sql`(${columns}) > (${values})`;
}

/** How many rows of a unit are due, and how many of them a legal hold keeps. Changes nothing. */
export async function countDue({ orm, unit, cutoffs }: Omit<Batch, 'after'>): Promise<Counted> {
  if (cutoffs[classOf(unit.table)] === undefined) return { due: 0, held: 0, first: null };
  const [row] = await orm
    .select({
      due: sql<number>`count(*)::integer`,
      held: sql<number>`(count(*) filter (where ${isHeld}))::integer`,
      first: sql<Day | null>`(min(${startDay(unit.table)}) filter (where not ${isHeld}))::text`,
    })
    .from(sql.raw(`${unit.table} t`))
    .where(and(isDue(unit.table, cutoffs), unit.only?.(cutoffs)));
  return row ?? { due: 0, held: 0, first: null };
}

export interface Run {
  readonly retention: RetentionClass;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly deleted: number;
  readonly held: number;
}

export async function recordRun({ orm, run }: { orm: Orm; run: Run }): Promise<void> {
  const { retention, startedAt, finishedAt, deleted, held } = run;
  await orm.insert(retentionRuns).values({ retentionClass: retention, startedAt, finishedAt, deletedCount: deleted, heldCount: held });
}

/** Whether a class's sweep of this day has come to its end; what a clock that was wrong noted of later days counts for nothing. */
export async function ranOn({ orm, retention, day }: { orm: Orm; retention: RetentionClass; day: Day }): Promise<boolean> {
  const [from, to] = [day, addDays(day, 1)].map((each) => new Date(`${each}T00:00:00Z`));
  const runs = await orm
    .select({ id: retentionRuns.id })
    .from(retentionRuns)
    .where(
      and(eq(retentionRuns.retentionClass, retention), from && gte(retentionRuns.startedAt, from), to && lt(retentionRuns.startedAt, to)),
    )
    .limit(1);
  return runs.length > 0;
}
