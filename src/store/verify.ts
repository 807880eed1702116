import { tables } from '../policy/columns.ts';
import type { TablePolicy } from '../policy/columns/table.ts';
import { reads } from '../policy/reads.ts';
import type { Database, Statement } from './db.ts';
import { columnGrants, functions, ledgerRole, grantsRole, readerRole, roles, rowPolicies } from './roles.ts';

/** The database is not what the policy says. Each difference is one line that says where. */
export class DatabaseDiffers extends Error {
  override readonly name = 'DatabaseDiffers';
  readonly differences: readonly string[];

  constructor(differences: readonly string[]) {
    super(`the database differs from the policy: ${differences.join('; ')}`);
    this.differences = differences;
  }
}

/** Compares columns, grants, row-level security, functions and the tools' login with the policy. @throws DatabaseDiffers */
export async function verifyDatabase(database: Database): Promise<void> {
  const differences = [
    ...(await columnDifferences(database.statement)),
    ...(await grantDifferences(database.statement)),
    ...(await tableGrantDifferences(database.statement)),
    ...(await rowSecurityDifferences(database.statement)),
    ...(await rowPolicyDifferences(database.statement)),
    ...(await functionDifferences(database.statement)),
    ...(database.engine === 'postgres' ? await loginDifferences(database.tools) : []),
  ];
  if (differences.length > 0) throw new DatabaseDiffers(differences);
}

const policies: readonly (readonly [string, TablePolicy])[] = Object.entries(tables);
const everyColumn = policies.flatMap(([table, { columns }]) => Object.keys(columns).map((column) => `${table}.${column}`));

function compare(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const missing = expected.filter((each) => !found.includes(each)).map((each) => `${what} ${each} is missing`);
  const surplus = found.filter((each) => !expected.includes(each)).map((each) => `${what} ${each} is not in the policy`);
  return [...missing, ...surplus];
}

async function columnDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<{ name: string }>(
    `select c.relname || '.' || a.attname as name
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
       and a.attnum > 0 and not a.attisdropped`,
    [],
  );
  return compare(
    'column',
    everyColumn,
    rows.map(({ name }) => name),
  );
}

async function grantDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<{ name: string }>(
    `select r.rolname || ' ' || p.privilege || ' ' || c.relname || '.' || a.attname as name
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     cross join pg_roles r
     cross join (values ('select'), ('insert'), ('update'), ('references')) p (privilege)
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
       and r.rolname = any ($1) and has_column_privilege(r.oid, c.oid, a.attnum, p.privilege)`,
    [[...roles]],
  );
  const expected = columnGrants.flatMap(({ role, privilege, table, columns }) =>
    columns.map((column) => `${role} ${privilege} ${table}.${column}`),
  );
  return compare(
    'grant',
    expected,
    rows.map(({ name }) => name),
  );
}

/** Nobody of ours deletes, empties or hooks a table. */
async function tableGrantDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<{ name: string }>(
    `select r.rolname || ' ' || p.privilege || ' ' || c.relname as name
     from pg_class c cross join pg_roles r cross join (values ('delete'), ('truncate'), ('trigger')) p (privilege)
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and r.rolname = any ($1) and has_table_privilege(r.oid, c.oid, p.privilege)`,
    [[...roles]],
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

/** Names, roles, commands and conditions of the row policies; a restrictive one would be foreign too. */
async function rowPolicyDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<PolicyRow>(
    `select policyname || ' on ' || tablename as name, lower(cmd) || ' ' || permissive || ' ' || array_to_string(roles, ',') as made,
            coalesce(qual, with_check) as condition
     from pg_policies where schemaname = 'public'`,
    [],
  );
  const expected = rowPolicies.map(({ role, table, command, condition }): PolicyRow => ({
    name: `${role} on ${table}`,
    made: `${command} PERMISSIVE ${role}`,
    condition,
  }));
  const changed = expected.filter(({ name, made, condition }) => {
    const found = rows.find((row) => row.name === name);
    return found && (found.made !== made || plainCondition(found.condition) !== plainCondition(condition));
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

/** Postgres gives a condition back with its own blanks, parentheses and casts. */
function plainCondition(condition: string): string {
  return condition.toLowerCase().replace(/::\w+|[()\s]/g, '');
}

async function rowSecurityDifferences(statement: Statement): Promise<string[]> {
  const open = await statement<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and not relrowsecurity`,
    [],
  );
  const bypassing = await statement<{ name: string }>(
    'select rolname as name from pg_roles where rolname = any ($1) and (rolsuper or rolbypassrls)',
    [[...roles]],
  );
  return [
    ...open.map(({ name }) => `row-level security is off on ${name}`),
    ...bypassing.map(({ name }) => `role ${name} bypasses row-level security`),
  ];
}

interface FunctionRow {
  name: string;
  owner: string;
  definer: boolean;
  fixed: boolean;
  results: string[] | null;
  callers: string[];
}

async function functionDifferences(statement: Statement): Promise<string[]> {
  const rows = await statement<FunctionRow>(
    `select p.proname as name, o.rolname as owner, p.prosecdef as definer,
            coalesce('search_path=pg_catalog' = any (p.proconfig), false) as fixed,
            (select array_agg(n.name order by n.at) from unnest(p.proargnames, p.proargmodes) with ordinality n (name, mode, at)
             where n.mode = 't') as results,
            array(select r.rolname::text from pg_roles r
                  where r.rolname = any ($1) and r.oid <> p.proowner and has_function_privilege(r.oid, p.oid, 'execute')) as callers
     from pg_proc p join pg_roles o on o.oid = p.proowner
     where p.pronamespace = 'certveil'::regnamespace`,
    [[...roles]],
  );
  return functions.flatMap(({ name, owner, callers }) => {
    const found = rows.filter((row) => row.name === name);
    const [row] = found;
    if (!row || found.length > 1) return [`function ${name} is ${row ? 'there more than once' : 'missing'}`];
    const expected: readonly string[] | null = name in reads ? Object.keys(reads[name as keyof typeof reads].columns) : null;
    return [
      ...(row.owner === owner ? [] : [`function ${name} is owned by ${row.owner}`]),
      ...(row.definer || name === 'certificate_status' ? [] : [`function ${name} does not run as its owner`]),
      ...(row.fixed || name === 'certificate_status' ? [] : [`function ${name} does not fix its search path`]),
      ...compare(`function ${name} caller`, [...callers], row.callers),
      ...(expected ? compare(`function ${name} column`, expected, row.results ?? []) : []),
    ];
  });
}

/** The login that tools read through may select from no table and belongs to no other role of ours. */
async function loginDifferences(tools: Statement): Promise<string[]> {
  const rows = await tools<{ name: string }>(
    `select 'table ' || c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (
       has_any_column_privilege(c.oid, 'select, insert, update') or has_table_privilege(c.oid, 'delete, truncate, trigger'))
     union all
     select 'role ' || r.rolname from pg_roles r where r.rolname = any ($1) and pg_has_role(r.oid, 'member')
     union all
     select 'superuser' from pg_roles where rolname = current_user and rolsuper`,
    [[readerRole, grantsRole, ledgerRole]],
  );
  return rows.map(({ name }) => `the tools' login reaches ${name}`);
}
