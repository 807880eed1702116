import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { services, type Service } from '../../policy/classes.ts';
import type { TableName } from '../../policy/tables/all.ts';
import { heldCategories, type HeldCategoryName } from '../../policy/categories.ts';
import { endings, type Ending } from '../../policy/retention-clocks.ts';
import type { Orm } from '../engine/db.ts';
import { marks } from '../rules/marks.ts';
import { legalHolds, memberships } from '../schema/index.ts';

/** Of a category of an account: is there any, and between which days its clocks started that run. */
export interface HeldSpan {
  readonly held: boolean;
  readonly firstOn: string | null;
  readonly lastOn: string | null;
}

interface Owned {
  readonly orm: Orm;
  readonly accountId: string;
}

/** Of each category, through indexes alone: their ends, never the rows between, however the statistics read. */
export async function heldSpans({
  orm,
  accountId,
  categories,
}: Owned & { categories: readonly HeldCategoryName[] }): Promise<ReadonlyMap<HeldCategoryName, HeldSpan>> {
  return orm.transaction(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    const spans = new Map<HeldCategoryName, HeldSpan>();
    for (const category of categories) spans.set(category, await heldSpan({ orm: tx, accountId, category }));
    return spans;
  });
}

async function heldSpan({ orm, accountId, category }: Owned & { category: HeldCategoryName }): Promise<HeldSpan> {
  const tables: readonly TableName[] = heldCategories[category].tables;
  const exists = tables.map(
    (table) => sql`exists (select from ${sql.identifier(table)} t where t.${sql.identifier(marks[table].owner ?? '')} = ${accountId})`,
  );
  const ends = clocksOf(tables).flatMap(({ table, start, asDay, only }) =>
    (['min', 'max'] as const).map((end) => {
      const found = sql`select ${sql.raw(end)}(${start}) as at from ${sql.identifier(table)} t where t.account_id = ${accountId} and ${only}`;
      return sql`select ${asDay(sql`f.at`)} as day from (${found}) f`;
    }),
  );
  const [row] = await orm
    .select({
      held: sql<boolean>`${sql.join(exists, sql` or `)}`,
      firstOn: sql<string | null>`min(c.day)::text`,
      lastOn: sql<string | null>`max(c.day)::text`,
    })
    .from(sql`(${ends.length > 0 ? sql.join(ends, sql` union all `) : sql`select null::date as day`}) c`);
  return row ?? { held: false, firstOn: null, lastOn: null };
}

interface ClockOf {
  readonly table: string;
  readonly start: SQL;
  readonly asDay: (at: SQL) => SQL;
  readonly only: SQL;
}

/** The tables whose clocks count for these: their own, else those of what they go with. */
function clocksOf(tables: readonly TableName[]): ClockOf[] {
  const own = tables.flatMap((table) => clockOf(table) ?? []);
  if (own.length > 0) return own;
  return [...new Set(tables.flatMap((table) => goesWith(table)))].flatMap((table) => clockOf(table) ?? []);
}

function goesWith(table: TableName): readonly TableName[] {
  const ending: Ending = endings[table];
  return typeof ending === 'object' && 'with' in ending ? ending.with : [];
}

const asIs = (at: SQL): SQL => at;
const inUtc = (at: SQL): SQL => sql`(${at} at time zone 'UTC')::date`;

function clockOf(table: TableName): [ClockOf] | null {
  if (table === 'verification_events') return [{ table, start: sql`t.at`, asDay: inUtc, only: sql`true` }];
  const ending: Ending = endings[table];
  if (typeof ending !== 'object' || !('clock' in ending)) return null;
  const columns = ending.from.map((column) => `t.${column}`);
  const start = sql.raw(columns.length === 1 ? String(columns[0]) : `least(${columns.join(', ')})`);
  return [{ table, start, asDay: ending.unit === 'day' ? asIs : inUtc, only: table === 'apps' ? sql`t.status = 'revoked'` : sql`true` }];
}

export interface AccountState {
  readonly underHold: boolean;
  readonly uses: readonly Service[];
  readonly active: readonly Service[];
}

export async function accountState({ orm, accountId }: Owned): Promise<AccountState> {
  const holds = await orm
    .select({ id: legalHolds.id })
    .from(legalHolds)
    .where(and(eq(legalHolds.accountId, accountId), isNull(legalHolds.liftedAt)))
    .limit(1);
  const joined = await orm
    .select({ service: memberships.service, status: memberships.status })
    .from(memberships)
    .where(eq(memberships.accountId, accountId));
  const uses = services.filter((each) => joined.some(({ service }) => service === each));
  return {
    underHold: holds.length > 0,
    uses,
    active: uses.filter((each) => joined.some(({ service, status }) => service === each && status === 'active')),
  };
}
