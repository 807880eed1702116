import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ada, connect, grace, type ConnectedApp } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person, textOf } from '../support/person.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openWorld, type World } from '../support/world.ts';

const callback = 'https://app.example/callback';
const bounds = { unused_clients: 6, open_interactions: 8, open_interactions_connected: 4, fetches: 2, fetches_connected: 1 };
const small = JSON.stringify({ redirect_uris: [callback] });

describe('what strangers may take up of the whole installation', () => {
  let world: World;
  let mine: ConnectedApp;
  let networks = 0;
  const refused: string[] = [];
  /** Documents that are asked for wait for it. */
  let served: Promise<void> = Promise.resolve();
  const asked: string[] = [];

  const fetchClientDocument = async (url: string | URL) => {
    asked.push(String(url));
    await served;
    return String(url).endsWith('/big.json')
      ? Response.json({ client_id: String(url), redirect_uris: [callback], client_name: 'x'.repeat(60_000) })
      : Response.json({
          client_id: String(url),
          redirect_uris: [callback],
          client_name: 'Doc',
          logo_uri: `https://l.example/${'x'.repeat(2_000)}`,
        });
  };

  beforeAll(async () => {
    world = await openWorld({
      demo: true,
      trustedProxies: 1,
      bounds,
      fetchClientDocument,
      budgets: { authorize: 40, fetch_client: 5 },
      countRefusal: (limit) => void refused.push(limit),
    });
    mine = await connect(world, { name: 'Mine' });
  });
  beforeEach(() => {
    refused.length = 0;
    world.clock.advance({ minutes: 20 });
  });
  afterAll(() => world.close());

  const elsewhere = () => `198.51.100.${(networks += 1)}`;
  const register = async () => {
    const headers = [['x-forwarded-for', elsewhere()] as const, ['content-type', 'application/json'] as const];
    const { status, headers: said, body } = await sendRaw(world.url, { method: 'POST', target: '/oauth/register', headers, body: small });
    return { status, wait: Number(said.get('retry-after') ?? 0), body: JSON.parse(body) as Record<string, unknown> };
  };
  const appOf = (body: Record<string, unknown>) =>
    new OAuthApp({ origin: world.url, clientId: String(body['client_id']), redirectUri: callback });
  const begin = (app: OAuthApp, from = elsewhere(), query: Record<string, string> = {}) => {
    const { pathname, search } = app.authorization(query).url;
    const headers = [['x-forwarded-for', from] as const, ['accept', 'text/html'] as const];
    return sendRaw(world.url, { target: `${pathname}${search}`, headers }).then(({ status, headers: said, text }) => ({
      status,
      wait: Number(said.get('retry-after') ?? 0),
      text,
    }));
  };
  const count = async (where: string) =>
    Number((await world.database.statement<{ count: string }>(`select count(*)::text as count from ${where}`, []))[0]?.count);
  const strangersInteractions = () => count(`oauth_artifacts where kind = 'Interaction' and account_id is null and client_id is null`);

  it('in registrations has a bound for all networks together: the oldest that nobody connected make room', async () => {
    const first = appOf((await register()).body);
    for (let at = 0; at < bounds.unused_clients; at += 1) {
      world.clock.advance({ minutes: 16 });
      expect((await register()).status).toBe(201);
    }
    expect(await count('oauth_clients where connected_at is null')).toBe(bounds.unused_clients);
    expect((await begin(first)).status).toBe(400);
    expect(refused).toContain('unused_clients');
  });

  it('in registrations of the last minutes is refused beyond it, with a time to wait, and whoever is connected or is just connecting goes on', async () => {
    world.clock.advance({ hours: 1 });
    const latest = [];
    for (let at = 0; at < bounds.unused_clients; at += 1) latest.push(await register());
    const beyond = await register();
    expect([beyond.status, beyond.wait > 0, beyond.body['error']]).toEqual([503, true, 'temporarily_unavailable']);
    expect(await count('oauth_clients where connected_at is null')).toBe(bounds.unused_clients);
    expect((await mine.app.refresh(mine.refreshToken)).status).toBe(200);
    const connecting = appOf(latest[0]?.body ?? {});
    expect((await connecting.tokens(new Person(world.url), grace)).token_type).toBe('Bearer');
    expect((await register()).status).toBe(201);
  });

  it('in documents has the same bound: one that finds no room is served and not kept, and what is kept is what is needed', async () => {
    world.clock.advance({ hours: 1 });
    const document = (name: string) =>
      new OAuthApp({ origin: world.url, clientId: `https://docs.example/${name}.json`, redirectUri: callback });
    for (let at = 0; at < bounds.unused_clients + 2; at += 1) {
      world.clock.advance({ seconds: 16 });
      expect((await begin(document(`d${at}`))).status).toBe(303);
    }
    expect(await count('oauth_clients where connected_at is null')).toBe(bounds.unused_clients);
    expect(refused).toContain('unused_clients');
    const [row] = await world.database.statement<{ payload: string }>(
      `select payload::text from oauth_clients where client_id = 'https://docs.example/d0.json'`,
      [],
    );
    expect([Object.keys(JSON.parse(row?.payload ?? '{}')).sort(), (row?.payload.length ?? 0) < 300]).toEqual([
      ['client_id', 'client_name', 'redirect_uris'],
      true,
    ]);
  });

  it('in a document of 60 kB that is refused is nothing: it is not kept', async () => {
    expect(
      (await begin(new OAuthApp({ origin: world.url, clientId: 'https://docs.example/big.json', redirectUri: callback }))).status,
    ).toBe(400);
    expect(await count(`oauth_clients where client_id like '%big.json'`)).toBe(0);
  });

  it('in begun authorizations has a bound for all networks: old ones make room, and beyond it newcomers wait while those who are known go on', async () => {
    const stranger = await OAuthApp.register(world.url);
    for (let at = 0; at < bounds.open_interactions; at += 1) expect((await begin(stranger)).status).toBe(303);
    world.clock.advance({ minutes: 3 });
    for (let at = 0; at < bounds.open_interactions; at += 1) expect((await begin(stranger)).status).toBe(303);
    expect(await strangersInteractions()).toBe(bounds.open_interactions);
    const beyond = await begin(stranger);
    expect([beyond.status, beyond.wait > 0, /^location:/im.test(beyond.text)]).toEqual([503, true, false]);
    expect(await strangersInteractions()).toBe(bounds.open_interactions);
    expect(refused).toContain('open_interactions');
    expect((await mine.person.get(stranger.authorization().url)).status).toBe(200);
    expect((await new Person(world.url).get(mine.app.authorization().url)).status).toBe(200);
    const person = new Person(world.url);
    expect(textOf(await person.signIn(await person.get('/dashboard'), ada))).toContain('Mine');
  });

  it('in begun authorizations counts by network, or by the person who is signed in', async () => {
    const app = await OAuthApp.register(world.url);
    const from = elsewhere();
    const answers = [];
    for (let at = 0; at < 41; at += 1) {
      if (at % 5 === 4) world.clock.advance({ minutes: 3 });
      answers.push(await begin(app, from));
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(40).fill(303), 429]);
    expect(answers.at(-1)?.wait).toBeGreaterThan(0);
    expect((await begin(app)).status).toBe(303);
    const { search } = app.authorization().url;
    const cookie = [...mine.person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const known = await sendRaw(world.url, {
      target: `/oauth/authorize${search}`,
      headers: [
        ['x-forwarded-for', from],
        ['cookie', cookie],
      ],
    });
    expect(known.status).toBe(303);
  });

  it.each([
    ['state', 2_049],
    ['nonce', 513],
    ['login_hint', 321],
    ['ui_locales', 201],
    ['claims_locales', 201],
    ['acr_values', 201],
    ['display', 101],
    ['max_age', 101],
    ['prompt', 101],
    ['resource', 301],
  ])('in a %s of %i characters is nothing: the authorization is refused and not kept', async (name, length) => {
    const app = await OAuthApp.register(world.url);
    const filled: Record<string, string> = {
      resource: `${world.url}/mcp?${'x'.repeat(length)}`.slice(0, length),
      max_age: `${'0'.repeat(length - 1)}5`,
      prompt: Array.from({ length: Math.ceil(length / 6) + 1 }, () => 'login').join(' '),
    };
    const before = await strangersInteractions();
    expect((await begin(app, elsewhere(), { scope: 'openid account:read', [name]: filled[name] ?? 'x'.repeat(length) })).status).toBe(400);
    expect(await strangersInteractions()).toBe(before);
  });

  it('in many parameters at once, or one many times, is nothing', async () => {
    const app = await OAuthApp.register(world.url);
    const before = await strangersInteractions();
    const resource = (length: number) => `&resource=${encodeURIComponent(`${world.url}/mcp?${'x'.repeat(length)}`)}`;
    const filled = { state: 's'.repeat(2_048), login_hint: 'l'.repeat(320), ui_locales: 'u'.repeat(200), max_age: `${'0'.repeat(99)}5` };
    const { pathname, search } = app.authorization({
      ...filled,
      scope: 'openid account:read',
      nonce: 'n'.repeat(512),
      display: 'd'.repeat(100),
    }).url;
    const wide = await sendRaw(world.url, { target: `${pathname}${search}${resource(272).repeat(3)}` });
    expect([wide.status, wide.text.includes('sss')]).toEqual([400, false]);
    const many = await sendRaw(world.url, {
      target: `${app.authorization().url.pathname}${app.authorization().url.search}${resource(0).repeat(8)}`,
    });
    expect(many.status).toBe(400);
    expect(await strangersInteractions()).toBe(before);
  });

  it('in parameters just within their lengths is kept, at most 6 kB of it', async () => {
    const app = await OAuthApp.register(world.url);
    const query = {
      scope: 'openid account:read',
      state: 's'.repeat(2_048),
      nonce: 'n'.repeat(512),
      login_hint: `${'l'.repeat(300)}@example.com`,
      ui_locales: 'de en',
    };
    expect((await begin(app, elsewhere(), query)).status).toBe(303);
    const [row] = await world.database.statement<{ bytes: number }>(
      `select max(length(payload::text)) as bytes from oauth_artifacts where kind = 'Interaction'`,
      [],
    );
    expect(Number(row?.bytes)).toBeLessThan(6_000);
  });

  it('in fetches under way has a bound: beyond it newcomers wait, the same document is asked for once, and who is known goes on', async () => {
    const known = new OAuthApp({ origin: world.url, clientId: 'https://docs.example/known.json', redirectUri: callback });
    await known.tokens(new Person(world.url), ada);
    world.clock.advance({ hours: 2 });
    let release = (): void => undefined;
    served = new Promise((resolve) => {
      release = resolve;
    });
    const document = (name: string) =>
      new OAuthApp({ origin: world.url, clientId: `https://slow.example/${name}.json`, redirectUri: callback });
    const before = asked.length;
    const waiting = ['s1', 's2', 's1', 's2'].map((name) => begin(document(name)));
    await expect.poll(() => asked.slice(before).length).toBe(2);
    const beyond = await begin(document('s3'));
    expect([beyond.status, beyond.wait > 0]).toEqual([503, true]);
    const token = await document('s4').refresh('x');
    expect([token.status, Number(token.headers.get('retry-after')) > 0, (token.body as object as { error: string }).error]).toEqual([
      503,
      true,
      'temporarily_unavailable',
    ]);
    expect(refused).toContain('fetches');
    const goesOn = begin(known);
    await expect.poll(() => asked.slice(before)).toContain(known.clientId);
    const second = begin(known);
    release();
    expect((await Promise.all([...waiting, goesOn, second])).map(({ status }) => status)).toEqual([303, 303, 303, 303, 303, 303]);
    expect(asked.slice(before).filter((each) => each.includes('slow')).length).toBe(2);
  });

  it('by one neighbourhood has an end, whichever of its networks asks; another neighbourhood goes on', async () => {
    world.clock.advance({ hours: 1 });
    const neighbours = await openWorld({ demo: true, trustedProxies: 1, budgets: { register_range: 3, authorize_range: 3 } });
    const registerFrom = async (from: string) => {
      const headers = [['x-forwarded-for', from] as const, ['content-type', 'application/json'] as const];
      return (await sendRaw(neighbours.url, { method: 'POST', target: '/oauth/register', headers, body: small })).status;
    };
    const app = await OAuthApp.register(neighbours.url);
    const beginFrom = async (from: string) => {
      const { pathname, search } = app.authorization().url;
      return (await sendRaw(neighbours.url, { target: `${pathname}${search}`, headers: [['x-forwarded-for', from]] })).status;
    };
    for (const [done, tried] of [
      [201, registerFrom],
      [303, beginFrom],
    ] as const) {
      const ofOne = [];
      for (let at = 1; at <= 5; at += 1) ofOne.push(await tried(`2001:db8:1:${at}::1`));
      expect([ofOne, await tried('2001:db8:2:1::1')]).toEqual([[done, done, done, 429, 429], done]);
    }
    await neighbours.close();
  });

  it('of documents by one network is refused to that network, and to nobody who asks for the same at the same time', async () => {
    const from = elsewhere();
    const document = (name: string) =>
      new OAuthApp({ origin: world.url, clientId: `https://same.example/${name}.json`, redirectUri: callback });
    for (let at = 0; at < 5; at += 1) expect((await begin(document(`u${at}`), from)).status).toBe(303);
    for (let at = 0; at < 4; at += 1) {
      world.clock.advance({ minutes: 3 });
      const both = await Promise.all([begin(document(`both${at}`), from), begin(document(`both${at}`))]);
      expect(both[1]?.status).toBe(303);
    }
  });

  it('in keys is counted by network like documents, unless the client is connected', async () => {
    const from = elsewhere();
    const signing = async (at: number) => {
      world.clock.advance({ minutes: 16 });
      return OAuthApp.register(world.url, { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: `https://keys.example/${at}` });
    };
    const connected = await signing(0);
    await connected.connect(new Person(world.url), ada);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const presents = async ({ clientId }: OAuthApp) => {
      const claims = { iss: clientId, sub: clientId, aud: world.url, jti: 'x', exp: 4_000_000_000 };
      const body = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: 'x',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `${part({ alg: 'ES256', kid: 'k' })}.${part(claims)}.${'A'.repeat(86)}`,
      }).toString();
      const headers = [['x-forwarded-for', from] as const, ['content-type', 'application/x-www-form-urlencoded'] as const];
      return sendRaw(world.url, { method: 'POST', target: '/oauth/token', headers, body });
    };
    const before = asked.length;
    const answers = [];
    for (let at = 1; at <= 6; at += 1) answers.push(await presents(await signing(at)));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(JSON.parse(answers.at(-1)?.body ?? '')).toMatchObject({ error: 'temporarily_unavailable' });
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await presents(connected)).status).toBe(401);
    expect(asked.slice(before)).toEqual([1, 2, 3, 4, 5, 0].map((at) => `https://keys.example/${at}`));
  });
});
