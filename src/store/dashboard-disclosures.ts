import { sql, type SQL } from 'drizzle-orm';
import type { Orm } from './db.ts';

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
  /** Only what held a field of this name. */
  readonly fieldName: string | null;
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

function pageOf(accountId: string, { appId, fieldName, after, limit }: DisclosureQuery): SQL {
  const mine = sql`a.account_id = ${accountId}::uuid${appId === null ? sql`` : sql` and a.id = ${appId}::uuid`}`;
  const named = fieldName === null ? sql`` : sql` and ${fieldName} = any (d.field_names)`;
  const latest = (within: SQL) => sql`(
    select max(m.day) from public.apps a cross join lateral (
      select d.day from public.disclosures d
      where d.account_id = a.account_id and d.app_id = a.id${within}${named} order by d.day desc limit 1
    ) m where ${mine})`;
  return sql`
    with recursive days (day, n) as (
      select ${latest(after === null ? sql`` : sql` and d.day <= ${after.day}::date`)}, 1
      union all
      select ${latest(sql` and d.day < days.day`)}, days.n + 1 from days where days.day is not null and days.n <= ${limit}::integer
    )
    select a.id as app_id, a.client_id, a.name, a.publisher_domain, d.day, d.tool, d.purpose, d.field_names,
           count(*)::integer as calls, least(sum(d.record_count), 2147483647)::integer as record_count, d.outcome, k.key
    from days
    cross join public.apps a
    join public.disclosures d on d.account_id = a.account_id and d.app_id = a.id and d.day = days.day
    cross join lateral (select concat_ws(' ', d.tool, d.outcome, array_to_string(d.field_names, ',')) collate "C" as key) k
    where ${mine}${named}${beyond(accountId, after)}
    group by a.id, d.day, d.tool, d.purpose, d.field_names, d.outcome, k.key
    order by d.day desc, a.client_id, k.key
    limit ${limit}::integer`;
}

function beyond(accountId: string, after: DisclosurePosition | null): SQL {
  if (after === null) return sql``;
  const app = sql`(select o.client_id from public.apps o where o.account_id = ${accountId}::uuid and o.id = ${after.appId}::uuid)`;
  return sql` and (d.day < ${after.day}::date or a.client_id > ${app} or (a.client_id = ${app} and k.key > ${after.key} collate "C"))`;
}

export interface EmailTelling {
  readonly appId: string;
  /** The owner's own address, or a recipient's. */
  readonly own: boolean;
  /** In full, or masked. */
  readonly full: boolean;
  readonly calls: number;
  readonly lastOn: string;
}

/** Which apps were told e-mail addresses: `ownTool` is the one tool that tells the owner's. */
export async function emailTellingsOf({ orm, accountId, ownTool }: Owner & { readonly ownTool: string }): Promise<EmailTelling[]> {
  return orm
    .select({
      appId: sql<string>`t.app_id`,
      own: sql<boolean>`t.own`,
      full: sql<boolean>`t.in_full`,
      calls: sql<number>`t.calls`,
      lastOn: sql<string>`t.last_on`,
    })
    .from(
      sql`(
        select d.app_id, d.tool = ${ownTool} as own, 'email' = any (d.field_names) as in_full, count(*)::integer as calls, max(d.day) as last_on
        from public.disclosures d
        where d.account_id = ${accountId}::uuid and d.outcome = 'answered' and d.field_names && array['email', 'email_masked']
        group by 1, 2, 3) t`,
    )
    .orderBy(sql`t.in_full desc, t.own desc, t.last_on desc, t.calls desc`);
}
