import { readFileSync, readdirSync } from 'node:fs';
import { readerMaySelect } from '../policy/classes.ts';
import type { TablePolicy } from '../policy/columns/table.ts';
import { reads } from '../policy/reads.ts';
import { allScopes, scopes } from '../policy/scopes.ts';
import { heldDataSql, heldTables } from './held-sql.ts';
import { marks as tables } from './marks.ts';

/** Roles that nobody logs in as. Each owns functions; its column grants are all that those functions can touch. */
export const readerRole = 'certveil_reader';
export const grantsRole = 'certveil_grants';
export const ledgerRole = 'certveil_ledger';
export const requestsRole = 'certveil_requests';
/** May execute the tools' functions and nothing else; TOOLS_DATABASE_URL's login is a member of it. */
export const toolsRole = 'certveil_tools';
export const roles = [readerRole, grantsRole, ledgerRole, requestsRole, toolsRole] as const;
type Role = (typeof roles)[number];

interface FunctionRights {
  readonly name: string;
  readonly owner: Role;
  readonly callers: readonly Role[];
}

/** Every function of the tools' side: who owns it, and who else may call it. */
export const functions: readonly FunctionRights[] = [
  { name: 'live_grant', owner: grantsRole, callers: [readerRole, ledgerRole, requestsRole] },
  { name: 'service_of', owner: grantsRole, callers: [] },
  { name: 'authenticate', owner: grantsRole, callers: [toolsRole] },
  { name: 'enter', owner: readerRole, callers: [] },
  { name: 'leave', owner: readerRole, callers: [] },
  { name: 'certificate_status', owner: readerRole, callers: [] },
  { name: 'rarest_word', owner: readerRole, callers: [] },
  { name: 'open_ledger', owner: ledgerRole, callers: [toolsRole] },
  { name: 'append_disclosures', owner: ledgerRole, callers: [toolsRole] },
  { name: 'grant_to_act', owner: requestsRole, callers: [] },
  { name: 'file_request', owner: requestsRole, callers: [toolsRole] },
  { name: 'cancel_request', owner: requestsRole, callers: [toolsRole] },
  { name: 'opt_out_of_marketing', owner: requestsRole, callers: [toolsRole] },
  { name: 'held_data', owner: requestsRole, callers: [toolsRole] },
  { name: 'under_hold', owner: requestsRole, callers: [toolsRole] },
  ...Object.keys(reads).map((name): FunctionRights => ({ name, owner: readerRole, callers: [toolsRole] })),
];

interface ColumnGrant {
  readonly role: Role;
  readonly privilege: 'select' | 'insert' | 'update';
  readonly table: string;
  readonly columns: readonly string[];
}

const tablePolicies: readonly (readonly [string, TablePolicy])[] = Object.entries(tables);

/** The reader's columns come from the policy: disclosable and internal ones of the tables that tools read. */
export const columnGrants: readonly ColumnGrant[] = [
  ...tablePolicies
    .filter(([, policy]) => policy.read)
    .map(([table, policy]): ColumnGrant => {
      const columns = Object.entries(policy.columns).filter(([, [dataClass]]) => readerMaySelect(dataClass));
      return { role: readerRole, privilege: 'select', table, columns: columns.map(([column]) => column) };
    }),
  {
    role: grantsRole,
    privilege: 'select',
    table: 'oauth_artifacts',
    columns: ['kind', 'digest', 'account_id', 'client_id', 'oidc_grant_id', 'scope', 'resource', 'expires_at'],
  },
  {
    role: grantsRole,
    privilege: 'select',
    table: 'grants',
    columns: ['id', 'account_id', 'app_id', 'oidc_grant_id', 'status', 'scopes', 'accepted_fields'],
  },
  { role: grantsRole, privilege: 'select', table: 'apps', columns: ['id', 'account_id', 'client_id', 'status'] },
  { role: grantsRole, privilege: 'select', table: 'accounts', columns: ['id', 'disabled_at', 'hidden_at'] },
  { role: grantsRole, privilege: 'select', table: 'memberships', columns: ['account_id', 'service', 'status'] },
  { role: ledgerRole, privilege: 'insert', table: 'ledger_writers', columns: Object.keys(tables.ledger_writers.columns) },
  { role: ledgerRole, privilege: 'insert', table: 'ledger_leaves', columns: Object.keys(tables.ledger_leaves.columns) },
  { role: ledgerRole, privilege: 'insert', table: 'disclosures', columns: Object.keys(tables.disclosures.columns) },
  { role: ledgerRole, privilege: 'insert', table: 'ledger_heads', columns: Object.keys(tables.ledger_heads.columns) },
  {
    role: requestsRole,
    privilege: 'insert',
    table: 'privacy_requests',
    columns: ['account_id', 'app_id', 'kind', 'service', 'categories', 'channel', 'status', 'received_on', 'due_on', 'due_by'],
  },
  { role: requestsRole, privilege: 'update', table: 'privacy_requests', columns: ['status', 'closed_at'] },
  {
    role: requestsRole,
    privilege: 'select',
    table: 'privacy_requests',
    columns: ['id', 'account_id', 'app_id', 'kind', 'status', 'received_on', 'due_on', 'confirmed_at'],
  },
  { role: requestsRole, privilege: 'insert', table: 'request_steps', columns: ['account_id', 'request_id', 'at', 'actor', 'status'] },
  { role: requestsRole, privilege: 'select', table: 'memberships', columns: ['account_id', 'service', 'marketing_opt_out_at'] },
  { role: requestsRole, privilege: 'update', table: 'memberships', columns: ['marketing_opt_out_at'] },
  { role: requestsRole, privilege: 'select', table: 'legal_holds', columns: ['account_id', 'lifted_at'] },
  ...heldTables
    .filter(([table]) => table !== 'privacy_requests')
    .map(([table, owner]): ColumnGrant => ({ role: requestsRole, privilege: 'select', table, columns: [owner] })),
];

interface RowPolicy {
  readonly role: Role;
  readonly table: string;
  readonly command: 'select' | 'insert' | 'all';
  readonly condition: string;
}

/** Row-level security, each policy named after its role: the reader sees the visible rows of the account that `enter` set. */
export const rowPolicies: readonly RowPolicy[] = tablePolicies.flatMap(([table, policy]) => [
  { role: readerRole, table, command: 'select' as const, condition: readerSees(policy) },
  ...roles.filter((role) => role !== readerRole).flatMap((role) => rowPolicyOf(role, table)),
]);

/** The columns that a role was granted say what it may do; its rows are the functions' affair. */
function rowPolicyOf(role: Role, table: string): RowPolicy[] {
  const [privilege, ...others] = new Set(
    columnGrants.filter((grant) => grant.table === table && grant.role === role).map((each) => each.privilege),
  );
  if (privilege === undefined) return [];
  return [{ role, table, command: others.length > 0 || privilege === 'update' ? 'all' : privilege, condition: 'true' }];
}

function readerSees({ read, owner, columns }: TablePolicy): string {
  if (!read || owner === null) return 'false';
  const owned = `${owner} = nullif(current_setting('app.account', true), '')::uuid`;
  return 'hidden_at' in columns ? `${owned} and hidden_at is null` : owned;
}

/** Makes the roles and lets the current login hand functions to them. Needs CREATEROLE, not a superuser. */
export function rolesSql(): string {
  const make = roles.map(
    (role) => `do $$ begin
  if not exists (select from pg_roles where rolname = '${role}') then
    begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end;
  end if;
  if not pg_has_role(current_user, '${role}', case when current_setting('server_version_num')::integer < 160000 then 'member' else 'set' end) then
    execute format('grant ${role} to %I', current_user);
  end if;
end $$;`,
  );
  return make.join('\n');
}

/** What an administrator runs when the login may not make roles. */
export function rolesSqlFor(login: string): string {
  const make = `do $$ begin create role ROLE nologin; exception when duplicate_object then null; end $$;`;
  return roles.map((role) => `${make.replace('ROLE', role)}\ngrant ${role} to "${login.replaceAll('"', '""')}";`).join('\n');
}

/** Functions, grants and row-level security: reapplied together whenever this text changes. */
export function rulesSql(): string {
  return [
    "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;",
    'create schema if not exists certveil;',
    'revoke all on schema certveil from public;',
    `grant usage on schema certveil to ${roles.join(', ')};`,
    `grant create on schema certveil to ${roles.join(', ')};`,
    serviceOfSql(),
    heldDataSql(),
    ...sources('functions'),
    ...sources('reads'),
    ...functions.map(({ name, owner }) => `alter function certveil.${name} owner to ${owner};`),
    `revoke create on schema certveil from ${roles.join(', ')};`,
    'revoke execute on all functions in schema certveil from public;',
    ...functions.flatMap(({ name, callers }) => callers.map((role) => `grant execute on function certveil.${name} to ${role};`)),
    ...tablePolicies.map(([table]) => `revoke all on public.${table} from public, ${roles.join(', ')};`),
    ...columnGrants.map(
      ({ role, privilege, table, columns }) => `grant ${privilege} (${columns.join(', ')}) on public.${table} to ${role};`,
    ),
    ...tablePolicies.flatMap(([table]) => rowSecuritySql(table)),
  ].join('\n');
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

/** The body of each function as it was written, to be compared with what the database holds. */
export function functionBodies(): ReadonlyMap<string, string> {
  const text = [serviceOfSql(), heldDataSql(), ...sources('functions'), ...sources('reads')].join('\n');
  const found = text.matchAll(/create or replace function certveil\.(\w+)\([\s\S]*?\bas\s+\$\$([\s\S]*?)\$\$/g);
  return new Map([...found].map(([, name = '', body = '']) => [name, body]));
}

function rowSecuritySql(table: string): string[] {
  const own = rowPolicies.filter((policy) => policy.table === table);
  return [
    `alter table public.${table} enable row level security;`,
    ...[readerRole, grantsRole, ledgerRole, requestsRole].map((role) => `drop policy if exists ${role} on public.${table};`),
    ...own.map(({ role, command, condition }) => {
      const clause = {
        select: `using (${condition})`,
        insert: `with check (${condition})`,
        all: `using (${condition}) with check (${condition})`,
      };
      return `create policy ${role} on public.${table} for ${command} to ${role} ${clause[command]};`;
    }),
  ];
}

function sources(folder: 'functions' | 'reads'): string[] {
  const directory = new URL(`./${folder}/`, import.meta.url);
  const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  return names.sort().map((name) => readFileSync(new URL(name, directory), 'utf8'));
}
