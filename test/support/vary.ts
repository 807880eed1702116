import type postgres from 'postgres';
import { mayLeave } from '../../src/policy/classes.ts';
import { tables } from '../../src/policy/tables/all.ts';
import type { TablePolicy } from '../../src/policy/tables/table.ts';
import { reads } from '../../src/policy/reads/all.ts';
import type { ReadPolicy } from '../../src/policy/reads/read.ts';
import type { Scope } from '../../src/policy/scopes.ts';
import { asSuperuser, storedColumns, type StoredColumn } from './database-columns.ts';

const policies: Readonly<Record<string, TablePolicy>> = tables;

/** Never-sent columns that stay as they are, and why: they are made of columns that leave, or they decide what is there. */
export const kept: Readonly<Record<string, string>> = {
  'certificate_terms.term': 'words of titles, names and numbers, which leave',
  'certificate_terms.source': 'says which of them',
  'certificate_terms.issued_on': 'copy of a day that leaves',
  'certificate_terms.public_number': 'copy of a number that leaves',
  'recipient_terms.term': 'words of names, which leave; those of e-mails are varied with them',
  'recipient_terms.source': 'says which of them',
  'tls_names.name': 'names of certificates, which leave',
  'tls_names.valid_until': 'copy of a day that leaves',
  'transactions.occurred_on': 'a clock: transactions are kept from this day',
  'grants.accepted_fields': 'what the grant opens',
  'purpose_keys.id': 'handles and cursors are made with this key',
  'purpose_keys.purpose': 'finds the key',
  'purpose_keys.wrapped': 'the key itself',
};

/** Columns that leave by a scope and also decide what a token may ask. */
const decides = new Set(['memberships.service', 'memberships.status', 'apps.status', 'grants.status', 'grants.scopes']);

/** Never-sent columns whose order shows: they are varied so that it stays. */
const orderKeys = new Set([
  'lists.name_key',
  'recipients.name_key',
  'recipient_terms.name_key',
  'tls_certificates.serial_key',
  'tls_names.serial_key',
  'tls_orders.order_number',
]);

/** Result columns that a narrower scope opens than the read's own. */
const narrower: Readonly<Record<string, Scope>> = {
  'read_account_summary.email': 'account:email',
  'read_recipients.email': 'recipients:email',
  'read_recipient_summary.email': 'recipients:email',
  'read_certificate_summary.custom_names': 'certificates:custom',
  'read_certificate_summary.custom_values': 'certificates:custom',
};

/** The scopes under which each column may take part in an answer, as the policy of the reads says. */
function scopesByColumn(): Map<string, Set<Scope>> {
  const found = new Map<string, Set<Scope>>();
  for (const [read, { scope, columns }] of Object.entries(reads as Readonly<Record<string, ReadPolicy>>)) {
    for (const [result, sources] of Object.entries(columns)) {
      for (const source of sources) found.set(source, (found.get(source) ?? new Set()).add(narrower[`${read}.${result}`] ?? scope));
    }
  }
  return found;
}

/** Never-sent by its class. A column without a policy never leaves either. */
export function isNeverSent({ table, column }: Pick<StoredColumn, 'table' | 'column'>): boolean {
  const mark = policies[table]?.columns[column];
  return mark === undefined || !mayLeave(mark[0]);
}

function isOutside(column: StoredColumn, scopes: readonly Scope[], opening: ReadonlyMap<string, ReadonlySet<Scope>>): boolean {
  const name = `${column.table}.${column.column}`;
  return !isNeverSent(column) && !decides.has(name) && !scopes.some((scope) => opening.get(name)?.has(scope));
}

export interface Variation {
  readonly adminUrl: string | null;
  /** The account that is looked at, by its id before. */
  readonly account: string;
  /** What the grant opens: the account's columns beyond it are varied too. */
  readonly scopes: readonly Scope[];
}

/**
 * Makes a database another one that no grant of these scopes may tell from it: every never-sent value and every id is another, the
 * columns outside the scopes too, other accounts hold other things, and there is a twin account with the very same. Presence, days
 * and masks stay.
 */
export async function vary({ adminUrl, account, scopes }: Variation): Promise<void> {
  await asSuperuser(adminUrl, async (admin) => {
    await admin.unsafe('set session_replication_role = replica');
    await admin.unsafe(bijection('varied', 'another'));
    await admin.unsafe(bijection('twin', 'twin'));
    const columns = await storedColumns(admin);
    await admin.unsafe(withoutChecks);
    const opening = scopesByColumn();
    for (const table of new Set(columns.map((each) => each.table))) {
      const all = columns.filter((each) => each.table === table);
      const never = all.filter((each) => isNeverSent(each) && !(`${table}.${each.column}` in kept));
      const owner = policies[table]?.owner ?? null;
      if (owner === null) {
        await change(admin, table, never, 'true');
        continue;
      }
      await admin.unsafe(twinSql(table, all, `${owner} = '${account}'`));
      const outside = all.filter((each) => isOutside(each, scopes, opening));
      await change(admin, table, [...never, ...outside], `${owner} = '${account}'`);
      const others = `${owner} not in (pg_temp.varied('${account}'), pg_temp.twin('${account}'))`;
      await change(
        admin,
        table,
        all.filter(({ column }) => column !== 'source'),
        others,
      );
    }
    if (!scopes.includes('recipients:email'))
      await admin.unsafe(
        `update recipient_terms set term = md5(term) where source = 'email' and account_id = pg_temp.varied('${account}')`,
      );
  });
}

async function change(admin: postgres.Sql, table: string, columns: readonly StoredColumn[], where: string): Promise<void> {
  if (columns.length === 0) return;
  await admin.unsafe(`update ${table} set ${columns.map((each) => `${each.column} = ${another(each)}`).join(', ')} where ${where}`);
}

/** Another value of the same presence. Throws for a type that nobody has thought of, so that no column is forgotten. */
function another({ table, column, type, words }: StoredColumn): string {
  if (column === 'email') return `left(${column}, 1) || md5(${column}) || substring(${column} from '@.*$')`;
  if (words !== null)
    return `(array[${[...words.slice(1), words[0]].map((word) => `'${word}'`).join(', ')}])[array_position(array[${words.map((word) => `'${word}'`).join(', ')}], ${column})]`;
  if (orderKeys.has(`${table}.${column}`)) return `'k' || ${column}`;
  const change: Readonly<Record<string, string>> = {
    text: `'v' || md5(${column})`,
    'text[]': `array(select 'v' || md5(each) from unnest(${column}) each)`,
    uuid: `pg_temp.varied(${column})`,
    bytea: `sha256(${column})`,
    jsonb: `jsonb_build_object('varied', md5(${column}::text))`,
    integer: `${column} + 7`,
    bigint: `${column} + 7`,
    boolean: `not ${column}`,
    date: `${column} + 40`,
    'timestamp with time zone': `date_trunc('day', ${column}, 'UTC') + (${column} - date_trunc('day', ${column}, 'UTC')) / 2`,
  };
  const expression = change[type];
  if (expression === undefined) throw new Error(`nobody has said how ${table}.${column} of type ${type} can be another`);
  return expression;
}

/** A value that differs may not fit its row any more; no read minds. */
const withoutChecks = `do $$ declare r record; begin
  for r in select conrelid::regclass as place, conname as name from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace and conislocal
  loop execute format('alter table %s drop constraint %I', r.place, r.name); end loop;
end $$`;

/** Copies an account's rows to an account that has the same of everything, under ids of its own. */
function twinSql(table: string, columns: readonly StoredColumn[], where: string): string {
  const copied = columns.map(({ column, type }) => {
    if (type === 'uuid') return `pg_temp.twin(${column})`;
    if (type === 'bytea' && column === 'digest') return `sha256(${column} || 'twin'::bytea)`;
    if (column === 'oidc_grant_id') return `'twin ' || ${column}`;
    return column.startsWith('email') && column !== 'email_masked' && table === 'accounts' ? `'twin ' || ${column}` : column;
  });
  return `insert into ${table} (${columns.map(({ column }) => column).join(', ')}) select ${copied.join(', ')} from ${table} where ${where}`;
}

/** A function that makes another UUID of version 4 of a UUID, always the same. */
function bijection(name: string, salt: string): string {
  return `create function pg_temp.${name}(id uuid) returns uuid language sql immutable
    as $$ select overlay(overlay(md5(id::text || '${salt}') placing '4' from 13) placing 'a' from 17)::uuid $$`;
}
