import { getTableName, is, SQL } from 'drizzle-orm';
import { getTableConfig, PgDialect, PgTable, type IndexedColumn } from 'drizzle-orm/pg-core';
import { compare } from './compare.ts';
import type { Statement } from '../engine/db.ts';
import { ourTables } from './our-tables.ts';
import { wordsOf } from './definition-words.ts';
import * as schema from '../schema/index.ts';

/** Each is a line that says what it is and what of, and the words that its definition is made of. */
interface Part {
  readonly name: string;
  readonly words: string;
}

/** Keys, references, unique indexes, checks and columns that are never null: what the server relies on when it writes. */
export async function structureDifferences(statement: Statement): Promise<string[]> {
  const expected = expectedParts();
  const rows = await statement<{ name: string; made: string; holds: boolean }>(
    `select case c.contype when 'p' then 'primary key of ' || t.relname when 'f' then 'foreign key ' || c.conname || ' of ' || t.relname
              when 'u' then 'unique key ' || c.conname || ' of ' || t.relname else 'check ' || c.conname || ' of ' || t.relname end as name,
            pg_get_constraintdef(c.oid) as made, true as holds
     from pg_constraint c join pg_class t on t.oid = c.conrelid where t.oid in (${ourTables}) and not t.relispartition and c.contype in ('p', 'f', 'u', 'c', 'x')
     union all
     select 'unique index ' || i.relname || ' of ' || t.relname, pg_get_indexdef(x.indexrelid), x.indisvalid
     from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
     where t.oid in (${ourTables}) and not t.relispartition and x.indisunique
       and not exists (select from pg_constraint c where c.conindid = x.indexrelid and c.contype in ('p', 'u', 'x'))
     union all
     select 'not null of ' || t.relname || '.' || a.attname, '', true
     from pg_attribute a join pg_class t on t.oid = a.attrelid
     where t.oid in (${ourTables}) and not t.relispartition and a.attnum > 0 and not a.attisdropped and a.attnotnull`,
    [],
  );
  const changed = expected.filter(({ name, words }) => rows.some((row) => row.name === name && wordsOf(row.made) !== words));
  const isNotNull = (name: string) => name.startsWith('not null');
  return [
    ...compare(
      '',
      expected.map(({ name }) => name),
      rows.map(({ name }) => name).filter((name) => !isNotNull(name) || expected.some((each) => each.name === name)),
    ).map((each) => each.trimStart()),
    ...changed.map(({ name }) => `${name} is not as it was made`),
    ...rows.filter(({ holds }) => !holds).map(({ name }) => `${name} does not hold: reindex it`),
    ...(await outsideDifferences(statement)),
  ];
}

function expectedParts(): Part[] {
  return Object.values(schema).flatMap((table: unknown) => (is(table, PgTable) ? partsOf(table) : []));
}

function partsOf(table: PgTable): Part[] {
  const { name, columns, indexes, foreignKeys, checks, primaryKeys, uniqueConstraints } = getTableConfig(table);
  const keys = [...primaryKeys.map((key) => key.columns), columns.filter((column) => column.primary)].filter((each) => each.length > 0);
  return [
    ...keys.map((key) => ({ name: `primary key of ${name}`, words: wordsOf(`primary key ${listed(key)}`) })),
    ...foreignKeys.map((key) => {
      const { columns: own, foreignColumns, foreignTable } = key.reference();
      const then = key.onDelete && key.onDelete !== 'no action' ? ` on delete ${key.onDelete}` : '';
      return {
        name: `foreign key ${key.getName()} of ${name}`,
        words: wordsOf(`foreign key ${listed(own)} references ${getTableName(foreignTable)} ${listed(foreignColumns)}${then}`),
      };
    }),
    ...uniqueConstraints.map((key) => ({
      name: `unique key ${key.getName() ?? ''} of ${name}`,
      words: wordsOf(`unique ${key.nullsNotDistinct ? 'nulls not distinct' : ''} ${listed(key.columns)}`),
    })),
    ...columns
      .filter((column) => column.isUnique)
      .map((column) => ({ name: `unique key ${column.uniqueName ?? ''} of ${name}`, words: wordsOf(`unique ${column.name}`) })),
    ...checks.map((each) => ({ name: `check ${each.name} of ${name}`, words: wordsOf(`check ${textOf(each.value)}`) })),
    ...indexes
      .filter(({ config }) => config.unique)
      .map(({ config }) => ({
        name: `unique index ${config.name ?? ''} of ${name}`,
        words: wordsOf(
          `create unique index ${config.name} on ${name} using btree ${config.columns.map(keyOf).join()} ${config.where ? `where ${textOf(config.where)}` : ''}`,
        ),
      })),
    ...columns.filter((column) => column.notNull).map((column) => ({ name: `not null of ${name}.${column.name}`, words: '' })),
  ];
}

const dialect = new PgDialect();

function textOf(value: SQL): string {
  return dialect.sqlToQuery(value.inlineParams()).sql;
}

function keyOf(key: Partial<IndexedColumn | SQL>): string {
  return is(key, SQL) ? textOf(key) : 'name' in key ? String(key.name) : '';
}

function listed(columns: readonly { readonly name: string }[]): string {
  return `(${columns.map(({ name }) => name).join()})`;
}

/** What of others hangs on our tables: shows their rows, keeps copies, refuses their changes. */
async function outsideDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<{ difference: string }>(
    `select distinct 'view ' || v.oid::regclass || ' shows ' || c.relname || ': drop view ' || v.oid::regclass as difference
     from pg_depend d join pg_rewrite w on w.oid = d.objid join pg_class v on v.oid = w.ev_class join pg_class c on c.oid = d.refobjid
     where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and c.oid in (${ourTables}) and v.relkind in ('v', 'm')
     union all
     select 'table ' || i.inhrelid::regclass || ' inherits from ' || c.relname from pg_inherits i join pg_class c on c.oid = i.inhparent
     where c.oid in (${ourTables}) and i.inhrelid not in (${ourTables})
     union all
     select 'foreign key ' || k.conname || ' of ' || k.conrelid::regclass || ' refers to ' || c.relname
     from pg_constraint k join pg_class c on c.oid = k.confrelid where k.contype = 'f' and c.oid in (${ourTables}) and k.conrelid not in (${ourTables})`,
    [],
  );
  return rows.map(({ difference }) => difference);
}
