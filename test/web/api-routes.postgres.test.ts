import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookiesOf, handleOf } from '../support/attempts.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

/** What each endpoint takes from its owner's own page and answers; `:app` and `:request` are theirs. */
const honest: Readonly<Record<string, readonly [status: number, body?: string]>> = {
  'GET /api/apps': [200],
  'GET /api/apps/:app': [200],
  'PATCH /api/apps/:app': [200, '{"scopes":["account:read"]}'],
  'POST /api/apps/:app/pause': [200, '{}'],
  'POST /api/apps/:app/resume': [200, '{}'],
  'POST /api/apps/:app/revoke': [200, '{}'],
  'POST /api/apps/revoke-all': [200, '{}'],
  'GET /api/disclosures': [200],
  'GET /api/retention': [200],
  'GET /api/requests': [200],
  'POST /api/requests': [201, '{"kind":"access","service":"certfusion"}'],
  'POST /api/requests/:request/confirm': [200, '{}'],
  'GET /api/requests/:request/export': [200],
  'POST /api/requests/:request/withdraw': [404, '{}'],
  'POST /api/account/deactivate': [200, '{"service":"certfusion"}'],
};
const withPassword = ['POST /api/requests/:request/confirm', 'GET /api/requests/:request/export', 'POST /api/account/deactivate'];
/** Stand in the list of routes to say 405, since another path would take them for a name. */
const noRoutes = ['GET /api/apps/revoke-all', 'PATCH /api/apps/revoke-all'];

const json = { 'content-type': 'application/json' };

describe('each JSON endpoint of the dashboard', () => {
  let world: World;
  let app: ConnectedApp;
  let routes: string[];
  let paths: ReadonlyMap<string, string>;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
    const known = world.routes.filter(({ path }) => path.startsWith('/api/')).map(({ method, path }) => `${method} ${path}`);
    routes = known.filter((each) => !noRoutes.includes(each));
    const filed = await send('POST /api/requests', { headers: json, body: '{"kind":"access","service":"certfusion"}' });
    paths = new Map([
      [':app', await handleOf(app)],
      [':request', String(filed.json['request'])],
    ]);
  });
  afterAll(() => world.close());

  async function send(route: string, { signedIn = true, headers = {}, body }: Attempt = {}) {
    const [method = '', path = ''] = route.split(' ');
    const target = path.replace(/:\w+/, (name) => paths.get(name) ?? name);
    const response = await fetch(`${world.url}${target}`, {
      method,
      headers: { ...(signedIn && { cookie: cookiesOf(app.person) }), ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { response, json: JSON.parse(text) as Record<string, unknown>, status: response.status };
  }

  /** How each of these routes refuses an attempt: status and code. */
  async function refusals(of: readonly string[], attempt: Attempt): Promise<Record<string, string>> {
    const said = of.map(async (route) => {
      const { status, json: answer } = await send(route, attempt);
      const { code } = (answer['error'] ?? {}) as { code?: string };
      return [route, Object.keys(answer).length === 1 ? `${status} ${code}` : `${status}`] as const;
    });
    return Object.fromEntries(await Promise.all(said));
  }
  const all = (of: readonly string[], said: string) => Object.fromEntries(of.map((route) => [route, said]));
  const changing = () => routes.filter((route) => !route.startsWith('GET '));
  const reading = () => routes.filter((route) => route.startsWith('GET '));

  it('is in this table', () => {
    expect(routes.toSorted()).toEqual(Object.keys(honest).toSorted());
    expect(reading().length).toBeGreaterThan(4);
    expect(changing().length).toBeGreaterThan(7);
  });

  it('lets no one in who is signed out', async () => {
    expect(await refusals(routes, { signedIn: false, headers: json })).toEqual(all(routes, '401 unauthorized'));
  });

  it.each<[string, Record<string, string>]>([
    ['another site’s page', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site’s page in a browser that says no more', { origin: 'https://evil.example' }],
    ['a page of a neighbouring host', { origin: 'http://evil.localhost', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page without an origin, as of another site', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ])('obeys nothing that %s sends with its owner’s cookies, and lets it read nothing (CS-09)', async (_, headers) => {
    expect(await refusals(changing(), { headers: { ...headers, ...json }, body: '{}' })).toEqual(all(changing(), '403 forbidden'));
    for (const route of reading()) {
      const { response, status } = await send(route, { headers });
      expect([route, status === 403 || headers['sec-fetch-site'] === undefined]).toEqual([route, true]);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it.each([
    ['application/x-www-form-urlencoded', 'a=b'],
    ['application/x-www-form-urlencoded', ''],
    ['multipart/form-data; boundary=a', '--a--'],
    ['text/plain', '{}'],
    ['text/plain;charset=application/json', '{}'],
    ['application/jsonx', '{}'],
  ])('that changes something takes no %s: what a form can send without asking is no JSON', async (type, body) => {
    const attempt = { headers: { 'content-type': type }, body };
    expect(await refusals(changing(), attempt)).toEqual(all(changing(), '415 unsupported_media_type'));
  });

  it.each(['{', '[]', '"a"', 'null', '{"a":1}', '{"__proto__":{"a":1},"b":2}', '\u0000', '{}{}'])(
    'that changes something takes no %j',
    async (body) => {
      expect(await refusals(changing(), { headers: json, body })).toEqual(all(changing(), '400 invalid_input'));
    },
  );

  it('that changes something takes nothing too large', async () => {
    const attempt = { headers: json, body: JSON.stringify({ a: 'x'.repeat(70_000) }) };
    expect(await refusals(changing(), attempt)).toEqual(all(changing(), '413 too_large'));
  });

  it('knows its methods, and says them', async () => {
    for (const path of new Set(routes.map((route) => route.slice(route.indexOf(' ') + 1)))) {
      for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].filter((each) => !routes.includes(`${each} ${path}`))) {
        const { status, response } = await send(`${method} ${path}`, method === 'GET' ? {} : { headers: json, body: '{}' });
        expect([method, path, status]).toEqual([method, path, 405]);
        const said = (response.headers.get('allow') ?? '').split(', ').map((each) => `${each} ${path}`);
        expect(said.filter((each) => !routes.includes(each) && !noRoutes.includes(each))).toEqual([]);
      }
    }
    expect(await refusals(noRoutes, {})).toEqual(all(noRoutes, '405 method_not_allowed'));
  });

  it('that ends or hands out something asks for a recent sign-in, and the others don’t', async () => {
    world.clock.advance({ minutes: 6 });
    const said = { ...(await refusals(reading(), {})), ...(await refusals(changing(), { headers: json, body: '{"a":1}' })) };
    world.clock.advance({ minutes: -6 });
    expect(routes.filter((route) => said[route] === '401 reauthentication_needed').toSorted()).toEqual(withPassword.toSorted());
  });

  it('has changed nothing by all that, and takes what its owner’s page sends', async () => {
    expect((await send('GET /api/apps/:app')).json).toMatchObject({ status: 'active' });
    const { requests } = (await send('GET /api/requests')).json as { requests: { status: string }[] };
    expect(requests.map(({ status }) => status)).toEqual(['awaiting_confirmation', 'done']);
    for (const [route, [status, body]] of Object.entries(honest)) {
      const own = { origin: world.url, 'sec-fetch-site': 'same-origin', ...(body !== undefined && json) };
      const answer = await send(route, { headers: own, ...(body !== undefined && { body }) });
      expect([route, answer.status]).toEqual([route, status]);
    }
  });
});

interface Attempt {
  readonly signedIn?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
