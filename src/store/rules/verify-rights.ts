import type { Statement } from '../engine/db.ts';
import type { Installation } from '../engine/installation.ts';
import { namesOf, roleNames, type RoleNames } from '../engine/role-names.ts';
import { theirs } from './rules-sql.ts';
import { ourTables, owners } from './our-tables.ts';

/** Who owns the database's things, and what others than the policy's roles may do with them. */
export async function rightsDifferences(statement: Statement, { names, isRolledOut }: Installation): Promise<string[]> {
  const queries = [ownersSql, databaseSql, schemasSql(names, isRolledOut), tablesSql(names), defaultsSql(names), shadowsSql];
  const ours = namesOf(names);
  const found: string[] = [];
  for (const text of queries) {
    const rows = await statement<{ difference: string }>(text, text.includes('$1') ? [ours] : []);
    found.push(...rows.map(({ difference }) => difference));
  }
  return found;
}

/** Whoever owns a thing may do anything with it. */
const ownersSql = `
  select 'table ' || c.relname || ' is owned by ' || pg_get_userbyid(c.relowner) || ': alter table public.' || c.relname || ' owner to ' || current_user as difference
  from pg_class c where c.oid in (${ourTables}) and pg_get_userbyid(c.relowner)::text not in (${owners})
  union all
  select 'table drizzle.' || c.relname || ' is owned by ' || pg_get_userbyid(c.relowner) from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'drizzle' and c.relkind = 'r' and pg_get_userbyid(c.relowner)::text not in (${owners})
  union all
  select 'schema ' || n.nspname || ' is owned by ' || pg_get_userbyid(n.nspowner) || ': alter schema ' || n.nspname || ' owner to ' || current_user
  from pg_namespace n where (n.nspname in ('certveil', 'drizzle') and pg_get_userbyid(n.nspowner)::text not in (${owners}))
    or (n.nspname = 'public' and pg_get_userbyid(n.nspowner)::text not in (${owners}) and pg_get_userbyid(n.nspowner)::text <> 'pg_database_owner'
      and not (select r.rolsuper from pg_roles r where r.oid = n.nspowner))`;

const databaseSql = `
  select 'grant ' || r.rolname || ' ' || p.privilege || ' on the database is not in the policy' as difference
  from pg_roles r cross join (values ('temporary'), ('create')) p (privilege)
  where r.rolname = any ($1) and has_database_privilege(r.oid, current_database(), p.privilege)
  union all
  select 'grant public ' || lower(a.privilege_type collate "C") || ' on the database is not in the policy: revoke ' || lower(a.privilege_type collate "C")
    || ' on database ' || quote_ident(d.datname) || ' from public'
  from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
  where d.datname = current_database() and a.grantee = 0 and a.privilege_type in ('TEMPORARY', 'CREATE')`;

/** Nobody but the owner makes anything in our schemas or in public, where names are looked up, and nobody looks into ours. */
function schemasSql(names: RoleNames, isRolledOut: boolean): string {
  const callers = [...namesOf(names), ...(isRolledOut ? [] : [roleNames(null).tools])].map((name) => `'${name}'`).join(', ');
  return `
  select 'grant ' || coalesce(g.rolname, 'public') || ' ' || lower(a.privilege_type collate "C") || ' on schema ' || n.nspname || ' is not in the policy: revoke '
    || lower(a.privilege_type collate "C") || ' on schema ' || n.nspname || ' from ' || coalesce(quote_ident(g.rolname), 'public') as difference
  from pg_namespace n cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a left join pg_roles g on g.oid = a.grantee
  where n.nspname in ('public', 'certveil', 'drizzle') and a.grantee <> n.nspowner
    and not coalesce(g.rolsuper or g.rolname = 'pg_database_owner' or g.rolname::text in (${owners}), false)
    and not (n.nspname = 'public' and a.privilege_type = 'USAGE')
    and not (n.nspname = 'certveil' and a.privilege_type = 'USAGE' and coalesce(g.rolname in (${callers}), false))
  union all
  select 'grant ' || r.rolname || ' usage on schema certveil is missing' from pg_roles r
  where r.rolname = any ($1) and not has_schema_privilege(r.oid, 'certveil', 'usage')`;
}

/** Others may at most be given what row-level security keeps empty for them: a backup's login reads, and bypasses it. */
function tablesSql(names: RoleNames): string {
  return `
  select distinct 'grant ' || g.rolname || ' ' || lower(a.privilege_type collate "C") || ' ' || c.relname || ' is not in the policy' as difference
  from pg_class c left join pg_attribute t on t.attrelid = c.oid and t.attacl is not null
  cross join lateral (select * from aclexplode(c.relacl) union all select * from aclexplode(t.attacl)) a
  join pg_roles g on g.oid = a.grantee
  where c.oid in (${ourTables}) and a.grantee <> c.relowner and g.rolname <> all ($1) and not g.rolsuper and g.rolname::text not in (${owners})
    and (a.privilege_type <> 'SELECT' or ${theirs('g.rolname', names)})
  union all
  select distinct 'grant public ' || lower(a.privilege_type collate "C") || ' ' || c.relname || ' is not in the policy'
  from pg_class c cross join lateral aclexplode(c.relacl) a where c.oid in (${ourTables}) and a.grantee = 0`;
}

/** What is made tomorrow is given to nobody of ours, nor to everybody. */
function defaultsSql(names: RoleNames): string {
  return `
  select distinct 'default privilege ' || coalesce(g.rolname, 'public') || ' ' || lower(a.privilege_type collate "C") || ' of ' || pg_get_userbyid(d.defaclrole)
    || ' is not in the policy' as difference
  from pg_default_acl d cross join lateral aclexplode(d.defaclacl) a left join pg_roles g on g.oid = a.grantee
  where (a.grantee = 0 and d.defaclobjtype in ('r', 'S', 'n')) or g.rolname = any ($1) or ${theirs('g.rolname', names)}`;
}

/** Statements name tables without a schema. */
const shadowsSql = `
  select 'table ' || c.relname || ' is hidden by another of its name: schema ' || n.nspname as difference
  from pg_class c join pg_class o on o.relname = c.relname and o.oid = to_regclass(quote_ident(c.relname)) and o.oid <> c.oid
  join pg_namespace n on n.oid = o.relnamespace where c.oid in (${ourTables})`;
