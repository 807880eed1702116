import type { Statement } from '../engine/db.ts';
import { owners } from './our-tables.ts';
import { namesOf, roleNames, type RoleNames } from '../engine/role-names.ts';

/** Nobody logs in as one of our roles, they may nothing beside their grants, and nobody but the owner and tools' logins is a member. */
export async function roleDifferences(statement: Statement, names: RoleNames): Promise<string[]> {
  const rows = await statement<{ difference: string }>(
    `select 'role ' || r.rolname || ' ' || a.does || ': alter role ' || r.rolname || ' ' || a.mend as difference
     from pg_roles r cross join lateral (values
       (r.rolsuper or r.rolbypassrls, 'bypasses row-level security', 'nosuperuser nobypassrls'), (r.rolcanlogin, 'may log in', 'nologin'),
       (r.rolcreaterole, 'may make roles', 'nocreaterole'), (r.rolcreatedb, 'may make databases', 'nocreatedb'),
       (r.rolreplication, 'may replicate', 'noreplication')) a (found, does, mend)
     where r.rolname = any ($1) and a.found
     union all
     select 'role ' || r.rolname || ' has settings of its own: alter role ' || r.rolname || ' reset all'
     from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname = any ($1)
     union all
     select 'role ' || r.rolname || ' is a member of ' || o.rolname || ': revoke ' || o.rolname || ' from ' || r.rolname
     from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles o on o.oid = m.roleid where r.rolname = any ($1)
     union all
     select 'role ' || r.rolname || ' has the member ' || o.rolname || ': revoke ' || r.rolname || ' from ' || quote_ident(o.rolname)
     from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles o on o.oid = m.member
     where r.rolname = any ($1) and not o.rolsuper and o.rolname::text not in (${owners}) and ${canAct} and not (r.rolname = $2 and ${onlyCallsTools})`,
    [namesOf(names), names.tools, [names.tools, roleNames(null).tools]],
  );
  return rows.map(({ difference }) => difference);
}

/** From Postgres 16 on, who makes a role is a member that can do nothing as it before granting it to somebody. */
const canAct = `(coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) or coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true))`;

const onlyCallsTools = `(o.rolcanlogin and not (o.rolcreaterole or o.rolcreatedb or o.rolreplication or o.rolbypassrls)
  and not exists (select from pg_auth_members n join pg_roles p on p.oid = n.roleid where n.member = o.oid and p.rolname <> all ($3)))`;
