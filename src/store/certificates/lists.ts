import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { isServiceTold } from '../rules/due.ts';
import { customFields, lists } from '../schema/index.ts';

interface Owner {
  readonly orm: Orm;
  readonly accountId: string;
  readonly now: Date;
}

export interface ListRow {
  readonly listId: string;
  readonly name: string;
  readonly createdOn: string;
  readonly recipientCount: number;
  readonly issuedCount: number;
  readonly shareableCount: number;
  readonly fieldCount: number;
}

/** The account's lists by name, from the one after `afterId` on; none once the service is cancelled (CS-32). */
export async function listsOf({
  orm,
  accountId,
  now,
  afterId,
  limit,
}: Owner & { readonly afterId: string | null; readonly limit: number }): Promise<ListRow[]> {
  const beyond =
    afterId === null
      ? undefined
      : sql`(${lists.nameKey}, ${lists.name}) > (select l.name_key, l.name from lists l where l.id = ${afterId} and l.account_id = ${accountId})`;
  return select(orm)
    .where(
      and(
        eq(lists.accountId, accountId),
        isNull(lists.hiddenAt),
        isServiceTold({ account: 'lists.account_id', service: 'certfusion', now }),
        beyond,
      ),
    )
    .orderBy(asc(lists.nameKey), asc(lists.name))
    .limit(limit);
}

/** One of them; null for an unknown, a foreign and a hidden one. */
export async function listOf({ orm, accountId, listId, now }: Owner & { readonly listId: string }): Promise<ListRow | null> {
  const [row] = await select(orm).where(
    and(
      eq(lists.id, listId),
      eq(lists.accountId, accountId),
      isNull(lists.hiddenAt),
      isServiceTold({ account: 'lists.account_id', service: 'certfusion', now }),
    ),
  );
  return row ?? null;
}

function select(orm: Orm) {
  return orm
    .select({
      listId: lists.id,
      name: lists.name,
      createdOn: lists.createdOn,
      recipientCount: lists.recipientCount,
      issuedCount: lists.issuedCount,
      shareableCount: sql<number>`(select count(f.shared_name)::integer from custom_fields f where f.list_id = lists.id and f.hidden_at is null)`,
      fieldCount: sql<number>`(select count(*)::integer from custom_fields f where f.list_id = lists.id and f.hidden_at is null)`,
    })
    .from(lists)
    .$dynamic();
}

export interface CustomFieldRow {
  readonly name: string;
  readonly shareable: boolean;
}

/** A list's custom fields by name. */
export async function customFieldsOf({
  orm,
  accountId,
  listId,
}: Omit<Owner, 'now'> & { readonly listId: string }): Promise<CustomFieldRow[]> {
  const name = sql<string>`coalesce(${customFields.sharedName}, ${customFields.privateName})`;
  return orm
    .select({ name, shareable: sql<boolean>`${customFields.sharedName} is not null` })
    .from(customFields)
    .where(and(eq(customFields.accountId, accountId), eq(customFields.listId, listId), isNull(customFields.hiddenAt)))
    .orderBy(sql`1`);
}
