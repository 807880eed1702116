import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { services, type Service } from '../policy/classes.ts';
import type { TableName } from '../policy/columns.ts';
import { heldCategories, type HeldCategoryName } from '../policy/held.ts';
import { endings, type Ending } from '../policy/retention-clocks.ts';
import type { Orm } from './db.ts';
import { marks } from './marks.ts';
import { legalHolds, memberships } from './schema/index.ts';

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

export async function heldSpan({ orm, accountId, category }: Owned & { category: HeldCategoryName }): Promise<HeldSpan> {
  const tables: readonly TableName[] = heldCategories[category].tables;
  const exists = sql.join(
    tables.map(
      (table) => sql`exists (select from ${sql.identifier(table)} t where t.${sql.identifier(marks[table].owner ?? '')} = ${accountId})`,
    ),
    sql` or `,
  );
  const starts = clocksOf(tables).map(
    ([table, start, only]) => sql`select ${start} as start from ${sql.identifier(table)} t where t.account_id = ${accountId} and ${only}`,
  );
  const [row] = await orm
    .select({
      held: sql<boolean>`${exists}`,
      firstOn: sql<string | null>`min(c.start)::text`,
      lastOn: sql<string | null>`max(c.start)::text`,
    })
    .from(sql`(${starts.length > 0 ? sql.join(starts, sql` union all `) : sql`select null::date as start`}) c`);
  return row ?? { held: false, firstOn: null, lastOn: null };
}

/** The tables whose clocks count for these: their own, else those of what they go with. */
function clocksOf(tables: readonly TableName[]): (readonly [table: string, start: SQL, only: SQL])[] {
  const own = tables.flatMap((table) => clockOf(table) ?? []);
  if (own.length > 0) return own;
  return [...new Set(tables.flatMap((table) => goesWith(table)))].flatMap((table) => clockOf(table) ?? []);
}

function goesWith(table: TableName): readonly TableName[] {
  const ending: Ending = endings[table];
  return typeof ending === 'object' && 'with' in ending ? ending.with : [];
}

function clockOf(table: TableName): [readonly [table: string, start: SQL, only: SQL]] | null {
  if (table === 'verification_events') return [[table, sql`(t.at at time zone 'UTC')::date`, sql`true`]];
  const ending: Ending = endings[table];
  if (typeof ending !== 'object' || !('clock' in ending)) return null;
  const columns = sql.raw(ending.from.map((column) => `t.${column}`).join(', '));
  const start = ending.unit === 'day' ? sql`least(${columns})` : sql`(least(${columns}) at time zone 'UTC')::date`;
  return [[table, start, table === 'apps' ? sql`t.status = 'revoked'` : sql`true`]];
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
