import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyProof } from '../../src/disclosure/verify-proof.ts';
import type { LedgerProof } from '../../src/policy/ledger-proof.ts';
import { holdsUuid } from '../support/pages.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { Person, textOf, type Visit } from '../support/person.ts';
import { tell } from '../support/told.ts';
import { openWorld, type World } from '../support/world.ts';

const hostile = `=cmd|'/c calc'!A1 <script>alert(1)</script>"\u202e\u200b`;

let world: World;
let mine: ConnectedApp;
let hers: ConnectedApp;
let handle: string;
const seen: Visit[] = [];

beforeAll(async () => {
  world = await openWorld({ demo: true });
  mine = await connect(world, { name: hostile });
  hers = await connect(world, { owner: grace, name: 'Grace’s app' });
  handle = await appOf(mine.person);
});
afterAll(() => world.close());

async function visit(person: Person, path: string): Promise<Visit> {
  const page = await person.get(path);
  seen.push(page);
  return page;
}

async function countRows(email: string): Promise<number> {
  const [row] = await world.database.statement<{ count: number }>(
    'select count(*)::integer as count from disclosures d join ledger_leaves using (writer_id, seq) join accounts a on a.id = d.account_id where a.email = $1',
    [email],
  );
  return row?.count ?? 0;
}

async function appOf(person: Person): Promise<string> {
  const { body } = await visit(person, '/dashboard');
  return /\/dashboard\/apps\/(app_[0-9a-z]{26})/.exec(body)?.[1] ?? '';
}

async function certificateOf(app: ConnectedApp): Promise<{ path: string; title: string }> {
  const found = await app.call('search_certificates', { limit: 1 });
  const [first] = (found.structured?.['certificates'] ?? []) as { certificate: string; title: string }[];
  const one = await app.call('get_certificate_summary', { certificate: first?.certificate });
  return { path: new URL(String(one.structured?.['dashboard_url'])).pathname, title: first?.title ?? '' };
}

describe('the pages', () => {
  it('show the address to connect to, to everyone', async () => {
    const home = await visit(new Person(world.url), '/');
    expect(home.status).toBe(200);
    expect(textOf(home)).toContain(`${world.url}/mcp`);
    for (const client of ['ChatGPT', 'Claude', 'VS Code', 'MCP Inspector']) expect(textOf(home)).toContain(client);
  });

  it('ask for a sign-in first, and come back after it', async () => {
    const stranger = new Person(world.url);
    for (const path of [
      '/dashboard',
      '/dashboard/disclosures',
      '/dashboard/disclosures.csv',
      `/dashboard/apps/${handle}`,
      '/dashboard/apps/x/consent.json',
    ]) {
      const page = await visit(stranger, path);
      expect(page.body).toMatch(/name="password"/);
      expect(page.body).not.toContain('calc');
    }
  });

  it('show a hostile name as text, without what nobody sees', async () => {
    for (const path of ['/dashboard', `/dashboard/apps/${handle}`, '/dashboard/disclosures']) {
      await mine.call('get_account_summary');
      const { body } = await visit(mine.person, path);
      expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;');
      expect(body).not.toMatch(/<script|[\u202a-\u202e\u200b]/);
    }
  });

  it('run no script, may not be framed, and are kept by no cache', async () => {
    const { headers } = await visit(mine.person, '/dashboard');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect([headers.get('x-frame-options'), headers.get('cache-control')]).toEqual(['DENY', 'no-store']);
  });

  it('say unverified where nobody vouches, and when the app was used', async () => {
    const text = textOf(await visit(mine.person, '/dashboard'));
    expect(text).toMatch(/Publisher\s+unverified/);
    expect(text).toMatch(/Last used\s+\d+ \w{3} \d{4}/);
    expect(text).toContain('May ask for');
  });

  it('give another owner’s app and certificate the same answer as unknown ones (CF-16)', async () => {
    const { path } = await certificateOf(mine);
    const foreign = await appOf(hers.person);
    const unknown = await visit(mine.person, '/dashboard/apps/app_00000000000000000000000000');
    expect(unknown.status).toBe(404);
    for (const address of [
      `/dashboard/apps/${foreign}`,
      `/dashboard/apps/${foreign}/consent.json`,
      '/dashboard/certificates/cert_x',
      '/dashboard/nothing',
    ]) {
      const { status, body } = await visit(mine.person, address);
      expect([address, status, body]).toEqual([address, 404, unknown.body]);
    }
    expect((await visit(hers.person, path)).status).toBe(404);
    for (const act of ['revoke', 'pause', 'narrow']) {
      expect((await mine.person.post(`/dashboard/apps/${foreign}/${act}`, {})).status).toBe(404);
    }
    expect((await hers.call('get_account_summary')).structured).not.toBeNull();
  });

  it('show one certificate by the address that tools give, until it is hidden', async () => {
    const { path, title } = await certificateOf(mine);
    const page = await visit(mine.person, path);
    expect([page.status, textOf(page).includes(title)]).toEqual([200, true]);
    expect(page.body.split(`href="${world.url}/v/`)).toHaveLength(2);
    await world.database.statement(
      `update certificates set hidden_at = now() where account_id = (select account_id from apps where client_id = $1)`,
      [mine.app.clientId],
    );
    expect((await visit(mine.person, path)).status).toBe(404);
    await world.database.statement(
      `update certificates set hidden_at = null where account_id = (select account_id from apps where client_id = $1)`,
      [mine.app.clientId],
    );
  });

  it('show no list and no certificate of a cancelled service, however one asks (CS-32)', async () => {
    const { path } = await certificateOf(mine);
    const list = /\/dashboard\/lists\/lst_[0-9a-z]{26}/.exec((await visit(mine.person, '/dashboard/lists')).body)?.[0] ?? '';
    const answers = async () => {
      const pages = await Promise.all([list, path].map((each) => visit(mine.person, each)));
      const lists = textOf(await visit(mine.person, '/dashboard/lists')).includes('No lists yet');
      return [lists, ...pages.map(({ status }) => status)];
    };
    expect(await answers()).toEqual([false, 200, 200]);
    const set = (status: string) => world.database.statement(`update memberships set status = $1 where service = 'certfusion'`, [status]);
    await set('deactivated');
    expect(await answers()).toEqual([true, 404, 404]);
    await set('active');
  });

  it('hand out the consent as a file', async () => {
    const file = await visit(mine.person, `/dashboard/apps/${handle}/consent.json`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="consent.json"');
    expect(JSON.parse(file.body)).toMatchObject({
      person: { email: 'ada@example.com' },
      app: { app: handle, publisher_domain: null, redirect_host: 'app.example', status: 'active' },
      consents: [
        {
          status: 'active',
          ended_at: null,
          scopes: expect.arrayContaining(['account:read']),
          accepted_fields: expect.arrayContaining(['account.display_name']),
          policy_version: expect.any(String),
        },
      ],
    });
  });

  it('hand out all disclosures as CSV in which no cell is a formula, nobody else’s among them', async () => {
    const [{ name } = { name: '' }] = await world.database.statement<{ name: string }>('select name from apps where client_id = $1', [
      mine.app.clientId,
    ]);
    const rows = Array.from({ length: 620 }, (_, at) => ({ day: '2026-02-01', tool: `tool_${at}`, fields: ['title', 'status'] }));
    await tell(world, name, rows);
    await hers.call('get_account_summary');
    const file = await visit(mine.person, '/dashboard/disclosures.csv');
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = file.body.trimEnd().split('\r\n');
    expect(lines[0]).toBe('day,app,publisher,tool,purpose,field_names,calls,record_count,outcome');
    const old = lines.filter((line) => line.startsWith('2026-02-01'));
    expect(new Set(old).size).toBe(620);
    expect(old[0]).toBe(
      `2026-02-01,"'=cmd|'/c calc'!A1 <script>alert(1)</script>""",unverified,tool_0,fulfil_request,title status,1,1,answered`,
    );
    expect(file.body).not.toContain('Grace');
  });

  it('page through what an app was told', async () => {
    const first = await visit(mine.person, `/dashboard/apps/${handle}`);
    const older = /href="(\/dashboard\/apps\/[^"]*after=[^"]*)"/.exec(first.body)?.[1] ?? '';
    const second = await visit(mine.person, older.replaceAll('&amp;', '&'));
    const rowsOf = ({ body }: Visit) => body.split('<tr role="row"').length - 2;
    expect([rowsOf(first), rowsOf(second)]).toEqual([50, 50]);
    expect((await visit(mine.person, `/dashboard/apps/${handle}?after=x`)).status).toBe(400);
  });

  it('show the signed head of the owner’s latest row, and a file with which they check theirs offline, telling nothing of other accounts', async () => {
    await hers.call('search_certificates', { limit: 3 });
    const page = await visit(mine.person, '/dashboard/disclosures');
    const file = await visit(mine.person, '/dashboard/disclosures/heads.json');
    const { heads } = JSON.parse(file.body) as LedgerProof;
    expect(page.body).toContain(heads.at(-1)?.head);
    expect(verifyProof(JSON.parse(file.body))).toEqual({
      rows: await countRows('ada@example.com'),
      heads: heads.map(({ head }) => head),
      keys: [expect.stringMatching(/^[\w-]{43}$/)],
      problems: [],
    });
    expect(await countRows('grace@example.com')).toBeGreaterThan(0);
    expect(heads.flatMap(({ rows }) => rows.map((row) => (row.kind === 'tool' ? row.app : ''))).filter((app) => app !== handle)).toEqual(
      [],
    );
    expect(file.body).not.toMatch(/"seq"|[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(page.body).not.toMatch(/Chain \d|\d rows?,/);
    expect((await visit(hers.person, '/dashboard/disclosures')).body).not.toContain(heads.at(-1)?.head);
  });

  it('claim nothing because a link says so', async () => {
    for (const query of ['?done=revoked_all', `?done=revoked&app=${handle}`, '?done=paused', '?done=constructor']) {
      expect((await visit(mine.person, `/dashboard${query}`)).body).not.toContain('role="status"');
    }
  });

  it('obey no other site’s form (CS-09)', async () => {
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const path of [`/dashboard/apps/${handle}/revoke`, `/dashboard/apps/${handle}/narrow`, '/dashboard/apps/revoke-all']) {
      expect((await mine.person.post(path, {}, foreign)).status).toBe(403);
    }
    expect((await mine.call('get_account_summary')).structured).not.toBeNull();
  });

  it('refuse other methods, and change nothing on a GET', async () => {
    expect((await mine.person.post('/dashboard', {})).status).toBe(405);
    expect((await mine.person.post('/dashboard', {})).headers.get('allow')).toBe('GET');
    expect((await visit(mine.person, `/dashboard/apps/${handle}/revoke`)).url.pathname).toBe(`/dashboard/apps/${handle}`);
    expect((await mine.call('get_account_summary')).structured).not.toBeNull();
  });

  it('narrow by form: ticking what was not granted widens nothing', async () => {
    const form = new URLSearchParams('scope=account:read&scope=account:email&scope=nonsense&from=app');
    const page = await mine.person.submit(`/dashboard/apps/${handle}/narrow`, form);
    expect(page.url.pathname).toBe(`/dashboard/apps/${handle}`);
    expect(textOf(page)).toContain('May ask for 1 kind of data');
    expect((await mine.call('search_certificates')).status).toBe(403);
    const account = await mine.call('get_account_summary');
    expect(Object.keys(account.structured ?? {})).not.toContain('email');
  });

  it('revoke by one form without a password, and keep what the app was told (CF-10, BR-04)', async () => {
    const page = await mine.person.submit(`/dashboard/apps/${handle}/revoke`, {});
    expect(textOf(page)).toContain('access revoked');
    expect(textOf(page)).toContain('Connect your first app');
    expect((await mine.call('get_account_summary')).status).toBe(401);
    const past = await visit(mine.person, `/dashboard/apps/${handle}`);
    expect(textOf(past)).toContain('Revoked');
    expect(textOf(past)).toContain('get_account_summary');
    expect(past.body).not.toContain('/pause"');
  });

  it('hold no internal id, in body, address, header or cookie (CF-15)', () => {
    expect(seen.length).toBeGreaterThan(20);
    const texts = seen.flatMap(({ url, headers, body }) => [url.pathname, JSON.stringify([...headers]), body]);
    const link = new RegExp(`${world.url}/v/[0-9a-f-]{36}`, 'g');
    expect(texts.map((text) => text.replace(link, 'the verification link, the issuer’s own')).filter(holdsUuid)).toEqual([]);
  });
});
