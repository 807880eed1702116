import { sql, type SQL } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { isTold } from '../rules/due.ts';

const told = isTold({ table: 'disclosures', row: 'd', now: null });

interface Owner {
  readonly orm: Orm;
  readonly accountId: string;
}

/** Where a page ended: the sort keys of its last row. */
export interface DisclosurePosition {
  readonly day: string;
  readonly appId: string;
  readonly key: string;
}

export interface DisclosureQuery {
  /** Null for all apps. */
  readonly appId: string | null;
  readonly after: DisclosurePosition | null;
  readonly limit: number;
}

export interface DisclosureRow extends DisclosurePosition {
  readonly appName: string;
  readonly publisherDomain: string | null;
  readonly tool: string;
  readonly purpose: string;
  readonly fieldNames: readonly string[];
  readonly calls: number;
  readonly recordCount: number;
  readonly outcome: string;
}

/**
 * What the account's apps were told, newest day first; calls of one day with the same app, tool, fields and outcome are one row.
 * It steps from day to day through the index, so a page costs the days that it shows.
 */
export async function disclosuresOf({ orm, accountId, ...query }: Owner & DisclosureQuery): Promise<DisclosureRow[]> {
  return orm
    .select({
      appId: sql<string>`t.app_id`,
      appName: sql<string>`t.name`,
      publisherDomain: sql<string | null>`t.publisher_domain`,
      day: sql<string>`t.day`,
      tool: sql<string>`t.tool`,
      purpose: sql<string>`t.purpose`,
      fieldNames: sql<string[]>`t.field_names`,
      calls: sql<number>`t.calls`,
      recordCount: sql<number>`t.record_count`,
      outcome: sql<string>`t.outcome`,
      key: sql<string>`t.key`,
    })
    .from(sql`(${pageOf(accountId, query)}) t`)
    .orderBy(sql`t.day desc, t.client_id, t.key`);
}

function pageOf(accountId: string, { appId, after, limit }: DisclosureQuery): SQL {
  const mine = sql`a.account_id = ${accountId}::uuid${appId === null ? sql`` : sql` and a.id = ${appId}::uuid`}`;
  return sql`
    with recursive ${daysOf({ mine, only: sql``, after, limit })}
    select a.id as app_id, a.client_id, a.name, a.publisher_domain, d.day, d.tool, d.purpose, d.field_names,
           count(*)::integer as calls, least(sum(d.record_count), 2147483647)::integer as record_count, d.outcome, k.key
    from days
    cross join public.apps a
    join public.disclosures d on d.account_id = a.account_id and d.app_id = a.id and d.day = days.day
    cross join lateral (select concat_ws(' ', d.tool, d.outcome, array_to_string(d.field_names, ',')) collate "C" as key) k
    where ${mine} and ${told}${beyond(accountId, after)}
    group by a.id, d.day, d.tool, d.purpose, d.field_names, d.outcome, k.key
    order by d.day desc, a.client_id, k.key
    limit ${limit}::integer`;
}

interface Days {
  /** Which apps `a`. */
  readonly mine: SQL;
  /** Which of their rows `d`, beginning with `and`. */
  readonly only: SQL;
  readonly after: DisclosurePosition | null;
  readonly limit: number;
}

/** `days (day)`: as many days as a page may need, the newest first, each found through the index. */
function daysOf({ mine, only, after, limit }: Days): SQL {
  const latest = (within: SQL) => sql`(
    select max(m.day) from public.apps a cross join lateral (
      select d.day from public.disclosures d
      where d.account_id = a.account_id and d.app_id = a.id and ${told}${within}${only} order by d.day desc limit 1
    ) m where ${mine})`;
  return sql`days (day, n) as (
      select ${latest(after === null ? sql`` : sql` and d.day <= ${after.day}::date`)}, 1
      union all
      select ${latest(sql` and d.day < days.day`)}, days.n + 1 from days where days.day is not null and days.n <= ${limit}::integer
    )`;
}

function beyond(accountId: string, after: DisclosurePosition | null): SQL {
  if (after === null) return sql``;
  const app = sql`(select o.client_id from public.apps o where o.account_id = ${accountId}::uuid and o.id = ${after.appId}::uuid)`;
  return sql` and (d.day < ${after.day}::date or a.client_id > ${app} or (a.client_id = ${app} and k.key > ${after.key} collate "C"))`;
}

export interface TellingQuery {
  /** Of which fields; a row says which of them. */
  readonly fieldNames: readonly string[];
  /** Only what this tool told, or what every other did. */
  readonly tool: { readonly name: string; readonly others: boolean } | null;
  readonly after: DisclosurePosition | null;
  readonly limit: number;
}

export interface TellingRow extends DisclosurePosition {
  readonly appName: string;
  readonly told: readonly string[];
  readonly calls: number;
}

/** Which apps were told fields, newest day first, from answers alone: one row for a day, an app and the fields that it got. */
export async function tellingsOf({ orm, accountId, ...query }: Owner & TellingQuery): Promise<TellingRow[]> {
  const { fieldNames, tool, after, limit } = query;
  const names = sql`array[${sql.join(
    fieldNames.map((name) => sql`${name}`),
    sql`, `,
  )}]::text[]`;
  const byTool = tool === null ? sql`` : tool.others ? sql` and d.tool <> ${tool.name}` : sql` and d.tool = ${tool.name}`;
  const only = sql` and d.outcome = 'answered' and d.field_names && ${names}${byTool}`;
  const mine = sql`a.account_id = ${accountId}::uuid`;
  return orm
    .select({
      appId: sql<string>`t.app_id`,
      appName: sql<string>`t.name`,
      day: sql<string>`t.day`,
      told: sql<string[]>`t.told`,
      calls: sql<number>`t.calls`,
      key: sql<string>`t.key`,
    })
    .from(
      sql`(
        with recursive ${daysOf({ mine, only, after, limit })}
        select a.id as app_id, a.client_id, a.name, d.day, k.told, count(*)::integer as calls, k.key
        from days
        cross join public.apps a
        join public.disclosures d on d.account_id = a.account_id and d.app_id = a.id and d.day = days.day
        cross join lateral (
          select n.told, array_to_string(n.told, ',') collate "C" as key
          from (select array(select f from unnest(d.field_names) f where f = any (${names}) order by f) as told) n
        ) k
        where ${mine} and ${told}${only}${beyond(accountId, after)}
        group by a.id, d.day, k.told, k.key
        order by d.day desc, a.client_id, k.key
        limit ${limit}::integer) t`,
    )
    .orderBy(sql`t.day desc, t.client_id, t.key`);
}

/** The day that an account's ledger reaches back to; null when it is empty. */
export async function ledgerBeginsOn({ orm, accountId }: Owner): Promise<string | null> {
  const [row] = await orm.select({ day: sql<string | null>`m.day` }).from(
    sql`(select min(f.day)::text as day from public.apps a cross join lateral (
             select d.day from public.disclosures d where d.account_id = a.account_id and d.app_id = a.id and ${told} order by d.day limit 1
           ) f where a.account_id = ${accountId}::uuid) m`,
  );
  return row?.day ?? null;
}
