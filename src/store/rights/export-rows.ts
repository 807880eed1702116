import { sql, type SQL } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { dayOf } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { isTold } from '../rules/due.ts';
import { exportName, type ExportColumn, type ExportTable } from '../../policy/export.ts';
import * as schema from '../schema/index.ts';

export type ExportValue = string | number | boolean | null | readonly ExportValue[] | { readonly [name: string]: ExportValue };
export type ExportedRow = Readonly<Record<string, ExportValue>>;

export type ValueKind = 'text' | 'number' | 'boolean' | 'day' | 'instant' | 'texts' | 'json';

interface StoredTable {
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  readonly types: ReadonlyMap<string, string>;
}

const stored = new Map<string, StoredTable>(
  (Object.values(schema) as unknown[]).filter(isTable).map((table) => {
    const { name, columns, primaryKeys } = getTableConfig(table);
    const types = new Map(columns.map((column) => [column.name, column.getSQLType()]));
    const inKey = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
    const keys = inKey.map((column) => ({ name: column.name, type: types.get(column.name) ?? 'text' }));
    return [name, { keys, types }] as const;
  }),
);

export interface RowsQuery {
  readonly orm: Orm;
  readonly table: ExportTable;
  readonly accountId: string;
  /** What is kept from the person by law isn't in it before that is over (CS-39), and what is due isn't any more. */
  readonly now: Date;
  /** The key of the last row of the page before. */
  readonly after: readonly string[] | null;
  readonly limit: number;
}

export interface KeyedRow {
  readonly key: readonly string[];
  /** The row's own id, to which its seals are bound. */
  readonly id: string;
  readonly row: ExportedRow;
}

/** A page of an account's rows in the order of their primary key; hexadecimal where bytes are sealed. */
export async function exportRows({ orm, table, accountId, now, after, limit }: RowsQuery): Promise<KeyedRow[]> {
  const { keys } = storedOf(table.table);
  const chosen = table.columns.filter(({ as }) => as !== 'left_out');
  const pairs = chosen.map((each) => sql`${sql.raw(`'${exportName(each)}'`)}, ${valueOf(table.table, each)}`);
  const keyColumns = keys.map(({ name }) => sql.raw(`t.${name}`));
  const isUuid = keys.length === 1 && keys[0]?.type === 'uuid';
  const id = isUuid ? sql`${keyColumns[0]}::text` : sql`''`;
  const beyond =
    after === null
      ? sql``
      : sql` and (${sql.join(keyColumns, sql`, `)}) > (${sql.join(
          keys.map(({ type }, at) => sql`${after[at] ?? ''}::${sql.raw(type)}`),
          sql`, `,
        )})`;
  const told = table.table === 'external_disclosures' ? sql` and (t.gag_until is null or t.gag_until < ${dayOf(now)}::date)` : sql``;
  return orm
    .select({ key: sql<string[]>`x.key`, id: sql<string>`x.id`, row: sql<ExportedRow>`x.row` })
    .from(
      sql`(
        select array[${sql.join(
          keyColumns.map((column) => sql`${column}::text`),
          sql`, `,
        )}] as key, ${id} as id, json_build_object(${sql.join(pairs, sql`, `)}) as row,
               row_number() over (order by ${sql.join(keyColumns, sql`, `)}) as place
        from ${sql.raw(`public.${table.table}`)} t
        where ${sql.raw(`t.${table.owner}`)} = ${accountId}::uuid and ${isTold({ table: table.table, row: 't', now })}${told}${beyond}
        order by ${sql.join(keyColumns, sql`, `)} limit ${limit}::integer) x`,
    )
    .orderBy(sql`x.place`);
}

/** What a column's value looks like in JSON. */
export function valueKind(table: string, { column, as }: ExportColumn): ValueKind {
  if (as !== 'value') return 'text';
  const type = storedOf(table).types.get(column) ?? 'text';
  if (type === 'date') return 'day';
  if (type.startsWith('timestamp')) return 'instant';
  if (type === 'boolean') return 'boolean';
  if (type === 'integer' || type === 'bigint') return 'number';
  if (type.endsWith('[]')) return 'texts';
  return type.startsWith('json') ? 'json' : 'text';
}

function valueOf(table: string, each: ExportColumn): SQL {
  const column = sql.raw(`t.${each.column}`);
  if (each.as === 'sealed') return sql`encode(${column}, 'hex')`;
  if (table === 'custom_values' && each.column === 'field_id') {
    return sql`(select coalesce(f.shared_name, f.private_name) from public.custom_fields f where f.id = t.field_id)`;
  }
  return valueKind(table, each) === 'instant' ? sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')` : column;
}

function storedOf(table: string): StoredTable {
  const found = stored.get(table);
  if (!found) throw new Error(`no table ${table}`);
  return found;
}

function isTable(value: unknown): value is PgTable {
  return typeof value === 'object' && value !== null && Symbol.for('drizzle:IsDrizzleTable') in value;
}
