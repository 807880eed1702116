import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { ada, connect, grace, type ConnectedApp } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person, textOf } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { openWorld, type World } from '../support/world.ts';

type Json = Record<string, unknown>;

describe('privacy requests in the dashboard', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
  });
  afterAll(() => world.close());

  const query = <Row = Json>(text: string, ...given: string[]) => world.database.statement<Row>(text, given);
  const countOf = async (table: string, email: string) =>
    (
      await query<{ n: number }>(
        `select count(*)::int as n from ${table} where account_id = (select id from accounts where email = $1)`,
        email,
      )
    )[0]?.n;

  async function signedIn(owner: Owner): Promise<Person> {
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), owner);
    return person;
  }

  async function confirmed(person: Person, filing: Json, said: Json = {}): Promise<Json> {
    const filed = await api(person, '/api/requests', filing);
    expect(filed.status).toBe(201);
    const ground = filing['kind'] === 'erasure' ? { ground: 'no_longer_necessary' } : {};
    const { status, json } = await api(person, `/api/requests/${String(filed.json['request'])}/confirm`, { ...ground, ...said });
    expect(status).toBe(200);
    return json;
  }

  const connected = (owner: Owner, name: string) => connect(world, { owner, name, choices: { tick: 'all' } });

  async function owner(email: string): Promise<Owner> {
    const made = await addOwner(world, email);
    const row = { list: 'L', recipient_name: 'Mary', recipient_email: 'm@people.example', title: 'Course', issued_on: '2026-01-02' };
    await importRows(world, made, [
      { ...row, public_number: `${email.replace('@', '/')}-1` },
      { ...row, public_number: `${email.replace('@', '/')}-2` },
    ]);
    await query(`insert into quotas select id, 137, 200, '2027-01-01' from accounts where email = $1`, email);
    return made;
  }

  const quotaOf = async (app: ConnectedApp) => (await app.call('get_account_summary')).structured?.['quota'];
  const quota = { used: 137, limit: 200, remaining: 63, period_ends_on: '2027-01-01' };
  const certificates = async (app: ConnectedApp) => (await app.call('search_certificates')).structured?.['certificates'];

  it('asks for a fresh sign-in to confirm, and not to withdraw (CS-09)', async () => {
    const person = await signedIn(ada);
    const { json } = await api(person, '/api/requests', { kind: 'access', service: 'certfusion' });
    const path = `/api/requests/${String(json['request'])}`;
    world.clock.advance({ minutes: 6 });
    expect(await api(person, `${path}/confirm`, {})).toMatchObject({ status: 401, json: { error: { code: 'reauthentication_needed' } } });
    expect((await person.post(`/dashboard/requests/${String(json['request'])}/confirm`, {})).location?.pathname).toBe('/sign-in');
    expect(await api(person, `${path}/withdraw`, {})).toMatchObject({ status: 200, json: { status: 'withdrawn' } });
    const fresh = await signedIn(ada);
    expect((await api(fresh, `${path}/confirm`, {})).status).toBe(404);
    const foreign = await signedIn(grace);
    expect((await api(foreign, `${path}/withdraw`, {})).status).toBe(404);
    expect(await confirmed(fresh, { kind: 'access', service: 'certfusion' })).toMatchObject({
      status: 'done',
      next_step: 'download_in_dashboard',
    });
  });

  it('CS-42: corrects a name everywhere at once, and keeps only salted hashes of it', async () => {
    const mine = await owner('rectify@owner.example');
    const app = await connected(mine, 'Rectifying');
    await confirmed(await signedIn(mine), { kind: 'rectification', service: 'certfusion' }, { display_name: 'Mary Somerville' });
    expect((await app.call('get_account_summary')).structured).toMatchObject({ display_name: 'Mary Somerville' });
    const [row] = await query<{ a: string }>(`select encode(after_hash, 'hex') as a from privacy_requests where after_hash is not null`);
    expect(row?.a).toMatch(/^[0-9a-f]{96}$/);
  });

  it('CS-44: a restricted service leaves tools and pages until it is lifted, and then all of it is back', async () => {
    const mine = await owner('restrict@owner.example');
    const app = await connected(mine, 'Restricted');
    const person = await signedIn(mine);
    const lists = textOf(await person.get('/dashboard/lists'));
    expect(await quotaOf(app)).toEqual(quota);
    const { request } = await confirmed(person, { kind: 'restriction', service: 'certfusion' });
    expect(await certificates(app)).toEqual([]);
    expect(await quotaOf(app)).toBeNull();
    expect((await app.call('search_recipients')).structured?.['recipients']).toEqual([]);
    expect((await app.call('list_certificate_lists')).structured?.['lists']).toEqual([]);
    expect(textOf(await person.get('/dashboard/lists'))).toContain('No lists yet');
    const code = await query<{ code: string }>(
      `select verification_code::text as code from certificates where public_number = $1`,
      `${mine.email.replace('@', '/')}-1`,
    );
    expect((await new Person(world.url).get(`/v/${code[0]?.code}`)).status).toBe(404);
    expect(await api(person, `/api/requests/${String(request)}/withdraw`, {})).toMatchObject({ json: { status: 'withdrawn' } });
    expect(await certificates(app)).toHaveLength(2);
    expect(await quotaOf(app)).toEqual(quota);
    expect(textOf(await person.get('/dashboard/lists'))).toBe(lists);
  });

  it('CS-46: an objection ends marketing at once, and stops what rests on legitimate interests until it is reviewed', async () => {
    const mine = await owner('object@owner.example');
    const person = await signedIn(mine);
    expect(await confirmed(person, { kind: 'objection', service: 'certfusion', categories: ['quota'] })).toMatchObject({
      status: 'done',
      outcome: { stopped: ['marketing'] },
    });
    expect(await confirmed(person, { kind: 'objection', service: 'certfusion' })).toMatchObject({
      status: 'in_progress',
      outcome: { stopped: ['marketing', 'verification_activity', 'improve'] },
    });
    expect(
      await query(
        `select service from memberships m join accounts a on a.id = m.account_id where a.email = $1 and objected_at is not null and marketing_opt_out_at is not null`,
        mine.email,
      ),
    ).toEqual([{ service: 'certfusion' }]);
  });

  it('CS-49: names the authority of where one lives, works or was wronged', async () => {
    const person = await signedIn(ada);
    const { outcome } = await confirmed(person, { kind: 'complaint_help', service: 'certumssl' }, { places: ['GB', 'DE', 'GB'] });
    expect(outcome).toMatchObject({ authorities: ['GB', 'DE'] });
    const page = await person.get('/dashboard/requests');
    const path = /\/dashboard\/requests\/req_[0-9a-z]{26}/.exec(page.body)?.[0] ?? '';
    expect((await person.get(path)).body).toContain('https://ico.org.uk');
  });

  it('CS-32, CS-30: deactivation ends a service for every app and deletes nothing; with the last one tokens die, the owner still signs in', async () => {
    const mine = await owner('deactivate@owner.example');
    const app = await connected(mine, 'Deactivated');
    const person = await signedIn(mine);
    expect(await quotaOf(app)).toEqual(quota);
    const first = await api(person, '/api/account/deactivate', { service: 'certfusion' });
    expect(first.json).toEqual({ services: [{ service: 'certfusion', status: 'deactivated' }], effective: 'next_call' });
    expect((await app.call('search_certificates')).status).toBe(403);
    expect(await quotaOf(app)).toBeNull();
    expect((await app.call('list_tls_certificates')).status).toBe(200);
    const before = await query(`select last_activity_at from memberships where status = 'deactivated'`);
    await api(person, '/api/account/deactivate', {});
    expect((await app.call('list_tls_certificates')).status).toBe(401);
    expect(await countOf('certificates', mine.email)).toBe(2);
    world.clock.advance({ hours: 1 });
    const again = await signedIn(mine);
    expect(await query(`select last_activity_at from memberships where status = 'deactivated' and service = 'certfusion'`)).toEqual(before);
    expect((await api(again, '/api/requests', { kind: 'access', service: 'certfusion' })).status).toBe(201);
    const stranger = await OAuthApp.register(world.url, { client_name: 'Late app' });
    const late = new Person(world.url);
    const denied = await late.signIn(await late.get(stranger.authorization().url), mine);
    expect([denied.status, denied.location, denied.body.includes('error=access_denied')]).toEqual([400, null, true]);
    expect(await query('select 1 from apps where client_id = $1', stranger.clientId)).toEqual([]);
    const pages = ['', '/data', '/account', '/disclosures', '/requests', '/lists', '/domains'];
    const statuses = [];
    for (const page of pages) statuses.push((await again.get(`/dashboard${page}`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 403, 403]);
    const account = (await again.get('/dashboard/account')).body;
    const offered = ['/dashboard/requests', '/dashboard/lists', '/dashboard/domains', '/dashboard/account/details'];
    expect(offered.map((path) => account.includes(`"${path}"`))).toEqual([true, false, false, false]);
    expect((await again.submit('/dashboard/account/details', { display_name: 'Later' })).status).toBe(403);
    expect((await api(again, '/api/apps/revoke-all', {})).status).toBe(200);
    expect((await again.submit('/dashboard/account/sessions', { session: 'others' })).status).toBe(200);
  });

  it('what is not confirmed by its due day lapses', async () => {
    const mine = await owner('lapse@owner.example');
    const { json } = await api(await signedIn(mine), '/api/requests', { kind: 'erasure', service: 'certfusion' });
    await query(
      `update privacy_requests set due_on = '2020-01-01', received_on = '2019-12-02' where kind = 'erasure' and status = 'awaiting_confirmation'`,
    );
    await world.sweep();
    const after = await api(await signedIn(mine), '/api/requests');
    expect(after.json['requests']).toContainEqual(
      expect.objectContaining({ request: json['request'], status: 'lapsed', next_step: 'none' }),
    );
    expect(await countOf('certificates', mine.email)).toBe(2);
  });

  it('CS-43: nothing is erased without a ground that the person chose', async () => {
    const mine = await owner('ground@owner.example');
    const person = await signedIn(mine);
    const { json } = await api(person, '/api/requests', { kind: 'erasure', service: 'certfusion' });
    expect((await api(person, `/api/requests/${String(json['request'])}/confirm`, {})).status).toBe(400);
    expect((await person.post(`/dashboard/requests/${String(json['request'])}/confirm`, { ground: '' })).status).toBe(400);
    expect((await api(person, '/api/requests')).json).toMatchObject({ requests: [{ status: 'awaiting_confirmation' }] });
    expect(await countOf('certificates', mine.email)).toBe(2);
  });

  it('CS-43: erases one service in one step, cuts every app off, notes it outside the database and keeps the other service', async () => {
    const mine = await owner('half@owner.example');
    const app = await connected(mine, 'Half');
    const { status, outcome } = await confirmed(
      await signedIn(mine),
      { kind: 'erasure', service: 'certfusion' },
      { ground: 'consent_withdrawn' },
    );
    expect({ status, outcome }).toMatchObject({ status: 'done', outcome: { apps_revoked: 1, account_closed: false } });
    expect((outcome as { kept: Json[] }).kept).toEqual([
      { category: 'account', reason: 'shared', promise: 'CS-34', until: null },
      { category: 'connected_apps', reason: 'shared', promise: null, until: null },
      { category: 'privacy_requests', reason: 'record_of_rights', promise: null, until: null },
    ]);
    expect((await app.call('get_account_summary')).status).toBe(401);
    for (const table of ['certificates', 'recipients', 'lists', 'certificate_terms', 'recipient_terms', 'issuance_counts'])
      expect([table, await countOf(table, mine.email)]).toEqual([table, 0]);
    expect(await query(`select reason_code from privacy_requests where reason_code is not null`)).toContainEqual({
      reason_code: 'consent_withdrawn',
    });
    const lines = (await readFile(world.deletionsLog, 'utf8'))
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as Json);
    const stones = await query<{ hash: string }>(`select encode(hash, 'hex') as hash from tombstones`);
    expect(lines.map(({ hash }) => hash)).toEqual(stones.map(({ hash }) => hash));
    expect(JSON.stringify(lines)).not.toContain('owner.example');
  });

  it('CS-34: erases only the categories named, and says which the service can’t do without', async () => {
    const person = await signedIn(grace);
    const { outcome } = await confirmed(person, { kind: 'erasure', service: 'certumssl', categories: ['support', 'tls_orders'] });
    expect(outcome).toMatchObject({
      erased: ['support'],
      kept: [{ category: 'tls_orders', reason: 'needed_for_service', promise: 'CS-34', until: null }],
    });
    expect(await countOf('support_messages', grace.email)).toBe(0);
    expect(await countOf('tls_orders', grace.email)).toBeGreaterThan(0);
  });

  it('deletes nothing under a legal hold, says so, and finishes once it is lifted', async () => {
    const mine = await owner('held@owner.example');
    await query(
      `insert into legal_holds (account_id, reason, placed_at) select id, 'claim', now() from accounts where email = $1`,
      mine.email,
    );
    const held = await confirmed(await signedIn(mine), { kind: 'erasure', service: 'certfusion' });
    expect(held).toMatchObject({
      status: 'in_progress',
      outcome: { kept: expect.arrayContaining([expect.objectContaining({ reason: 'legal_hold' })]) },
    });
    const lines = await readFile(world.deletionsLog, 'utf8');
    await world.sweep();
    expect(await countOf('certificates', mine.email)).toBe(2);
    expect(await readFile(world.deletionsLog, 'utf8')).toBe(lines);
    await query('update legal_holds set lifted_at = now() where lifted_at is null');
    await world.sweep();
    expect(await countOf('certificates', mine.email)).toBe(0);
  });

  it('CS-52: with the last service the account is emptied; payments stay seven years, and without any the row goes too', async () => {
    const person = await signedIn(ada);
    await confirmed(person, { kind: 'erasure', service: 'certfusion' });
    const [last] = await query<{ on: string }>(
      `select (max(occurred_on) + interval '7 years')::date as on from transactions where account_id = (select id from accounts where email = $1)`,
      ada.email,
    );
    const { outcome } = await confirmed(person, { kind: 'erasure', service: 'certumssl' });
    expect(outcome).toMatchObject({
      account_closed: true,
      kept: [
        { category: 'transactions', reason: 'tax_law', promise: 'CS-52', until: last?.on },
        { category: 'privacy_requests', reason: 'record_of_rights', promise: null, until: last?.on },
      ],
    });
    expect(await query(`select email, display_name, password_hash from accounts where erased_at is not null`)).toEqual([
      { email: '', display_name: '', password_hash: null },
    ]);
    expect((await api(person, '/api/requests')).status).toBe(401);
    const mine = await owner('gone@owner.example');
    const other = await signedIn(mine);
    for (const service of ['certfusion', 'certumssl']) await confirmed(other, { kind: 'erasure', service });
    expect(await query(`select id from accounts where email = $1 or email_key = $1`, mine.email)).toEqual([]);
    expect((await query('select id from accounts where erased_at is not null')).length).toBe(1);
  });
});
