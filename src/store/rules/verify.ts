import type { TablePolicy } from '../../policy/tables/table.ts';
import type { Database, Statement } from '../engine/db.ts';
import { marks as tables } from './marks.ts';
import { compare } from './compare.ts';
import { readInstallation } from '../engine/installation.ts';
import { namesOf, type RoleNames } from '../engine/role-names.ts';
import { ofExtension, ourTables } from './our-tables.ts';
import { columnGrants, rowPolicies } from './roles.ts';
import { structureDifferences } from './verify-structure.ts';
import { rightsDifferences } from './verify-rights.ts';
import { roleDifferences } from './verify-roles.ts';
import { triggerDifferences } from './verify-triggers.ts';
import { functionDifferences, loginDifferences } from './verify-functions.ts';

/** The database is not what the policy says. Each difference is one line that says where. */
export class DatabaseDiffers extends Error {
  override readonly name = 'DatabaseDiffers';
  readonly differences: readonly string[];

  constructor(differences: readonly string[]) {
    super(`the database differs from the policy: ${differences.join('; ')}`);
    this.differences = differences;
  }
}

/** Compares what the server relies on with the policy: the tables' shape, who owns and may do what, and what runs by itself. @throws DatabaseDiffers */
export async function verifyDatabase(database: Database): Promise<void> {
  const { statement, tools } = database;
  const installation = await readInstallation(statement);
  const { names } = installation;
  const differences = [
    ...(await columnDifferences(statement)),
    ...(await structureDifferences(statement)),
    ...(await grantDifferences(statement, names)),
    ...(await tableGrantDifferences(statement, names)),
    ...(await rightsDifferences(statement, installation)),
    ...(await roleDifferences(statement, names)),
    ...(await rowSecurityDifferences(statement)),
    ...(await rowPolicyDifferences(statement, names)),
    ...(await functionDifferences(statement, installation)),
    ...(await triggerDifferences(statement, installation)),
    ...(database.engine === 'postgres' ? await loginDifferences(tools, installation) : []),
  ];
  if (differences.length > 0) throw new DatabaseDiffers(differences);
}

/** What a restored backup may have lost, and nothing can be compared or read without. @throws DatabaseDiffers */
export async function verifyFoundations({ statement }: Database): Promise<void> {
  const { names } = await readInstallation(statement);
  const missing = await statement<{ name: string }>(
    `select 'role ' || r.name || ' is missing' as name from unnest($1::text[]) r (name)
     where not exists (select from pg_roles where rolname = r.name)
     union all select 'schema certveil is missing' where not exists (select from pg_namespace where nspname = 'certveil')`,
    [namesOf(names)],
  );
  if (missing.length > 0) throw new DatabaseDiffers(missing.map(({ name }) => name));
}

const policies: readonly (readonly [string, TablePolicy])[] = Object.entries(tables);
const everyColumn = policies.flatMap(([table, { columns }]) => Object.keys(columns).map((column) => `${table}.${column}`));

async function columnDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<{ name: string }>(
    `select c.relname || '.' || a.attname as name
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
       and a.attnum > 0 and not a.attisdropped and c.relname = any ($1)`,
    [policies.map(([table]) => table)],
  );
  return compare(
    'column',
    everyColumn,
    rows.map(({ name }) => name),
  );
}

/** Relations that a role could get at, ours or not. What an extension brings is its administrator's choice. */
const isWithinReach = `c.relnamespace not in (select n.oid from pg_namespace n where n.nspname in ('pg_catalog', 'information_schema') or n.nspname like 'pg\\_%')
  and has_schema_privilege(r.oid, c.relnamespace, 'usage') and not ${ofExtension('pg_class', 'c.oid')}`;
const relationName = `case when c.relnamespace = 'public'::regnamespace then c.relname::text else c.relnamespace::regnamespace || '.' || c.relname end`;

async function grantDifferences(statement: Statement, names: RoleNames): Promise<string[]> {
  const rows = await statement<{ name: string }>(
    `select r.rolname || ' ' || p.privilege || ' ' || ${relationName} || '.' || a.attname as name
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     cross join pg_roles r
     cross join (values ('select'), ('insert'), ('update'), ('references')) p (privilege)
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
       and r.rolname = any ($1) and ${isWithinReach} and has_column_privilege(r.oid, c.oid, a.attnum, p.privilege)`,
    [namesOf(names)],
  );
  const expected = columnGrants.flatMap(({ role, privilege, table, columns }) =>
    columns.map((column) => `${names[role]} ${privilege} ${table}.${column}`),
  );
  return compare(
    'grant',
    expected,
    rows.map(({ name }) => name),
  );
}

/** Nobody of ours deletes, empties or hooks a table. */
async function tableGrantDifferences(statement: Statement, names: RoleNames): Promise<string[]> {
  const rows = await statement<{ name: string }>(
    `select r.rolname || ' ' || p.privilege || ' ' || ${relationName} as name
     from pg_class c cross join pg_roles r cross join (values ('delete'), ('truncate'), ('trigger')) p (privilege)
     where c.relkind in ('r', 'p', 'v', 'm', 'f')
       and r.rolname = any ($1) and ${isWithinReach} and has_table_privilege(r.oid, c.oid, p.privilege)`,
    [namesOf(names)],
  );
  return compare(
    'grant',
    [],
    rows.map(({ name }) => name),
  );
}

interface PolicyRow {
  name: string;
  made: string;
  condition: string;
}

/** Names, roles, commands and conditions of the row policies, with the schema of every name, whatever the login's path is; a restrictive one would be foreign too. */
async function rowPolicyDifferences(statement: Statement, names: RoleNames): Promise<string[]> {
  const rows = await statement<PolicyRow>(
    `with plain as materialized (select set_config('search_path', 'pg_catalog', true))
     select policyname || ' on ' || tablename as name, lower(cmd collate "C") || ' ' || permissive || ' ' || array_to_string(roles, ',') as made,
            coalesce(qual, with_check) as condition
     from plain, pg_policies where schemaname = 'public' and tablename = any ($1)`,
    [policies.map(([table]) => table)],
  );
  const expected = rowPolicies.map(({ role, table, command, condition }): PolicyRow => ({
    name: `${names[role]} on ${table}`,
    made: `${command} PERMISSIVE ${names[role]}`,
    condition,
  }));
  const changed = expected.filter(({ name, made, condition }) => {
    const table = name.split(' on ')[1] ?? '';
    const found = rows.find((row) => row.name === name);
    return found && (found.made !== made || plainCondition(found.condition, table) !== plainCondition(condition, table));
  });
  return [
    ...compare(
      'row policy',
      expected.map(({ name }) => name),
      rows.map(({ name }) => name),
    ),
    ...changed.map(({ name }) => `row policy ${name} is not as it was made`),
  ];
}

/** Postgres gives a condition back with its own blanks, parentheses and casts, and without the names that it can do without. */
function plainCondition(condition: string, table: string): string {
  return condition
    .toLowerCase()
    .replaceAll('public.', '')
    .replaceAll(`${table}.`, '')
    .replace(/::\w+|[()\s]/g, '');
}

async function rowSecurityDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<{ difference: string }>(
    `select case when relforcerowsecurity then 'row-level security is forced on the owner of ' else 'row-level security is off on ' end || relname as difference
     from pg_class where oid in (${ourTables}) and (relforcerowsecurity or not (relrowsecurity or relispartition))`,
    [],
  );
  return rows.map(({ difference }) => difference);
}
