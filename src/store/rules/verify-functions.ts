import { reads } from '../../policy/reads/all.ts';
import { compare } from './compare.ts';
import type { Statement } from '../engine/db.ts';
import type { Installation } from '../engine/installation.ts';
import { owners as mayOwn } from './our-tables.ts';
import { namesOf, roleNames, toolsRole, type RoleNames } from '../engine/role-names.ts';
import { functions } from './roles.ts';
import { functionSources } from './rules-sql.ts';
import { functionsOf } from './sources.ts';

interface FunctionRow {
  name: string;
  owner: string;
  is_login: boolean;
  definer: boolean;
  language: string;
  volatility: string;
  settings: string[];
  results: string[] | null;
  callers: string[];
  body: string;
}

/** Owners, rights, bodies, settings, callers and result columns of the functions of tools and triggers, and foreign ones beside them. */
export async function functionDifferences(statement: Statement, installation: Installation): Promise<string[]> {
  const { names } = installation;
  const rows = await statement<FunctionRow>(
    `select p.proname as name, o.rolname as owner, o.rolname::text in (${mayOwn}) as is_login, p.prosecdef as definer, p.prosrc as body,
            l.lanname as language, case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
            coalesce(p.proconfig, '{}') as settings,
            (select array_agg(n.name order by n.at) from unnest(p.proargnames, p.proargmodes) with ordinality n (name, mode, at)
             where n.mode = 't') as results,
            array(select r.rolname::text from pg_roles r
                  where r.rolname = any ($1) and r.oid <> p.proowner and has_function_privilege(r.oid, p.oid, 'execute')) as callers
     from pg_proc p join pg_roles o on o.oid = p.proowner join pg_language l on l.oid = p.prolang
     where p.pronamespace = 'certveil'::regnamespace`,
    [namesOf(names)],
  );
  const sources = functionsOf(functionSources(installation));
  const known = new Set(sources.map(({ name }) => name));
  return [
    ...(await foreignFunctions(statement, names)),
    ...[...new Set(rows.map(({ name }) => name))].filter((name) => !known.has(name)).map((name) => `function ${name} is not in the policy`),
    ...sources.flatMap((source) => {
      const { name } = source;
      const found = rows.filter((row) => row.name === name);
      const [row] = found;
      if (!row || found.length > 1) return [`function ${name} is ${row ? 'there more than once' : 'missing'}`];
      const rights = functions.find((each) => each.name === name);
      const expected: readonly string[] | null = name in reads ? Object.keys(reads[name as keyof typeof reads].columns) : null;
      return [
        ...((rights ? row.owner === names[rights.owner] : row.is_login) ? [] : [`function ${name} is owned by ${row.owner}`]),
        ...sourceDifferences(row, source),
        ...compare(`function ${name} caller`, rights?.callers.map((role) => names[role]) ?? [], row.callers),
        ...(expected ? compare(`function ${name} column`, expected, row.results ?? []) : []),
      ];
    }),
  ];
}

function sourceDifferences(row: FunctionRow, source: ReturnType<typeof functionsOf>[number]): string[] {
  const { name } = source;
  const isFixed = row.settings.some((each) => each.startsWith('search_path=')) || !source.definer;
  const isSet = row.settings.toSorted().join() === source.settings.toSorted().join();
  return [
    ...(row.body === source.body ? [] : [`function ${name} has another body than its source`]),
    ...(row.definer === source.definer ? [] : [`function ${name} ${row.definer ? 'runs' : 'does not run'} as its owner`]),
    ...(isFixed ? [] : [`function ${name} does not fix its search path`]),
    ...(isFixed && !isSet ? [`function ${name} has other settings than its source`] : []),
    ...(row.language === source.language && row.volatility === source.volatility
      ? []
      : [`function ${name} is of another kind than its source`]),
  ];
}

const toolFunctions = functions.filter(({ callers }) => callers.includes(toolsRole)).map(({ name }) => name);

/** Functions with their owner's rights that the tools' role may execute and that aren't ours. */
async function foreignFunctions(statement: Statement, names: RoleNames): Promise<string[]> {
  const rows = await statement<{ name: string }>(
    `select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and has_function_privilege($1::name, p.oid, 'execute')
       and not (n.nspname = 'certveil' and p.proname = any ($2))`,
    [names.tools, functions.map(({ name }) => name)],
  );
  return rows.map(({ name }) => `function ${name} may be executed by tools`);
}

/** The login that tools read through may do exactly what the tools' role may: execute its functions. */
export async function loginDifferences(tools: Statement, { names, isRolledOut }: Installation): Promise<string[]> {
  const rows = await tools<{ name: string }>(
    `select 'table ' || c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (
       has_any_column_privilege(c.oid, 'select, insert, update') or has_table_privilege(c.oid, 'delete, truncate, trigger'))
     union all
     select 'role ' || r.rolname from pg_roles r where r.rolname not in (current_user, $1, $3) and pg_has_role(r.oid, 'member')
     union all
     select a.attribute from pg_roles r
     cross join lateral (values ('superuser', r.rolsuper), ('createrole', r.rolcreaterole), ('bypassrls', r.rolbypassrls)) a (attribute, has)
     where r.rolname = current_user and a.has
     union all
     select 'function ' || n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and has_function_privilege(p.oid, 'execute')
       and not (n.nspname = 'certveil' and p.proname = any ($2))`,
    [names.tools, [...toolFunctions, ...(isRolledOut ? [] : ['open_ledger'])], roleNames(null).tools],
  );
  const missing = await tools<{ name: string }>(
    `select f.name from unnest($1::text[]) f (name)
     where not exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = 'certveil' and p.proname = f.name and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'))`,
    [toolFunctions],
  );
  const [member] = await tools<{ grant: string | null }>(
    `select case when not pg_has_role($1, 'member') then format('grant %s to "%s"', $1::text, replace(current_user, '"', '""')) end as grant`,
    [names.tools],
  );
  return [
    ...rows.map(({ name }) => `the tools' login reaches ${name}`),
    ...(member?.grant ? [`the tools' login is no member of ${names.tools}: as an administrator run ${member.grant}`] : []),
    ...(member?.grant ? [] : missing.map(({ name }) => `the tools' login may not execute ${name}`)),
  ];
}
