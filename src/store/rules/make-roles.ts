import { namesOf, type RoleNames } from '../engine/role-names.ts';

/** The SQLSTATE with which `rolesSql` says that the roles are somebody else's. */
const notOurs = '42501';

/**
 * Makes the roles and lets the current login hand functions to them. Needs CREATEROLE, not a superuser. Roles that are there and not
 * this login's may be another installation's, as beside a restored copy: it doesn't join them by itself.
 */
export function rolesSql(names: RoleNames): string {
  const make = namesOf(names).map(
    (role) => `do $$
declare
  is_made boolean := false;
begin
  if not exists (select from pg_roles where rolname = '${role}') then
    begin
      create role ${role} nologin;
      is_made := true;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, '${role}', case when current_setting('server_version_num')::integer < 160000 then 'member' else 'set' end) then
    if not is_made and not pg_has_role(current_user, '${role}', 'member with admin option') then
      raise exception 'the role ${role} is not of this login' using errcode = '${notOurs}';
    end if;
    execute format('grant ${role} to %I', current_user);
  end if;
end $$;`,
  );
  return make.join('\n');
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What an administrator runs when the login may not make roles. */
export function rolesSqlFor({ names, login, toolsLogin }: { names: RoleNames; login: string; toolsLogin: string | null }): string {
  const make = namesOf(names).flatMap((role) => [
    `do $$ begin create role ${role} nologin; exception when duplicate_object then null; end $$;`,
    `grant ${role} to ${quoted(login)};`,
  ]);
  return [...make, ...(toolsLogin === null ? [] : [`grant ${names.tools} to ${quoted(toolsLogin)};`])].join('\n');
}
