import { readerMaySelect } from '../../policy/classes.ts';
import type { TableName } from '../../policy/tables/all.ts';
import type { TablePolicy } from '../../policy/tables/table.ts';
import { toldText } from './due.ts';
import { reads } from '../../policy/reads/all.ts';
import { heldTables } from './stored-sql.ts';
import { marks as tables } from './marks.ts';
import { grantsRole, ledgerRole, readerRole, requestsRole, toolsRole, type Role } from '../engine/role-names.ts';

interface FunctionRights {
  readonly name: string;
  readonly owner: Role;
  readonly callers: readonly Role[];
}

/** Every function of the tools' side: who owns it, and who else may call it. */
export const functions: readonly FunctionRights[] = [
  { name: 'live_grant', owner: grantsRole, callers: [readerRole, ledgerRole, requestsRole] },
  { name: 'service_of', owner: grantsRole, callers: [] },
  { name: 'hold_app', owner: grantsRole, callers: [ledgerRole, requestsRole] },
  { name: 'last_due', owner: grantsRole, callers: [readerRole] },
  { name: 'due_before', owner: grantsRole, callers: [readerRole] },
  { name: 'first_month', owner: grantsRole, callers: [readerRole] },
  { name: 'told_at', owner: grantsRole, callers: [readerRole] },
  { name: 'services_in_use', owner: grantsRole, callers: [] },
  { name: 'order_is_over', owner: grantsRole, callers: [readerRole] },
  { name: 'authenticate', owner: grantsRole, callers: [toolsRole] },
  { name: 'enter', owner: readerRole, callers: [] },
  { name: 'leave', owner: readerRole, callers: [] },
  { name: 'certificate_status', owner: readerRole, callers: [] },
  { name: 'rarest_word', owner: readerRole, callers: [] },
  { name: 'seen_text', owner: readerRole, callers: [] },
  { name: 'address_key', owner: readerRole, callers: [] },
  { name: 'without_address', owner: readerRole, callers: [] },
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

export const tablePolicies: readonly (readonly [string, TablePolicy])[] = Object.entries(tables);

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
  // Postgres asks for it before a row may be locked; no function of this role writes.
  { role: grantsRole, privilege: 'update', table: 'apps', columns: ['redirect_host'] },
  { role: grantsRole, privilege: 'select', table: 'accounts', columns: ['id', 'disabled_at', 'hidden_at'] },
  { role: grantsRole, privilege: 'select', table: 'memberships', columns: ['account_id', 'service', 'status', 'last_activity_at'] },
  { role: grantsRole, privilege: 'select', table: 'retention_periods', columns: ['retention_class', 'months'] },
  { role: grantsRole, privilege: 'select', table: 'tls_certificates', columns: ['order_id', 'valid_until', 'revoked_on'] },
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
  // To count what an app filed within a day.
  { role: requestsRole, privilege: 'select', table: 'request_steps', columns: ['request_id', 'at', 'actor', 'status'] },
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

/** Tables of which a row is told only until it is due; what hangs on them is read through them. */
const toldUntilDue: readonly string[] = [
  'memberships',
  'certificates',
  'recipients',
  'tls_certificates',
  'tls_orders',
  'disclosures',
  'privacy_requests',
  'verification_months',
] satisfies TableName[];

/** Row-level security, each policy named after its role: the reader sees the visible rows of the account that `enter` set. */
export const rowPolicies: readonly RowPolicy[] = tablePolicies.flatMap(([table, policy]) => [
  { role: readerRole, table, command: 'select' as const, condition: readerSees(table, policy) },
  ...([grantsRole, ledgerRole, requestsRole, toolsRole] as const).flatMap((role) => rowPolicyOf(role, table)),
]);

/** The columns that a role was granted say what it may do; its rows are the functions' affair. */
function rowPolicyOf(role: Role, table: string): RowPolicy[] {
  const [privilege, ...others] = new Set(
    columnGrants.filter((grant) => grant.table === table && grant.role === role).map((each) => each.privilege),
  );
  if (privilege === undefined) return [];
  return [{ role, table, command: others.length > 0 || privilege === 'update' ? 'all' : privilege, condition: 'true' }];
}

function readerSees(table: string, { read, owner, columns }: TablePolicy): string {
  if (!read || owner === null) return 'false';
  const owned = `${owner} = nullif(current_setting('app.account', true), '')::uuid`;
  const shown = 'hidden_at' in columns ? `${owned} and hidden_at is null` : owned;
  if (!toldUntilDue.includes(table)) return shown;
  return `${shown} and ${toldText({ table: table as TableName, row: table, now: 'certveil.told_at()' })}`;
}
