import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, connect, grace, type ConnectedApp, type ToolAnswer } from '../support/connect.ts';
import { allPages, rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const madeUp = (kind: string): string => `${kind}_${[...randomBytes(25)].map((byte) => alphabet[byte % 32]).join('')}0`;

/** What a caller can see of a refusal. */
const seen = ({ status, body, headers }: ToolAnswer) => ({
  status,
  body,
  type: headers.get('content-type'),
  length: headers.get('content-length'),
});

describe('two owners, and two apps of one owner (CF-16)', () => {
  let world: World;
  let adas: ConnectedApp;
  let adasOther: ConnectedApp;
  let graces: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    adas = await connect(world, { owner: ada, choices: { tick: 'all' } });
    adasOther = await connect(world, { owner: ada, name: 'Other app', choices: { tick: 'all' } });
    graces = await connect(world, { owner: grace, choices: { tick: 'all' } });
    for (const app of [adas, adasOther, graces]) {
      for (const kind of ['access', 'portability']) await app.call('file_privacy_request', { kind, service: 'certumssl' });
    }
  });
  afterAll(() => world.close());

  const first = async (app: ConnectedApp, tool: string, key: string, handle: string): Promise<string> => {
    const [row] = rowsOf(await app.call(tool, tool.startsWith('search') ? { limit: 1 } : {}), key);
    return String(row?.[handle]);
  };

  it.each([
    ['get_certificate_summary', 'certificate', 'cert', 'search_certificates', 'certificates'],
    ['get_recipient_summary', 'recipient', 'rcp', 'search_recipients', 'recipients'],
    ['get_tls_certificate_summary', 'tls_certificate', 'tls', 'list_tls_certificates', 'tls_certificates'],
    ['cancel_privacy_request', 'request', 'req', 'list_privacy_requests', 'requests'],
  ])(
    '%s: a foreign, an unknown, a forged, another app’s and another kind’s handle get the very same answer',
    async (tool, input, kind, source, key) => {
      const own = await first(adas, source, key, input);
      const foreign = await first(graces, source, key, input);
      const others = await first(adasOther, source, key, input);
      expect((await adas.call(tool, { [input]: own })).error).toBeNull();
      const wrong = [
        foreign,
        others,
        madeUp(kind),
        madeUp(kind),
        `${own.slice(0, -1)}${own.endsWith('0') ? '4' : '0'}`,
        own.toUpperCase(),
        `${own} `,
        own.slice(0, -1),
        own.replace(kind, kind === 'cert' ? 'rcp' : 'cert'),
        await first(adas, 'list_certificate_lists', 'lists', 'list'),
        'x',
        '550e8400-e29b-41d4-a716-446655440000',
      ];
      const answers = await Promise.all(wrong.map(async (handle) => seen(await adas.call(tool, { [input]: handle }))));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]?.body).toContain('not_available');
      expect(seen(await graces.call(tool, { [input]: own }))).toEqual(answers[0]);
      expect(seen(await adasOther.call(tool, { [input]: own }))).toEqual(answers[0]);
    },
  );

  it.each(['search_certificates', 'search_recipients'])('%s: nobody else’s list can be named', async (tool) => {
    const foreign = await first(graces, 'list_certificate_lists', 'lists', 'list');
    // One made-up handle of 64 names an id that could be: among so many there is one.
    const forged = Array.from({ length: 200 }, () => madeUp('lst'));
    const answers = await Promise.all([foreign, ...forged, 'nothing'].map(async (list) => seen(await adas.call(tool, { list }))));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.body).toContain('not_available');
  });

  it('a foreign public number is as unknown as one that does not exist', async () => {
    const numbers = await world.database.statement<{ email: string; number: string }>(
      'select a.email, min(c.public_number) as number from certificates c join accounts a on a.id = c.account_id where c.hidden_at is null group by a.email',
      [],
    );
    const foreign = numbers.find(({ email }) => email === grace.email)?.number;
    expect((await graces.call('get_certificate_summary', { public_number: foreign })).error).toBeNull();
    const answers = [
      await adas.call('get_certificate_summary', { public_number: foreign }),
      await adas.call('get_certificate_summary', { public_number: 'CC-1999-0000' }),
    ];
    expect(answers.map(seen)[0]).toEqual(answers.map(seen)[1]);
  });

  it('a cursor of one app is expired_cursor in another, as is a forged one', async () => {
    const paged = [
      'search_certificates',
      'search_recipients',
      'list_certificate_lists',
      'list_tls_certificates',
      'list_tls_orders',
      'list_privacy_requests',
      'get_disclosure_history',
    ];
    for (const tool of paged) {
      const cursor = (await adas.call(tool, { limit: 1 })).structured?.['next_cursor'];
      expect(cursor).toEqual(expect.any(String));
      expect((await adas.call(tool, { limit: 1, cursor })).error).toBeNull();
      const answers = [
        await adasOther.call(tool, { limit: 1, cursor }),
        await graces.call(tool, { limit: 1, cursor }),
        await adas.call(tool, { limit: 1, cursor: randomBytes(80).toString('base64url') }),
        await adas.call(tool, { limit: 1, cursor: 'x' }),
      ].map(seen);
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]?.body).toContain('expired_cursor');
    }
  });

  it('two apps of one account share no handle, and neither shares one with the dashboard', async () => {
    const handlesOf = async (app: ConnectedApp): Promise<string[]> => {
      const pages = [
        ...(await allPages(app, 'search_certificates', 'certificates', { limit: 50 })),
        ...(await allPages(app, 'search_recipients', 'recipients', { limit: 50 })),
        ...(await allPages(app, 'list_certificate_lists', 'lists')),
        ...(await allPages(app, 'list_tls_certificates', 'tls_certificates')),
        ...(await allPages(app, 'list_tls_orders', 'orders')),
        ...(await allPages(app, 'list_privacy_requests', 'requests')),
        rowsOf(await app.call('list_connected_apps'), 'apps'),
      ];
      const kinds = ['certificate', 'recipient', 'list', 'tls_certificate', 'order', 'request', 'app'];
      return pages.flat().flatMap((row) => kinds.map((kind) => row[kind]).find((handle) => typeof handle === 'string') ?? []);
    };
    const [one, other] = [await handlesOf(adas), await handlesOf(adasOther)];
    expect(one.length).toBeGreaterThan(200);
    expect(one).toHaveLength(other.length);
    expect(new Set([...one, ...other]).size).toBe(one.length + other.length);
    expect(new Set([...one, ...other].map((handle) => handle.slice(-26))).size).toBe(one.length + other.length);
    const dashboard = (JSON.parse((await adas.person.get('/api/apps')).body) as { apps: { app: string }[] }).apps.map(({ app }) => app);
    expect(dashboard.filter((handle) => one.includes(handle) || other.includes(handle))).toEqual([]);
  });

  it('each app sees its own owner’s data alone, whatever the tool', async () => {
    for (const [app, own, foreign] of [
      [adas, 'Ada Lovelace Academy', 'Grace Hopper Institute'],
      [graces, 'Grace Hopper Institute', 'Ada Lovelace Academy'],
    ] as const) {
      const bodies = [
        await app.call('get_account_summary'),
        await app.call('list_certificate_lists'),
        await app.call('search_certificates', { limit: 50 }),
        await app.call('search_recipients', { limit: 50 }),
        await app.call('list_connected_apps'),
        await app.call('get_disclosure_history'),
      ].map(({ body }) => body);
      expect([bodies.join().includes(own), bodies.join().includes(foreign)]).toEqual([true, false]);
    }
    expect(rowsOf(await graces.call('list_connected_apps'), 'apps')).toHaveLength(1);
    const names = await world.database.statement<{ email: string; name: string }>(
      'select a.email, c.common_name as name from tls_certificates c join accounts a on a.id = c.account_id where c.hidden_at is null',
      [],
    );
    for (const [app, email] of [
      [adas, ada.email],
      [graces, grace.email],
    ] as const) {
      const bodies = [
        await app.call('list_tls_certificates', { limit: 50 }),
        await app.call('list_tls_orders', { limit: 50 }),
        await app.call('get_tls_expiry_report', { within_days: 400 }),
      ].map(({ text }) => text ?? '');
      const told = new Set(names.filter(({ name }) => bodies.join().includes(`"${name}"`)).map((each) => each.email));
      expect([...told]).toEqual([email]);
    }
  });

  it('restricted records are nowhere to be found (CS-44)', async () => {
    const [hidden] = await world.database.statement<{ number: string }>(
      `select public_number as number from certificates where hidden_at is not null limit 1`,
      [],
    );
    expect(hidden).toBeDefined();
    expect((await adas.call('get_certificate_summary', { public_number: hidden?.number })).error).toBe('not_available');
    expect((await adas.call('search_certificates', { query: 'restricted' })).structured).toEqual({ certificates: [], next_cursor: null });
    expect((await adas.call('search_certificates', { query: 'hidden' })).structured).toEqual({ certificates: [], next_cursor: null });
  });
});
