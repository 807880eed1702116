import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { answered, unanswered, withLedger } from '../support/ledger-rows.ts';
import { rowsOf, type Row } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const summaryFields = ['certificate', 'title', 'recipient_name', 'issued_on', 'expires_on', 'status', 'list_name'];
const detailFields = [...summaryFields, 'public_number', 'issuer_name', 'description', 'custom_fields', 'dashboard_url'];

const without = (row: Row, key: string): Row => Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));

/** Ada's own row of the database, asked as its owner: what a read must agree with. */
interface Truth {
  public_number: string;
  title: string;
  recipient_name: string;
  issued_on: string;
  expires_on: string | null;
  revoked: boolean;
  list_name: string;
  description: string;
}

const truthOf = `select c.public_number, c.title, r.name as recipient_name, c.issued_on, c.expires_on, c.revoked_on is not null as revoked,
    l.name as list_name, c.description
  from certificates c join recipients r on r.id = c.recipient_id join lists l on l.id = c.list_id join accounts a on a.id = c.account_id
  where a.email = $1 and c.hidden_at is null order by c.issued_on desc, c.public_number desc limit 50`;

describe('each tool, asked about the demo data', () => {
  let world: World;
  let plain: ConnectedApp;
  let full: ConnectedApp;
  let truth: Truth[];
  let today: string;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    plain = await connect(world, { name: 'Plain app' });
    full = await connect(world, { name: 'Full app', choices: { tick: 'all' } });
    truth = await world.database.statement<Truth>(truthOf, ['ada@example.com']);
    today = world.clock().toISOString().slice(0, 10);
  });
  afterAll(() => world.close());

  const statusOf = ({ revoked, expires_on }: Truth): string =>
    revoked ? 'revoked' : expires_on !== null && expires_on < today ? 'expired' : 'valid';

  const listed = (each: Truth) => ({
    title: each.title,
    recipient_name: each.recipient_name,
    issued_on: each.issued_on,
    expires_on: each.expires_on,
    status: statusOf(each),
    list_name: each.list_name,
  });

  it('get_account_summary says name, masked e-mail, services and quota, and nothing else (CF-11, CS-18)', async () => {
    const { answer, rows } = await withLedger(world, () => plain.call('get_account_summary'));
    expect(answer.text).toBe(
      JSON.stringify({
        display_name: 'Ada Lovelace Academy',
        email_masked: 'a…@example.com',
        services: [
          { service: 'certfusion', status: 'active' },
          { service: 'certumssl', status: 'active' },
        ],
        quota: { used: 137, limit: 500, remaining: 363, period_ends_on: answer.structured && quotaEnd(answer.structured) },
      }),
    );
    expect(quotaEnd(answer.structured ?? {})).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(rows).toEqual([answered('get_account_summary', ['display_name', 'email_masked', 'services', 'quota'], 1)]);
  });

  it('get_account_summary puts the full e-mail in the place of the masked one once that is granted', async () => {
    const { answer, rows } = await withLedger(world, () => full.call('get_account_summary'));
    expect(Object.keys(answer.structured ?? {})).toEqual(['display_name', 'email', 'services', 'quota']);
    expect(answer.structured?.['email']).toBe('ada@example.com');
    expect(rows).toEqual([answered('get_account_summary', ['display_name', 'email', 'services', 'quota'], 1)]);
  });

  it('list_certificate_lists says each list by name, with its counts and shareable fields', async () => {
    const expected = await world.database.statement<Record<string, unknown>>(
      `select l.name, (select array_agg(f.shared_name) from custom_fields f where f.list_id = l.id and f.shared_name is not null) as shareable_field_names,
              (select count(*)::integer from recipients r where r.list_id = l.id and r.hidden_at is null) as recipient_count,
              (select count(*)::integer from certificates c where c.list_id = l.id and c.hidden_at is null) as issued_count, l.created_on
       from lists l join accounts a on a.id = l.account_id where a.email = 'ada@example.com' and l.hidden_at is null order by l.name_key`,
      [],
    );
    const { answer, rows } = await withLedger(world, () => plain.call('list_certificate_lists'));
    const lists = rowsOf(answer, 'lists');
    expect(lists.map((each) => without(each, 'list'))).toEqual(expected);
    expect(lists.map((each) => Object.keys(each))).toEqual(
      lists.map(() => ['list', 'name', 'shareable_field_names', 'recipient_count', 'issued_count', 'created_on']),
    );
    expect(lists).toHaveLength(4);
    expect(lists.every(({ list }) => /^lst_[0-9a-hjkmnp-tv-z]{26}$/.test(String(list)))).toBe(true);
    expect(answer.structured?.['next_cursor']).toBeNull();
    expect(rows).toEqual([
      answered('list_certificate_lists', ['list', 'name', 'shareable_field_names', 'recipient_count', 'issued_count', 'created_on'], 4),
    ]);
  });

  it('search_certificates says the newest twenty', async () => {
    const { answer, rows } = await withLedger(world, () => plain.call('search_certificates'));
    const found = rowsOf(answer, 'certificates');
    expect(found.map((each) => without(each, 'certificate'))).toEqual(truth.slice(0, 20).map(listed));
    expect(Object.keys(found[0] ?? {})).toEqual(summaryFields);
    expect(Object.keys(answer.structured ?? {})).toEqual(['certificates', 'next_cursor']);
    expect(rows).toEqual([answered('search_certificates', summaryFields, 20)]);
  });

  it('get_certificate_summary says one, by handle and by number alike, custom fields only when granted', async () => {
    const [found] = rowsOf(await plain.call('search_certificates', { limit: 1 }), 'certificates');
    const byHandle = await withLedger(world, () => plain.call('get_certificate_summary', { certificate: found?.['certificate'] }));
    const [first] = truth;
    if (!first) throw new Error('no certificate in the demo');
    const byNumber = await plain.call('get_certificate_summary', { public_number: first.public_number });
    expect(byNumber.text).toBe(byHandle.answer.text);
    const { certificate, dashboard_url, ...rest } = byNumber.structured ?? {};
    expect(rest).toEqual({
      ...listed(first),
      public_number: first.public_number,
      issuer_name: 'Ada Lovelace Academy',
      description: first.description,
    });
    expect(certificate).toBe(found?.['certificate']);
    expect(dashboard_url).toMatch(new RegExp(`^${world.url}/dashboard/certificates/cert_[0-9a-hjkmnp-tv-z]{26}$`));
    expect(String(dashboard_url)).not.toContain(String(certificate));
    expect(Object.keys(byNumber.structured ?? {})).toEqual(detailFields.filter((each) => each !== 'custom_fields'));
    expect(byHandle.rows).toEqual([
      answered(
        'get_certificate_summary',
        detailFields.filter((each) => each !== 'custom_fields'),
        1,
      ),
    ]);
  });

  it('get_certificate_summary says shareable custom fields under certificates:custom, and never a private one', async () => {
    const { answer, rows } = await withLedger(world, () =>
      full.call('get_certificate_summary', { public_number: truth[0]?.public_number }),
    );
    expect(Object.keys(answer.structured ?? {})).toEqual(detailFields);
    expect(answer.structured?.['custom_fields']).toEqual([{ name: expect.any(String), value: expect.any(String) }]);
    expect(answer.body).not.toMatch(/canary|Employee number/);
    expect(rows).toEqual([answered('get_certificate_summary', detailFields, 1)]);
  });

  it('search_recipients and get_recipient_summary say names, masked e-mails and counts', async () => {
    const { answer, rows } = await withLedger(world, () => plain.call('search_recipients', { query: 'ada byron' }));
    const found = rowsOf(answer, 'recipients');
    const fields = ['recipient', 'name', 'email_masked', 'certificate_count', 'last_issued_on'];
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) {
      expect(Object.keys(each)).toEqual(fields);
      expect(each).toMatchObject({ name: 'Ada Byron', email_masked: 'a…@example.org', certificate_count: expect.any(Number) });
    }
    expect(rows).toEqual([answered('search_recipients', fields, found.length)]);
    const one = await withLedger(world, () => plain.call('get_recipient_summary', { recipient: found[0]?.['recipient'] }));
    const { certificates, ...rest } = one.answer.structured ?? {};
    expect(rest).toEqual(found[0]);
    expect(certificates).toHaveLength(Number(found[0]?.['certificate_count']));
    expect((certificates as object[]).map((each) => Object.keys(each))[0]).toEqual(['certificate', 'title', 'issued_on', 'status']);
    expect(one.rows).toEqual([answered('get_recipient_summary', [...fields, 'certificates'], 1 + (certificates as object[]).length)]);
  });

  it('get_recipient_summary leaves the certificates out without certificates:read, and shows the e-mail under recipients:email', async () => {
    const app = await connect(world, { choices: { tick: ['recipients:email'], untick: ['certificates:read'] } });
    const [found] = rowsOf(await app.call('search_recipients', { query: 'byron' }), 'recipients');
    expect(found).toMatchObject({ name: 'Ada Byron', email: 'ada.byron@example.org' });
    const one = await app.call('get_recipient_summary', { recipient: found?.['recipient'] });
    expect(Object.keys(one.structured ?? {})).toEqual(['recipient', 'name', 'email', 'certificate_count', 'last_issued_on']);
    expect((await app.call('search_certificates')).status).toBe(403);
  });

  it('list_connected_apps says this app, and the others under apps:others only', async () => {
    const fields = ['app', 'name', 'publisher_domain', 'connected_on', 'last_used_on', 'scopes', 'status', 'is_this_app'];
    const { answer, rows } = await withLedger(world, () => plain.call('list_connected_apps'));
    const apps = rowsOf(answer, 'apps');
    expect(apps).toHaveLength(1);
    expect(apps[0]).toMatchObject({ name: 'Plain app', connected_on: today, last_used_on: today, status: 'active', is_this_app: true });
    expect(apps[0]?.['scopes']).not.toContain('account:email');
    expect(Object.keys(apps[0] ?? {})).toEqual(fields);
    const others = Number(answer.structured?.['other_app_count']);
    expect(others).toBeGreaterThan(0);
    expect(rows).toEqual([answered('list_connected_apps', [...fields, 'other_app_count'], 1)]);
    const seenByFull = rowsOf(await full.call('list_connected_apps'), 'apps');
    expect(seenByFull).toHaveLength(others + 1);
    expect(seenByFull.map(({ is_this_app }) => is_this_app)).toEqual([true, ...Array.from({ length: others }, () => false)]);
    expect(seenByFull.map(({ app }) => app)).not.toContain(apps[0]?.['app']);
  });

  it('get_disclosure_history says what this app was told, and no other', async () => {
    const app = await connect(world);
    await app.call('get_account_summary');
    await app.call('get_account_summary');
    await app.call('get_certificate_summary', { public_number: 'no such number' });
    const { answer, rows } = await withLedger(world, () => app.call('get_disclosure_history'));
    expect(answer.structured).toEqual({
      disclosures: [
        {
          day: today,
          tool: 'get_account_summary',
          purpose: 'fulfil_request',
          field_names: ['display_name', 'email_masked', 'services', 'quota'],
          calls: 2,
          record_count: 2,
          outcome: 'answered',
        },
        {
          day: today,
          tool: 'get_certificate_summary',
          purpose: 'fulfil_request',
          field_names: [],
          calls: 1,
          record_count: 0,
          outcome: 'failed',
        },
      ],
      next_cursor: null,
    });
    expect(rows).toEqual([
      answered('get_disclosure_history', ['day', 'tool', 'purpose', 'field_names', 'calls', 'record_count', 'outcome'], 2),
    ]);
  });

  it('explain_field_policy says for each tool the fields that it may return, for one tool when asked', async () => {
    const { answer, rows } = await withLedger(world, () => plain.call('explain_field_policy', { tool: 'search_certificates' }));
    expect(answer.structured).toEqual({
      tools: [{ tool: 'search_certificates', allowed_fields: summaryFields, needs_scope: 'certificates:read' }],
      never_sent: expect.arrayContaining(['passwords, tokens, keys and their hashes', 'billing address, prices, invoices, payments']),
      policy_version: expect.any(String),
    });
    expect(rows).toHaveLength(1);
    expect(rowsOf(await plain.call('explain_field_policy'), 'tools')).toHaveLength(tools.length);
    expect((await plain.call('explain_field_policy', { tool: 'drop_tables' })).error).toBe('not_available');
  });

  it('disconnect_this_app wants confirm: true, ends this app alone, and the next call is 401 (CF-10)', async () => {
    const app = await connect(world, { name: 'Leaving app' });
    for (const input of [{}, { confirm: false }, { confirm: 'true' }]) {
      const { answer, rows } = await withLedger(world, () => app.call('disconnect_this_app', input));
      expect(answer.error).toBe('invalid_input');
      expect(rows).toEqual([unanswered('disconnect_this_app')]);
    }
    const { answer, rows } = await withLedger(world, () => app.call('disconnect_this_app', { confirm: true }));
    expect(answer.structured).toEqual({ status: 'revoked', effective: 'next_call' });
    expect(rows).toEqual([answered('disconnect_this_app', ['status', 'effective'], 1)]);
    expect((await app.call('get_account_summary')).status).toBe(401);
    expect((await app.app.refresh(app.refreshToken)).status).toBe(400);
    expect((await plain.call('get_account_summary')).status).toBe(200);
  });

  function quotaEnd(structured: Record<string, unknown>): string {
    return (structured['quota'] as { period_ends_on: string }).period_ends_on;
  }
});
