import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chanceFrom } from '../src/demo/chance.ts';
import { toolsOf } from '../src/tools/index.ts';
import { services } from '../src/policy/classes.ts';
import { canariesOf, neverSentColumns, plantedIn, withoutCanary } from './support/canaries.ts';
import { ada, connect, grace, mcp, type ConnectedApp } from './support/connect.ts';
import { testDataKey } from './support/engines.ts';
import { makeLeakSearch } from './support/leak-search.ts';
import { Person } from './support/person.ts';
import { allPages, rowsOf } from './support/pages.ts';
import { recordAnswers, type Recorder, type Sent } from './support/recorder.ts';
import { legacyMcp } from './support/tool-list.ts';
import { validInputs } from './support/valid-inputs.ts';
import { openWorld, type World } from './support/world.ts';

const installed = toolsOf(services);
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

const linkCode = /\/v\/([0-9a-f-]{36})/;

/** Shown to the issuer, who may declare the field shareable. */
const privateFieldName = /canary-custom_fields-private_name-\d+/g;

/** Texts that stand for one owner's data and occur in nobody else's. */
const ownTexts = {
  'ada@example.com': [
    'Ada Lovelace Academy',
    'academy.example',
    'Data Protection Basics',
    'Yoga Teacher',
    '日本語能力講座',
    'Employee number canary-custom_fields-private_name-1',
  ],
  'grace@example.com': [
    'Grace Hopper Institute',
    'institute.example',
    'Compiler Construction',
    'Forklift Licence',
    'Employee number canary-custom_fields-private_name-2',
  ],
};

describe('nothing that is never sent leaves, through any channel (BR-03, CF-12 to CF-16, CS-08)', () => {
  let world: World;
  let recorder: Recorder;
  let adas: ConnectedApp;
  let graces: ConnectedApp;
  let adasSent: Sent[];
  let gracesSent: Sent[];
  let foreign: unknown;
  let certificatePage: string;
  /** Of each owner: what stands in their own file of the ledger, by right. */
  let proofs: readonly (readonly string[])[] = [];

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    recorder = recordAnswers();
    adasSent = await keep(async () => {
      adas = await connect(world, { owner: ada, name: 'Ada’s app', choices: { tick: 'all' } });
    });
    gracesSent = await keep(async () => {
      graces = await connect(world, { owner: grace, name: 'Grace’s app', choices: { tick: 'all' } });
    });
    gracesSent.push(...(await keep(() => askPages(graces))));
    foreign = rowsOf(await graces.call('search_certificates', { limit: 1 }), 'certificates')[0]?.['certificate'];
    adasSent.push(...(await keep(() => askEverything(adas))));
    certificatePage = await ownCertificatePage();
    adasSent.push(...(await keep(() => visitPages(adas))));
    gracesSent.push(...(await keep(() => visitPages(graces))));
    await visitAsStranger();
    await errorPaths();
  }, 300_000);
  afterAll(async () => {
    recorder.stop();
    await world.close();
  });

  async function keep(work: () => Promise<void>): Promise<Sent[]> {
    const from = recorder.sent.length;
    await work();
    return recorder.sent.slice(from);
  }

  async function askPages(app: ConnectedApp): Promise<void> {
    await allPages(app, 'search_certificates', 'certificates', { limit: 50 });
    await allPages(app, 'search_recipients', 'recipients', { limit: 50 });
    for (const { name } of installed) if (name !== 'disconnect_this_app') await app.call(name);
  }

  async function ownCertificatePage(): Promise<string> {
    const { certificate } = (await validInputs(adas))['get_certificate_summary'] ?? {};
    return String((await adas.call('get_certificate_summary', { certificate })).structured?.['dashboard_url']);
  }

  /** Every tool with many shapes of arguments, in both protocol eras. */
  async function askEverything(app: ConnectedApp): Promise<void> {
    await askPages(app);
    const valid = await validInputs(app);
    const [record] = await world.database.statement<{ id: string; code: string }>(
      'select id, verification_code as code from certificates limit 1',
      [],
    );
    for (const { name, input } of installed) {
      if (name === 'disconnect_this_app') continue;
      const keys = Object.keys(input.shape);
      const shapes: unknown[] = [
        valid[name] ?? {},
        ...garbage(keys, name),
        { certificate: foreign },
        { recipient: foreign },
        { certificate: record?.id },
        { public_number: record?.code },
        { query: record?.code },
      ];
      const some = shapes.filter((_, at) => world.database.engine === 'postgres' || at % 4 === 0);
      for (const shape of some) await app.call(name, shape);
      for (const shape of some.slice(0, world.database.engine === 'postgres' ? 12 : 4))
        await legacyMcp(world.url, { accessToken: app.accessToken, method: 'tools/call', params: { name, arguments: shape } });
    }
  }

  async function visitPages({ person }: ConnectedApp): Promise<void> {
    const waiting = [
      '/',
      '/dashboard',
      '/dashboard/disclosures',
      '/dashboard/disclosures.csv',
      '/dashboard/disclosures/heads.json',
      '/dashboard/requests',
      '/dashboard/data',
      '/dashboard/account',
      '/contact',
      '/privacy/certfusion',
      '/promises',
      '/sign-in',
      '/api/apps',
      '/api/disclosures',
      '/api/requests',
      '/api/retention',
    ];
    await person.get(certificatePage);
    const seen = new Set<string>();
    for (
      let path = waiting.shift();
      path !== undefined && seen.size < (world.database.engine === 'postgres' ? 80 : 25);
      path = waiting.shift()
    ) {
      if (seen.has(path)) continue;
      seen.add(path);
      const { body } = await person.get(path);
      for (const [, href = ''] of body.matchAll(/href="(\/[^"#]*)"/g))
        if (!href.startsWith('/v/')) waiting.push(href.replaceAll('&amp;', '&'));
    }
    const { apps } = JSON.parse((await person.get('/api/apps')).body) as { apps: { app: string }[] };
    for (const { app } of apps) await person.get(`/api/apps/${app}`);
    for (const path of [
      '/dashboard/apps/app_x',
      '/dashboard/certificates/cert_x',
      '/api/apps/x',
      `/dashboard/apps/${randomUUID().slice(0, 8)}`,
    ])
      await person.get(path);
    for (const path of ['/dashboard/apps/revoke-all', '/api/apps/x/revoke', '/sign-out/x'])
      await person.post(path, { a: 'b' }, { origin: 'https://evil.example' });
  }

  async function visitAsStranger(): Promise<void> {
    const stranger = new Person(world.url);
    const paths = [
      '/',
      '/dashboard',
      '/dashboard/disclosures',
      '/api/apps',
      '/api/disclosures',
      '/v/x',
      '/healthz',
      '/readyz',
      '/metrics',
      '/nothing',
      '/password/x',
      '/interaction/x',
      '/sign-in',
      '/.well-known/oauth-authorization-server',
      '/.well-known/oauth-protected-resource',
      '/oauth/jwks',
      '/oauth/authorize',
      '/oauth/authorize?client_id=x&redirect_uri=https://evil.example',
    ];
    for (const path of paths) await stranger.get(path);
    const page = await stranger.get('/sign-in');
    for (const password of ['wrong', 'correct horse battery stapl', 'x'.repeat(5000)])
      await stranger.signIn(page, { email: 'ada@example.com', password });
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/register', '/sign-in', '/nothing']) {
      await fetch(`${world.url}${path}`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: adas.app.clientId }),
      });
      await fetch(`${world.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"redirect_uris":[{}]}',
      });
    }
  }

  async function errorPaths(): Promise<void> {
    const { accessToken } = adas;
    const call = { accessToken, method: 'tools/call', name: 'search_certificates', params: { name: 'search_certificates', arguments: {} } };
    for (const [from, to] of [
      ['certificates', 'away'],
      ['ledger_heads', 'away'],
      ['accounts', 'away'],
    ] as const) {
      await world.database.statement(`alter table ${from} rename to ${to}`, []);
      for (const { name } of installed) if (name !== 'disconnect_this_app') await adas.call(name);
      await adas.person.get('/dashboard');
      await adas.person.get('/api/apps');
      await world.database.statement(`alter table ${to} rename to ${from}`, []);
    }
    for (const method of ['GET', 'DELETE', 'PUT', 'PATCH'])
      await fetch(`${world.url}/mcp`, { method, headers: { authorization: `Bearer ${accessToken}` } });
    for (const body of [
      '',
      '{',
      '[]',
      '[[[[',
      'null',
      `{"jsonrpc":"2.0","id":1,"method":"tools/call"}`,
      '{"a":'.repeat(2000),
      'x'.repeat(300_000),
    ]) {
      await fetch(`${world.url}/mcp`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        body,
      });
    }
    await fetch(`${world.url}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'text/plain' },
      body: '{}',
    });
    for (const token of [undefined, 'x'.repeat(43), `${accessToken}x`, adas.refreshToken])
      await mcp(world.url, { ...call, ...(token === undefined ? { accessToken: '' } : { accessToken: token }) });
    for (const method of ['resources/list', 'prompts/list', 'initialize', 'ping', 'nothing', 'tools/list'])
      await mcp(world.url, { accessToken, method });
    await adas.app.refresh('x');
    await adas.app.redeem({ code: 'x', verifier: 'x' });
    await adas.app.revoke('x');
    await adas.call('disconnect_this_app', { confirm: true });
    await adas.call('search_certificates');
    await adas.app.refresh(adas.refreshToken);
  }

  it('has a canary in every never-sent column that can hold one, so that this test cannot forget a column', async () => {
    const bare: string[] = [];
    for (const column of neverSentColumns) {
      const name = `${column.table}.${column.column}`;
      if (['internal', 'control', 'operational'].includes(column.dataClass) || name in withoutCanary) continue;
      if ((await plantedIn({ database: world.database, dataKey: testDataKey, column })).length === 0) bare.push(name);
    }
    expect(bare).toEqual([]);
  });

  it('was looked for in thousands of answers of every kind', () => {
    const statuses = new Set(recorder.sent.map(({ status }) => status));
    for (const status of [200, 201, 303, 400, 401, 403, 404, 405, 413, 415]) expect([...statuses]).toContain(status);
    expect(recorder.sent.length).toBeGreaterThan(world.database.engine === 'postgres' ? 500 : 200);
    expect(world.logged.length).toBeGreaterThan(100);
  });

  it('is in no answer, header, cookie or log line, plain, encoded or reversed', async () => {
    const allowed = await ownersMaySee();
    proofs = [await proofOf(ada.email), await proofOf(grace.email)];
    const canaries = (await canariesOf({ database: world.database, dataKey: testDataKey })).filter(
      (each) => each.length >= 8 && !allowed.has(each),
    );
    expect(canaries.length).toBeGreaterThan(2000);
    const search = makeLeakSearch(canaries);
    const leaks = recorder.sent.flatMap(({ to, status, text }) =>
      search(withoutOwnersOwn(to, text)).map((leak) => `${to} ${status}: ${leak}`),
    );
    expect(leaks.slice(0, 20)).toEqual([]);
    // A line's own time may be that of the ledger row of the same call.
    const logged = world.logged.map((line) => line.replace(/"time":"[^"]*",/, ''));
    expect(logged.flatMap((line) => search(line).map((leak) => `${leak} in ${line}`)).slice(0, 20)).toEqual([]);
  });

  it('no UUID is in any answer or log line, but in an owner’s own verification link', () => {
    const found = recorder.sent.map(({ to, text }) => ({ to, id: uuid.exec(withoutOwnersOwn(to, text))?.[0] }));
    expect(found.filter(({ id }) => id !== undefined)).toEqual([]);
    expect(world.logged.filter((line) => uuid.test(line))).toEqual([]);
  });

  it('a verification link is on its certificate’s page, for its owner alone', async () => {
    const codes = await world.database.statement<{ code: string }>(
      `select c.verification_code as code from certificates c join accounts a on a.id = c.account_id where a.email = 'ada@example.com'`,
      [],
    );
    const shown = recorder.sent
      .filter(({ to }) => to === `GET ${certificatePage}`)
      .map(({ text, status }) => {
        const code = linkCode.exec(text)?.[1];
        return {
          status,
          own: code !== undefined && codes.some((each) => each.code === code),
          foreign: code !== undefined && !codes.some((each) => each.code === code),
        };
      });
    expect(shown).toMatchObject([
      { status: 200, foreign: false },
      { status: 404, own: false, foreign: false },
    ]);
  });

  it('no answer to one owner holds a text of the other (CF-16)', () => {
    const leaks = (sent: readonly Sent[], texts: readonly string[]) =>
      sent.flatMap(({ to, text }) => texts.filter((each) => text.includes(each)).map((each) => `${to}: ${each}`));
    expect(leaks(adasSent, ownTexts['grace@example.com'])).toEqual([]);
    expect(leaks(gracesSent, ownTexts['ada@example.com'])).toEqual([]);
    expect(leaks(adasSent, ownTexts['ada@example.com']).length).toBeGreaterThan(10);
    expect(
      world.logged.filter((line) => [...Object.values(ownTexts).flat(), 'example.org', 'Byron'].some((each) => line.includes(each))),
    ).toEqual([]);
  });

  it('no log line holds a token, a code, an address or an argument', () => {
    const secrets = [
      adas.accessToken,
      adas.refreshToken,
      graces.accessToken,
      graces.refreshToken,
      'correct horse',
      'canary',
      'x'.repeat(40),
      '127.0.0.1',
      '::1',
    ];
    expect(world.logged.flatMap((line) => secrets.filter((each) => line.includes(each)).map((each) => `${each} in ${line}`))).toEqual([]);
  });

  function withoutOwnersOwn(to: string, text: string): string {
    if (to === `GET ${world.url}/dashboard/disclosures/heads.json`) {
      const own = proofs.find((proof) => proof.some((each) => each.length === 32 && text.includes(each))) ?? [];
      return own.reduce((rest, each) => rest.replaceAll(each, ''), text);
    }
    if (to.startsWith(`GET ${world.url}/dashboard/lists/`)) return text.replaceAll(privateFieldName, '');
    return to === `GET ${certificatePage}` ? text.replaceAll(new RegExp(linkCode, 'g'), '') : text;
  }

  /** What an owner checks their ledger with: the salts and times of their own rows, and leaves, which are hashes. */
  async function proofOf(email: string): Promise<string[]> {
    const own = await world.database.statement<{ salt: string; at: string }>(
      `select encode(d.salt, 'hex') as salt, d.at from disclosures d join accounts a on a.id = d.account_id where a.email = $1`,
      [email],
    );
    const leaves = await world.database.statement<{ leaf: string }>(`select encode(leaf, 'hex') as leaf from ledger_leaves`, []);
    return [...own.flatMap(({ salt, at }) => [salt, new Date(at).toISOString()]), ...leaves.map(({ leaf }) => leaf)];
  }

  /** What pages of the owner show by their purpose: the heads of the ledger, and when they consented. */
  async function ownersMaySee(): Promise<Set<string>> {
    const heads = await world.database.statement<{ text: string }>(
      `select unnest(array[encode(head, 'hex'), encode(signature, 'hex'), encode(head, 'base64'), encode(signature, 'base64'), key_id::text, writer_id::text]) as text from ledger_heads`,
      [],
    );
    const instants = await world.database.statement<{ text: string }>(
      'select signed_at as text from ledger_heads union select consented_at from grants',
      [],
    );
    const times = instants.flatMap(({ text }) => [new Date(text).toISOString(), String(Date.parse(text))]);
    return new Set([...heads.flatMap(({ text }) => [text, text.replaceAll('-', '')]), ...times]);
  }
});

/** Arguments of wrong types, sizes and meanings for the keys that a tool knows, the same in every run. */
function garbage(keys: readonly string[], seed: string): unknown[] {
  const chance = chanceFrom(seed.length * 7919);
  const values: readonly [unknown, ...unknown[]] = [
    null,
    true,
    -1,
    1e308,
    '',
    'ada',
    'x'.repeat(5000),
    '🙂',
    "' or 1=1 --",
    '%00',
    [],
    {},
    [[['x']]],
    { $gt: '' },
    '2026-02-30',
    randomUUID().replace(/./, 'g'),
    'cert_00000000000000000000000000',
    '\u0000',
    '../../etc/passwd',
    '${jndi:x}',
  ];
  const filled = keys.flatMap((key) => [chance.pick(values), chance.pick(values)].map((value) => ({ [key]: value })));
  const all = Object.fromEntries(keys.map((key) => [key, chance.pick(values)]));
  return [
    null,
    [],
    'x',
    5,
    { nothing: 1 },
    { account_id: 'x', password_hash: true },
    { fields: ['password_hash', 'email', '*'] },
    all,
    ...filled,
    Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, at])),
  ];
}
