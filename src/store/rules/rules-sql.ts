import { readFileSync, readdirSync } from 'node:fs';
import { allScopes, scopes } from '../../policy/scopes.ts';
import { dueSql } from './due.ts';
import { heldDataSql } from './stored-sql.ts';
import type { Installation } from '../engine/installation.ts';
import { triggersOf } from './sources.ts';
import { anyInstallation, namesOf, roleNames, toolsRole, type RoleNames } from '../engine/role-names.ts';
import { columnGrants, functions, rowPolicies, tablePolicies } from './roles.ts';
import { searchIndexSql } from '../search/index-sql.ts';

const everyTable = tablePolicies.map(([table]) => `public.${table}`).join(', ');
const lockTables = `lock table ${everyTable} in access exclusive mode;`;

/** Functions, grants and row-level security: reapplied together whenever this text changes. */
export function rulesSql({ names, isRolledOut }: Installation): string {
  const ours = namesOf(names).join(', ');
  return [
    lockTables,
    "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;",
    'revoke create on schema public from public;',
    'create schema if not exists certveil;',
    'revoke all on schema certveil from public;',
    `grant usage on schema certveil to ${ours};`,
    `grant create on schema certveil to ${ours};`,
    takeFunctionsSql(names),
    ...functionSources({ isRolledOut }),
    ...triggersOf(functionSources({ isRolledOut })).map(({ name, table }) => `alter table public.${table} enable trigger ${name};`),
    ...(isRolledOut ? ['drop function if exists certveil.open_ledger(uuid, timestamptz);'] : []),
    ...functions.map(({ name, owner }) => `alter function certveil.${name} owner to ${names[owner]};`),
    `revoke create on schema certveil from ${ours};`,
    'revoke execute on all functions in schema certveil from public;',
    ...functions.flatMap(({ name, callers }) => callers.map((role) => `grant execute on function certveil.${name} to ${names[role]};`)),
    ...tablePolicies.map(([table]) => `revoke all on public.${table} from public, ${ours};`),
    ...columnGrants.map(
      ({ role, privilege, table, columns }) => `grant ${privilege} (${columns.join(', ')}) on public.${table} to ${names[role]};`,
    ),
    ...tablePolicies.flatMap(([table]) => rowSecuritySql(table, names)),
  ].join('\n');
}

/**
 * Functions that another login or another installation's role owns, as after a restore or before roles had ids, come to this one's.
 * A function keeps its identity where that is allowed, so that calls go on meanwhile.
 */
function takeFunctionsSql(names: RoleNames): string {
  return `do $$
declare
  r record;
begin
  for r in
    select p.oid::regprocedure::text as name, o.rolname as owner, ${theirs('o.rolname', names)} as is_role
    from pg_proc p join pg_roles o on o.oid = p.proowner
    where p.pronamespace = 'certveil'::regnamespace and o.rolname <> all (${list(names)}) and o.rolname <> current_user
  loop
    if not pg_has_role(current_user, r.owner, 'usage') then
      execute format('drop function %s cascade', r.name);
    elsif r.is_role then
      execute format('alter function %s owner to %I', r.name, '${names.reader.slice(0, -'reader'.length)}' || substring(r.owner from '[a-z]+$'));
      -- A call that began as the former owner goes on to call the others.
      execute format('grant execute on function %s to %I', r.name, r.owner);
    else
      execute format('alter function %s owner to %I', r.name, current_user);
    end if;
  end loop;
end
$$;`;
}

/**
 * Ends every right and policy that roles of other installations, or of the version before, have in this database. A call that began
 * as one of them fails from then on, so it comes when those have ended.
 */
export function cutSql({ names, isRolledOut }: Installation): string {
  const cut = `do $$
declare
  r record;
begin
  for r in
    select format('function %s', p.oid::regprocedure) as thing, g.rolname as role
    from pg_proc p, aclexplode(p.proacl) a join pg_roles g on g.oid = a.grantee
    where p.pronamespace = 'certveil'::regnamespace and ${theirs('g.rolname', names)}
    union
    select format('schema %I', n.nspname), g.rolname
    from pg_namespace n, aclexplode(n.nspacl) a join pg_roles g on g.oid = a.grantee
    where n.nspname in ('public', 'certveil', 'drizzle') and ${theirs('g.rolname', names)}
    union
    select format('table public.%I', c.relname), g.rolname
    from pg_class c left join pg_attribute t on t.attrelid = c.oid
    cross join lateral (select * from aclexplode(c.relacl) union all select * from aclexplode(t.attacl)) a
    join pg_roles g on g.oid = a.grantee
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${theirs('g.rolname', names)}
  loop
    execute format('revoke all on %s from %I', r.thing, r.role);
  end loop;
  for r in
    select p.policyname, p.tablename from pg_policies p
    where p.schemaname = 'public' and exists (select from unnest(p.policyname || p.roles) of (role) where ${theirs('of.role', names)})
  loop
    execute format('drop policy %I on public.%I', r.policyname, r.tablename);
  end loop;
end
$$;`;
  return [lockTables, cut, ...(isRolledOut ? [] : [versionBeforeSql()])].join('\n');
}

/** Whether a name is that of a role of another installation, or of the version before. */
export function theirs(role: string, names: RoleNames): string {
  return `(${role} ~ '${anyInstallation}' and ${role} <> all (${list(names)}))`;
}

function list(names: RoleNames): string {
  return `array[${namesOf(names)
    .map((name) => `'${name}'`)
    .join(', ')}]`;
}

/** The version before begins its chains of the ledger as the tools. */
const openLedgerSql = `create or replace function certveil.open_ledger(p_writer uuid, p_now timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$ insert into public.ledger_writers (id, started_at) values (p_writer, p_now) $$;
alter function certveil.open_ledger owner to current_user;`;

/** The version before calls through a role that the whole cluster shares: during a roll-out it may go on, with a token and no further. */
function versionBeforeSql(): string {
  const { tools } = roleNames(null);
  const calls = functions.filter(({ callers }) => callers.includes(toolsRole));
  return `do $$ begin
  if exists (select from pg_roles where rolname = '${tools}') then
    grant usage on schema certveil to ${tools};
    grant execute on function certveil.open_ledger to ${tools};
    ${calls.map(({ name }) => `grant execute on function certveil.${name} to ${tools};`).join('\n    ')}
  end if;
end $$;`;
}

/** Which service a scope belongs to, as the policy says it. */
function serviceOfSql(): string {
  const cases = allScopes.flatMap((scope) => {
    const { service } = scopes[scope];
    return service === null ? [] : [`when '${scope}' then '${service}'`];
  });
  return `create or replace function certveil.service_of(p_scope text) returns text
language sql immutable parallel safe
as $$ select case p_scope ${cases.join(' ')} end $$;`;
}

/** Functions and triggers as they are written, in an order in which they can be made. */
export function functionSources({ isRolledOut }: Pick<Installation, 'isRolledOut'>): readonly string[] {
  const always = [serviceOfSql(), dueSql(), heldDataSql(), ...sources('functions'), ...sources('reads'), searchIndexSql()];
  return isRolledOut ? always : [...always, openLedgerSql];
}

function rowSecuritySql(table: string, names: RoleNames): string[] {
  const own = rowPolicies.filter((policy) => policy.table === table);
  return [
    `alter table public.${table} enable row level security;`,
    `alter table public.${table} no force row level security;`,
    ...namesOf(names).map((name) => `drop policy if exists ${name} on public.${table};`),
    ...own.map(({ role, command, condition }) => {
      const clause = {
        select: `using (${condition})`,
        insert: `with check (${condition})`,
        all: `using (${condition}) with check (${condition})`,
      };
      return `create policy ${names[role]} on public.${table} for ${command} to ${names[role]} ${clause[command]};`;
    }),
  ];
}

function sources(folder: 'functions' | 'reads'): string[] {
  const directory = new URL(folder === 'reads' ? '../tools/reads/' : './functions/', import.meta.url);
  const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => readFileSync(new URL(name, directory), 'utf8'));
}
