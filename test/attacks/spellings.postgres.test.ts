import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookiesOf } from '../support/attempts.ts';
import { ada, connect } from '../support/connect.ts';
import { Person } from '../support/person.ts';
import { sendRaw, type RawAnswer, type RawRequest } from '../support/raw-http.ts';
import { openWorld, type World } from '../support/world.ts';

const spellings: readonly (readonly [how: string, spell: (path: string) => string])[] = [
  ['its last word in capitals', (path) => path.replace(/[^/]+$/, (word) => word.toUpperCase())],
  ['one capital', (path) => path.replace(/[^/]+$/, (word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)],
  ['its first word in capitals', (path) => path.replace(/[^/]+/, (word) => word.toUpperCase())],
  ['a slash at its end', (path) => `${path}/`],
  ['two slashes at its end', (path) => `${path}//`],
  ['a doubled slash', (path) => path.replace(/\/(?=[^/]+$)/, '//')],
  ['a doubled slash at its start', (path) => `/${path}`],
  ['a host before it', (path) => `//x${path}`],
  ['an escaped letter', (path) => path.replace(/[^/](?=[^/]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)],
  ['an escaped slash', (path) => path.replace(/\/(?=[^/]+$)/, '%2F')],
  ['an escaped slash at its end', (path) => `${path}%2f`],
  ['a step up', (path) => `/x/..${path}`],
  ['an escaped step up', (path) => `/x/%2e%2E${path}`],
  ['a step on the spot', (path) => `/.${path}`],
  ['a backslash', (path) => path.replace(/\/(?=[^/]+$)/, '\\')],
  ['a fragment', (path) => `${path}#x`],
  ['a parameter', (path) => `${path};x`],
  ['a blank at its end', (path) => `${path}%20`],
  ['a letter that folds to one of it', (path) => path.replace(/s/, '%C5%BF')],
];

const oauthPaths = [
  '/oauth/register',
  '/oauth/token',
  '/oauth/revoke',
  '/oauth/authorize',
  '/oauth/jwks',
  '/.well-known/openid-configuration',
];
const callback = 'https://app.example/callback';
const registration = { headers: [['content-type', 'application/json']] as const, body: JSON.stringify({ redirect_uris: [callback] }) };
const form = {
  headers: [['content-type', 'application/x-www-form-urlencoded']] as const,
  body: 'grant_type=refresh_token&refresh_token=x&token=x&client_id=x',
};

describe('a path', () => {
  let world: World;
  let cookie = '';

  beforeAll(async () => {
    world = await openWorld({ demo: true, budgets: { register: 4, token: 4 } });
    cookie = cookiesOf((await connect(world)).person);
  });
  afterAll(() => world.close());

  const send = (request: RawRequest) => sendRaw(world.url, request);
  const isNone = ({ status, headers }: RawAnswer) => [status, headers.get('access-control-allow-origin') ?? null];
  const clients = async () =>
    (await world.database.statement<{ count: string }>('select count(*)::text as count from oauth_clients', []))[0]?.count;

  it.each(spellings)('of OAuth with %s is none: 404, whatever the method, and readable for no other site', async (_, spell) => {
    for (const path of oauthPaths) {
      const target = spell(path);
      if (target === path) continue;
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { headers, body } = path.endsWith('register') ? registration : form;
        const origin = method === 'POST' ? [] : [['origin', 'https://app.example'] as const];
        const answer = await send({ method, target, headers: [...headers, ...origin], ...(method === 'POST' && { body }) });
        expect([target, method, ...isNone(answer)]).toEqual([target, method, 404, null]);
      }
    }
  });

  it('of OAuth in whatever spelling stores nothing, and is counted where it is served', async () => {
    const before = await clients();
    for (const [, spell] of spellings)
      expect((await send({ method: 'POST', target: spell('/oauth/register'), ...registration })).status).toBe(404);
    expect(await clients()).toBe(before);
    const statuses = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await send({ method: 'POST', target: '/oauth/token', ...form })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
    for (const target of ['/oauth/revoke?x=1', '/oauth/token?', '/oauth/token?/oauth/jwks'])
      expect((await send({ method: 'POST', target, ...form })).status).toBe(429);
  });

  it('of the pages, of /mcp or of the JSON endpoints with another spelling is none, for a person who is signed in too', async () => {
    for (const [how, spell] of spellings) {
      for (const path of ['/dashboard', '/api/apps', '/mcp', '/healthz', '/privacy/certfusion', '/sign-in']) {
        const target = spell(path);
        // Some clients end their address with a slash, and are served.
        if (target === path || target === '/mcp/' || !target.startsWith('/')) continue;
        expect([how, target, (await send({ target, headers: [['cookie', cookie]] })).status]).toEqual([how, target, 404]);
      }
    }
  });

  it.each(['/v//certificate.pdf', '/v/..%2f', '/v/../mcp', '/v/%2e%2e/oauth/register', '/v/..\\dashboard', '/v/x%2Dy?z=1'])(
    'of a damaged link is none, and its page says so to a person: %s',
    async (target) => {
      const { status, body } = await send({ target, headers: [['cookie', cookie]] });
      expect([status, body.includes('No certificate here')]).toEqual([404, true]);
      expect((await send({ method: 'POST', target, ...registration })).status).toBeGreaterThanOrEqual(404);
    },
  );

  it.each([
    ['GET', '/oauth/register/x'],
    ['PUT', '/oauth/register/x'],
    ['DELETE', '/oauth/register/x'],
    ['GET', '/oauth/end-session'],
    ['POST', '/oauth/end-session'],
    ['POST', '/oauth/end-session/confirm'],
    ['GET', '/oauth/end-session/success'],
    ['GET', '/oauth/device'],
    ['POST', '/oauth/device/auth'],
    ['POST', '/oauth/par'],
    ['POST', '/oauth/introspect'],
    ['GET', '/oauth/me'],
    ['GET', '/me'],
    ['POST', '/device/auth'],
    ['POST', '/token/introspection'],
    ['POST', '/backchannel'],
    ['POST', '/request'],
    ['GET', '/.well-known/openid-credential-issuer'],
    ['GET', '/oauth'],
    ['GET', '/oauth/'],
  ])('of the library that nobody here uses is closed: %s %s', async (method, target) => {
    expect((await send({ method, target, headers: form.headers, ...(method === 'POST' && { body: form.body }) })).status).toBe(404);
  });

  it('as it is written is served: OAuth, its metadata, the pages, the endpoints, also with a query', async () => {
    expect((await send({ method: 'POST', target: '/oauth/register', ...registration })).status).toBe(201);
    expect((await send({ method: 'POST', target: '/oauth/register?x=%2F..', ...registration })).status).toBe(201);
    for (const target of [
      '/oauth/jwks',
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server?x',
      '/.well-known/oauth-protected-resource/mcp',
      '/dashboard',
      '/dashboard?x=//..%2f',
      '/api/apps',
      '/healthz',
      '/privacy/certfusion',
    ])
      expect([target, (await send({ target, headers: [['cookie', cookie]] })).status]).toEqual([target, 200]);
    for (const target of ['/mcp', '/mcp/']) expect((await send({ target })).status).toBe(401);
    const options = await send({ method: 'OPTIONS', target: '/oauth/register', headers: [['origin', 'https://app.example']] });
    expect(isNone(options)).toEqual([204, '*']);
  });

  it('of the library that two people in one browser use is open to them', async () => {
    const browser = new Person(world.url);
    const first = await browser.get('/dashboard');
    const second = await browser.get('/sign-in');
    await browser.signIn(first, ada);
    const page = await browser.signIn(second, { email: 'grace@example.com', password: ada.password });
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('/oauth/end-session/confirm')]);
  });
});
