import { randomUUID } from 'node:crypto';
import type { Day } from '../../src/words/dates.ts';
import type { Database, Parameter } from '../../src/store/engine/db.ts';

export interface Filled {
  readonly accountId: string;
}

/** Tables whose rows of an account `rowsOf` counts. */
const counted = [
  'transactions',
  'support_messages',
  'contact_messages',
  'vetting_documents',
  'billing_profiles',
  'quotas',
  'memberships',
  'lists',
  'custom_fields',
  'custom_values',
  'recipients',
  'certificates',
  'verification_events',
  'tls_orders',
  'order_contacts',
  'tls_certificates',
  'tls_names',
  'domain_privacy',
  'domain_exposures',
  'apps',
  'grants',
  'consent_events',
  'disclosures',
  'external_disclosures',
  'privacy_requests',
  'request_steps',
] as const;

export type RowCounts = Record<(typeof counted)[number] | 'accounts', number>;

export async function rowsOf(database: Pick<Database, 'statement'>, accountId: string): Promise<RowCounts> {
  const selects = counted.map((table) => `(select count(*)::integer from ${table} where account_id = $1) as ${table}`);
  const [row] = await database.statement<RowCounts>(
    `select ${selects.join(', ')}, (select count(*)::integer from accounts where id = $1) as accounts`,
    [accountId],
  );
  if (!row) throw new Error('counting gives a row');
  return row;
}

/** An account with rows in every table that has a clock, all of which start on one day, at ten o'clock. */
export async function fillAccount({ database, from }: { database: Pick<Database, 'statement'>; from: Day }): Promise<Filled> {
  const at = `${from}T10:00:00Z`;
  const ids = Object.fromEntries(
    ['account', 'list', 'first', 'second', 'app', 'grant', 'writer', 'request', 'field', 'tls', 'order', 'certificate'].map((name) => [
      name,
      randomUUID(),
    ]),
  );
  const insert = async (table: string, row: Readonly<Record<string, Parameter>>): Promise<void> => {
    const columns = Object.keys(row);
    await database.statement(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
  };
  const id = (name: string): string => ids[name] ?? '';
  const account_id = id('account');
  const email = `${account_id}@owner.example`;
  await insert('accounts', {
    id: account_id,
    email,
    email_masked: 'x',
    email_key: email,
    display_name: 'Owner',
    password_hash: 'x',
    created_at: at,
    last_activity_at: at,
  });
  for (const service of ['certfusion', 'certumssl'])
    await insert('memberships', { account_id, service, status: 'active', last_activity_at: at, created_at: at });
  await insert('quotas', { account_id, used: 1, monthly_limit: 2, period_ends_on: from });
  await insert('billing_profiles', { account_id, billing_name: 'x', billing_address: 'x' });
  await insert('vetting_documents', { account_id, kind: 'passport', content_sealed: new Uint8Array(1), received_at: at });
  await insert('transactions', { account_id, occurred_on: from, amount_minor: 1, currency: 'EUR', invoice_number: 'x' });
  await insert('support_messages', { account_id, subject: 'x', body: 'x', from_staff: false, written_at: at, resolved_at: at });
  await insert('contact_messages', { account_id, channel: 'form', kind: 'support', body: 'x', received_at: at, resolved_at: at });
  await fillCertificates({ insert, id, at, from });
  await fillTls({ insert, id, from });
  await fillApp({ insert, id, at, from });
  return { accountId: account_id };
}

interface Place {
  readonly insert: (table: string, row: Readonly<Record<string, Parameter>>) => Promise<void>;
  readonly id: (name: string) => string;
  readonly at: string;
  readonly from: Day;
}

async function fillCertificates({ insert, id, at, from }: Place): Promise<void> {
  const account_id = id('account');
  const list_id = id('list');
  await insert('lists', { id: list_id, account_id, name: 'List', name_key: 'list', created_on: from });
  await insert('custom_fields', { id: id('field'), account_id, list_id, private_name: 'grade' });
  for (const [rank, name] of ['first', 'second'].entries()) {
    const email = { email: `${name}@people.example`, email_masked: 'x', email_key: `${name}@people.example` };
    const certificate = randomUUID();
    await insert('recipients', { id: id(name), account_id, list_id, name, name_key: name, name_rank: rank, created_at: at, ...email });
    await insert('certificates', {
      id: certificate,
      account_id,
      list_id,
      recipient_id: id(name),
      title: 'x',
      public_number: name,
      issued_on: from,
      expires_on: from,
      created_at: at,
    });
    await insert('custom_values', { account_id, certificate_id: certificate, field_id: id('field'), private_value: 'x' });
    await insert('verification_events', { at, account_id, certificate_id: certificate, kind: 'view' });
  }
}

async function fillTls({ insert, id, from }: Omit<Place, 'at'>): Promise<void> {
  const account_id = id('account');
  await insert('tls_orders', {
    id: id('order'),
    account_id,
    order_number: 'x',
    product_type: 'single',
    validation_level: 'DV',
    domains: ['x.example'],
    status: 'cancelled',
    ordered_on: from,
    vetting_status: 'not_required',
  });
  await insert('order_contacts', { account_id, order_id: id('order'), role: 'admin', details_sealed: new Uint8Array(1) });
  await insert('tls_certificates', {
    id: id('tls'),
    account_id,
    fingerprint: new Uint8Array(1),
    serial_key: 'x',
    common_name: 'x.example',
    dns_names: ['x.example'],
    ip_name_count: 0,
    type: 'DV',
    issuer: 'x',
    key_algorithm: 'x',
    valid_from: from,
    valid_until: from,
  });
  await insert('tls_names', { account_id, name: 'x.example', valid_until: from, serial_key: 'x', certificate_id: id('tls') });
  await insert('domain_privacy', { account_id, domain: 'x.example', privacy_on: true, published_field_names: [], required_by: 'none' });
  await insert('domain_exposures', { account_id, domain: 'x.example', started_on: from, ended_on: from });
}

async function fillApp({ insert, id, at, from }: Place): Promise<void> {
  const account_id = id('account');
  const [app_id, grant_id, writer_id] = [id('app'), id('grant'), id('writer')];
  const app = { redirect_host: 'x', status: 'revoked' };
  await insert('apps', {
    id: app_id,
    account_id,
    client_id: 'x',
    name: 'x',
    connected_at: at,
    connected_on: from,
    status_changed_at: at,
    ...app,
  });
  await insert('grants', {
    id: grant_id,
    account_id,
    app_id,
    oidc_grant_id: grant_id,
    scopes: [],
    accepted_fields: [],
    consented_scopes: [],
    consented_fields: [],
    app_name: 'x',
    policy_version: 'x',
    consented_at: at,
    ended_at: at,
    ...app,
  });
  await insert('consent_events', { account_id, app_id, grant_id, kind: 'revoked', scopes: [], at, day: from });
  await insert('consent_events', { account_id, app_id, kind: 'revoked', scopes: [], at, day: from });
  await insert('ledger_writers', { id: writer_id, started_at: at });
  for (const seq of [1, 2]) await insert('ledger_leaves', { writer_id, seq, leaf: new Uint8Array(32) });
  const told = { writer_id, salt: new Uint8Array(16), account_id, at, day: from, field_names: [], record_count: 0 };
  await insert('disclosures', { ...told, seq: 1, app_id, grant_id, tool: 'x', purpose: 'fulfil_request', outcome: 'failed' });
  await insert('external_disclosures', { ...told, seq: 2, code: 'ca_policy', recipient: 'x' });
  await insert('privacy_requests', {
    id: id('request'),
    account_id,
    app_id,
    kind: 'access',
    service: 'certumssl',
    channel: 'assistant',
    status: 'done',
    received_on: from,
    due_on: from,
    closed_at: at,
  });
  await insert('request_steps', { account_id, request_id: id('request'), at, actor: 'app', status: 'done' });
}
