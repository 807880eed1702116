import { and, eq, inArray, isNull, lte, notExists, sql } from 'drizzle-orm';
import type { Day } from '../../words/dates.ts';
import { monthAfter, monthOf, startOf, type Month } from '../../policy/verification.ts';
import type { Orm } from '../engine/db.ts';
import { underLock } from '../engine/locks.ts';
import { legalHolds, verificationEvents } from '../schema/index.ts';
import type { Counted } from '../retention/sweeps.ts';

const monthsAhead = 2;
const lockName = 'certveil verification partitions';
const parent = 'public.verification_events';
const fallback = `${parent}_default`;

function partitionOf(month: Month): string {
  return `verification_events_${month.replace('-', '_')}`;
}

/**
 * Makes the partitions of this month and the next two, and of every month that the default partition holds rows of; those move
 * to where they belong. Answers the months that were made; null while another instance is at it.
 */
export async function ensurePartitions({ orm, now }: { orm: Orm; now: Date }): Promise<Month[] | null> {
  const wanted = [...Array(monthsAhead + 1).keys()].map((ahead) => monthAfter(monthOf(now), ahead));
  if ((await missing(orm, wanted)).length === 0) return [];
  return underLock({
    orm,
    name: lockName,
    work: async (tx) => {
      await tx.execute(sql.raw(`lock table ${fallback} in access exclusive mode`));
      const months = await missing(tx, wanted);
      for (const month of months) await makePartition(tx, month);
      return months;
    },
  });
}

async function missing(orm: Orm, wanted: readonly Month[]): Promise<Month[]> {
  const stray = await orm
    .select({ month: sql<string>`d.month` })
    .from(sql`(select distinct to_char(at at time zone 'UTC', 'YYYY-MM') as month from ${sql.raw(fallback)}) d`);
  const known = await partitions(orm);
  const all = new Set([...wanted, ...stray.map(({ month }) => month)]);
  return [...all].filter((month) => !known.includes(month)).toSorted();
}

/** The months that have a partition. */
export async function partitions(orm: Orm): Promise<Month[]> {
  const rows = await orm
    .select({ name: sql<string>`c.relname` })
    .from(sql`pg_inherits i join pg_class c on c.oid = i.inhrelid`)
    .where(sql`i.inhparent = ${parent}::regclass`);
  return rows.flatMap(({ name }) => /_(\d{4})_(\d\d)$/.exec(name)?.slice(1).join('-') ?? []).toSorted();
}

/** Rows of the default partition would forbid a partition for their month, so they move before it is attached. */
async function makePartition(tx: Orm, month: Month): Promise<void> {
  const name = `public.${partitionOf(month)}`;
  const [from, to] = [startOf(month), startOf(monthAfter(month))].map((instant) => `'${instant.toISOString()}'`);
  for (const statement of [
    `create table ${name} (like ${parent} including defaults including constraints)`,
    `with moved as (delete from ${fallback} where at >= ${from} and at < ${to} returning *) insert into ${name} select * from moved`,
    `alter table ${parent} attach partition ${name} for values from (${from}) to (${to})`,
  ]) {
    await tx.execute(sql.raw(statement));
  }
}

/** Deletes at most `limit` events up to an instant, but those of accounts under a legal hold. Answers how many. */
export async function deleteEvents({ orm, upTo, limit }: { orm: Orm; upTo: Date; limit: number }): Promise<number> {
  const held = orm
    .select({ id: legalHolds.id })
    .from(legalHolds)
    .where(and(eq(legalHolds.accountId, verificationEvents.accountId), isNull(legalHolds.liftedAt)));
  const old = orm
    .select({ id: verificationEvents.id })
    .from(verificationEvents)
    .where(and(lte(verificationEvents.at, upTo), notExists(held)))
    .limit(limit);
  const gone = await orm
    .delete(verificationEvents)
    .where(and(lte(verificationEvents.at, upTo), inArray(verificationEvents.id, old)))
    .returning({ id: verificationEvents.id });
  return gone.length;
}

/** How many events there are up to an instant, and how many of them a legal hold keeps. Changes nothing. */
export async function countEvents({ orm, upTo }: { orm: Orm; upTo: Date }): Promise<Counted> {
  const holds = orm.select({ accountId: legalHolds.accountId }).from(legalHolds).where(isNull(legalHolds.liftedAt));
  const [row] = await orm
    .select({
      due: sql<number>`count(*)::integer`,
      held: sql<number>`(count(*) filter (where ${inArray(verificationEvents.accountId, holds)}))::integer`,
      first: sql<Day | null>`(min((${verificationEvents.at} at time zone 'UTC')::date) filter (where not ${inArray(verificationEvents.accountId, holds)}))::text`,
    })
    .from(verificationEvents)
    .where(lte(verificationEvents.at, upTo));
  return row ?? { due: 0, held: 0, first: null };
}

/** Drops the emptied partitions of months that ended by an instant. Answers the months. */
export async function dropEmptied({ orm, upTo }: { orm: Orm; upTo: Date }): Promise<Month[]> {
  const past = (await partitions(orm)).filter((month) => startOf(monthAfter(month)) <= upTo);
  const dropped: Month[] = [];
  for (const month of past) {
    const gone = await underLock({
      orm,
      name: lockName,
      work: async (tx) => {
        if (!(await partitions(tx)).includes(month)) return false;
        const [row] = await tx
          .select({ used: sql<boolean>`u.used` })
          .from(sql`(select exists (select from public.${sql.raw(partitionOf(month))}) as used) u`);
        if (row?.used !== false) return false;
        await tx.execute(sql.raw(`drop table public.${partitionOf(month)}`));
        return true;
      },
    });
    if (gone) dropped.push(month);
  }
  return dropped;
}
