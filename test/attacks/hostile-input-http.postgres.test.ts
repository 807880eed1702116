import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cookiesOf, handleOf } from '../support/attempts.ts';
import { ada, connect, mcp, type ConnectedApp } from '../support/connect.ts';
import { contentTypes, formBodies, jsonBodies, leaksIn, mark } from '../support/hostile.ts';
import { formOf, Person } from '../support/person.ts';
import { sendBytes, sendRaw, type RawAnswer, type RawRequest } from '../support/raw-http.ts';
import { openWorld, type World } from '../support/world.ts';

const pages = [
  '/',
  '/dashboard',
  '/dashboard/apps',
  '/dashboard/disclosures',
  '/dashboard/disclosures.csv',
  '/dashboard/disclosures/heads.json',
  '/dashboard/apps/X',
  '/dashboard/certificates/X',
  '/sign-in',
  '/sign-in/done',
  '/interaction/X',
  '/password/X',
  '/healthz',
  '/readyz',
  '/api/apps',
  '/api/apps/X',
  '/api/disclosures',
  '/oauth/authorize',
  '/oauth/authorize/X',
  '/oauth/jwks',
  '/oauth/token',
  '/oauth/register',
  '/oauth/revoke',
  '/oauth/end-session',
  '/oauth/X',
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/X',
  '/mcp',
  '/X',
];
const forms = [
  '/interaction/X',
  '/password/X',
  '/dashboard/apps/X/pause',
  '/dashboard/apps/X/narrow',
  '/oauth/token',
  '/oauth/revoke',
  '/oauth/authorize',
  '/sign-out',
  '/sign-out/everywhere',
];
const jsons = ['/oauth/register', '/api/apps/X/revoke', '/api/apps/X/pause'];
const patches = ['/api/apps/X'];

const quietly = (answer: RawAnswer) => [answer.status, leaksIn(answer.text)];
const harmless = [expect.toSatisfy((status: number) => status >= 200 && status < 500, 'below 500'), []];
const refused = [expect.toSatisfy((status: number) => status >= 400 && status < 500, '4xx'), []];

const wordFor = (answer: RawAnswer) =>
  answer.status >= 400 && answer.status < 500 && leaksIn(answer.text).length === 0 ? 'refused' : answer.text;

describe('hostile input to pages, forms, OAuth and JSON endpoints', () => {
  let world: World;
  let app: ConnectedApp;
  let cookie = '';

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
  });
  // A form of the one before may have signed out.
  beforeEach(async () => {
    const page = await app.person.get('/sign-in?to=/dashboard');
    if (page.body.includes('name="password"')) await app.person.signIn(page, ada);
    cookie = cookiesOf(app.person);
  });
  afterAll(() => world.close());

  const send = (request: RawRequest) =>
    sendRaw(world.url, {
      ...request,
      headers: [['cookie', cookie], ['origin', world.url], ['sec-fetch-site', 'same-origin'], ...(request.headers ?? [])],
    });

  const targets: readonly string[] = [
    `/${mark}`,
    `/dashboard/apps/${mark}`,
    `/dashboard/certificates/${mark}%00`,
    `/api/apps/${mark}`,
    `/api/apps/%E0%A4%A${mark}`,
    `/interaction/%zz${mark}`,
    `/password/${mark}%`,
    `/dashboard/disclosures?cursor=${mark}`,
    `/dashboard/disclosures?cursor=${Buffer.from(`["2026-01-01","${mark}","\\u0000"]`).toString('base64url')}`,
    `/dashboard/disclosures?field=${mark}%00`,
    `/dashboard/disclosures.csv?field=%00${mark}`,
    `/dashboard?done=${mark}`,
    `/api/disclosures?limit=${mark}`,
    `/api/disclosures?limit=1e99&cursor=${mark}`,
    `/api/disclosures?cursor=%00${mark}`,
    `/api/disclosures?cursor=${'A'.repeat(11_000)}`,
    `/sign-in?to=//${mark}.example`,
    `/sign-in?to=%0d%0aset-cookie:%20${mark}=1`,
    `/sign-in/done?state=https://${mark}.example`,
    `/oauth/authorize?client_id=${mark}`,
    `/oauth/authorize?client_id=https://${mark}.invalid/%00`,
    `/oauth/authorize?client_id=a&client_id=${mark}`,
    `/oauth/authorize?client_id[${mark}]=a`,
    `/oauth/authorize?request=${mark}&client_id=${mark}`,
    `/oauth/authorize/${mark}%00`,
    `/.well-known/oauth-protected-resource/${mark}`,
    `/.well-known/../${mark}`,
    `/%2e%2e/%2e%2e/etc/passwd${mark}`,
    `/dashboard/..%2f${mark}`,
    `//${mark}.example/dashboard`,
    `/\\${mark}.example`,
    `/%c0%af${mark}`,
    `/%ed%a0%80${mark}`,
    `/a%0d%0aset-cookie:%20${mark}=1`,
    `/${'%'.repeat(500)}${mark}`,
    `/${mark.repeat(900)}`,
    `http://${mark}.example/dashboard`,
    `http://localhost/${mark}`,
    `https://${mark}:x@localhost:99999/`,
    `*`,
    `${mark}`,
    `javascript:${mark}`,
  ];

  /** A redirect to sign in may say again where to go on, in percent-encoding and on this server; nothing else repeats anything. */
  const withoutWayBack = (answer: RawAnswer): RawAnswer => {
    const location = answer.headers.get('location') ?? '';
    const own = /^\/(?![/\\])/.test(location) || location.startsWith(`${world.url}/`);
    return own ? { ...answer, text: answer.text.replaceAll(location, '') } : answer;
  };

  it.each(targets)('survives the target %s', async (target) => {
    const answer = await send({ target });
    expect(quietly(withoutWayBack(answer))).toEqual(harmless);
    expect(answer.headers.has('set-cookie') && answer.headers.get('set-cookie')?.includes(mark)).toBe(false);
  });

  it('survives each method on each path', async () => {
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];
    const odd: string[] = [];
    for (const path of pages) {
      for (const method of methods) {
        const answer = await send({ method, target: path.replace('X', mark) });
        if (answer.status >= 500 || leaksIn(withoutWayBack(answer).text).length > 0) odd.push(`${method} ${path}: ${answer.status}`);
      }
    }
    expect(odd).toEqual([]);
  });

  it.each(formBodies)('survives a form that is $name, on every form', async ({ body, chunked = false }) => {
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const;
    for (const path of forms) {
      const answer = await send({ method: 'POST', target: path.replace('X', 'abc'), headers, body, chunked });
      expect([path, ...quietly(answer)]).toEqual([path, ...harmless]);
    }
  });

  it.each(formBodies)('survives a sign-in that is $name, and one may sign in after it', async ({ body, chunked = false }) => {
    const person = new Person(world.url);
    const page = await person.get('/sign-in');
    const headers = [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['origin', world.url],
      ['cookie', [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ')],
    ] as const;
    const answer = await sendRaw(world.url, { method: 'POST', target: formOf(page).action, headers, body, chunked });
    // The page shows what was typed as the address again, to the one who typed it.
    expect([answer.status, leaksIn(answer.text.replaceAll(new RegExp(`value="[^"]*${mark}[^"]*"`, 'g'), ''))]).toEqual(refused);
    expect((await person.signIn(page, ada)).status).toBe(200);
  });

  it.each([
    ['NUL', '%00'],
    ['a lone surrogate', '%ed%a0%80'],
    ['no UTF-8', '%ff'],
    ['a line end', '%0d%0aset-cookie:%20a=b'],
    ['9 KB', 'x'.repeat(9_000)],
  ])('survives %s in every parameter of an authorization and of a token request', async (_name, hostile) => {
    const { url } = app.app.authorization();
    const names = [...url.searchParams.keys(), 'scope', 'nonce', 'prompt', 'max_age', 'login_hint', 'claims', 'request_uri', 'display'];
    const plain = new Map(url.searchParams);
    const type = [['content-type', 'application/x-www-form-urlencoded']] as const;
    for (const name of names) {
      const rest = [...plain].filter(([each]) => each !== name).map(([each, value]) => `${each}=${encodeURIComponent(value)}`);
      const query = [...rest, `${name}=${mark}${hostile}`].join('&');
      const asked = await send({ target: `/oauth/authorize?${query}` });
      const posted = await send({ method: 'POST', target: '/oauth/authorize', headers: type, body: query });
      expect([name, asked.status < 500, posted.status < 500]).toEqual([name, true, true]);
      expect([name, leaksIn(asked.body), leaksIn(posted.body)]).toEqual([name, [], []]);
    }
    const fields = [
      'grant_type',
      'code',
      'code_verifier',
      'redirect_uri',
      'client_id',
      'refresh_token',
      'resource',
      'client_assertion',
      'token',
    ];
    const known = [
      'grant_type=authorization_code',
      `client_id=${app.app.clientId}`,
      `refresh_token=${mark}`,
      `code=${mark}`,
      `token=${mark}`,
    ];
    for (const name of fields) {
      const body = [...known.filter((each) => !each.startsWith(`${name}=`)), `${name}=${mark}${hostile}`].join('&');
      for (const target of ['/oauth/token', '/oauth/revoke']) {
        const answer = await send({ method: 'POST', target, headers: type, body });
        expect([target, name, ...quietly(answer)]).toEqual([target, name, ...harmless]);
      }
    }
  });

  it.each(jsonBodies)('survives JSON that is $name, on every endpoint that takes JSON', async ({ body, chunked = false }) => {
    const headers = [['content-type', 'application/json']] as const;
    const all = [...jsons.map((path) => ['POST', path]), ...patches.map((path) => ['PATCH', path])] as const;
    for (const [method = '', path = ''] of all) {
      const answer = await send({ method, target: path.replace('X', 'abc'), headers, body, chunked });
      expect([path, ...quietly(answer)]).toEqual([path, ...refused]);
    }
  });

  it.each(contentTypes)('refuses the content type %j where forms or JSON are wanted', async (type) => {
    for (const path of [...forms.filter((each) => !each.startsWith('/sign-out')), ...jsons]) {
      const answer = await send({ method: 'POST', target: path.replace('X', 'abc'), headers: [['content-type', type]], body: `${mark}=1` });
      expect([path, ...quietly(answer)]).toEqual([path, ...harmless]);
    }
  });

  it.each<readonly [string, unknown]>([
    ['redirect_uris', mark],
    ['redirect_uris', [mark]],
    ['redirect_uris', [`javascript:${mark}`]],
    ['redirect_uris', [`https://${mark}\r\nx: y`]],
    ['redirect_uris', [{ [mark]: 1 }]],
    ['redirect_uris', Array.from({ length: 5_000 }, () => `https://${mark}.example/`)],
    ['client_name', { [mark]: 1 }],
    ['client_name', `${mark}\u0000`],
    ['client_name', `\ud800${mark}`],
    ['client_uri', `javascript:${mark}`],
    ['token_endpoint_auth_method', mark],
    ['grant_types', [mark]],
    ['response_types', [mark]],
    ['jwks', { keys: [{ kty: mark }] }],
    ['jwks_uri', `http://127.0.0.1/${mark}`],
    ['scope', `${mark} openid`],
    ['application_type', mark],
    ['id_token_signed_response_alg', mark],
    ['sector_identifier_uri', `https://${mark}.invalid`],
    ['default_max_age', mark],
    ['post_logout_redirect_uris', [mark]],
    ['normalised', mark],
  ])('refuses or ignores a registration whose %s is wrong', async (name, value) => {
    const body = JSON.stringify({ redirect_uris: ['https://app.example/callback'], [name]: value });
    const answer = await send({ method: 'POST', target: '/oauth/register', headers: [['content-type', 'application/json']], body });
    // What is registered is said again to the one who registers (RFC 7591 §3.2.1).
    expect(['registered', 'refused']).toContain(answer.status === 201 ? 'registered' : wordFor(answer));
    expect(answer.body).not.toContain('registration_access_token');
  });

  it.each<readonly [string, string]>([
    ['host', mark],
    ['host', `${mark}.example`],
    ['host', `localhost:1@${mark}`],
    ['host', ''],
    ['host', '[::1'],
  ])('refuses the %s "%s"', async (name, value) => {
    for (const target of ['/', '/mcp', '/oauth/authorize', '/.well-known/oauth-protected-resource']) {
      expect(quietly(await sendRaw(world.url, { target, headers: [[name, value]] }))).toEqual(refused);
    }
  });

  it.each<readonly [string, string]>([
    ['x-forwarded-host', `${mark}.example`],
    ['x-forwarded-proto', mark],
    ['x-forwarded-for', `${mark}, 1.2.3.4`],
    ['forwarded', `host=${mark};proto=${mark}`],
    ['x-original-url', `/${mark}`],
    ['x-rewrite-url', `/${mark}`],
    ['x-http-method-override', 'DELETE'],
    ['cookie', `session=${mark}; session.sig=${mark}; interaction=${mark}`],
    ['cookie', `${mark}=${'x'.repeat(6_000)}`],
    ['accept', `${mark}/${mark}`],
    ['accept-language', mark],
    ['accept-encoding', `${mark};q=9`],
    ['range', 'bytes=0-1,5-9999999999'],
    ['if-none-match', `"${mark}"`],
    ['referer', `https://${mark}.example/\x01`],
    ['upgrade', mark],
    ['expect', mark],
    ['te', mark],
    ['content-encoding', 'gzip'],
    [`x-${mark}`, '\x80\xff'],
  ])('does not follow or repeat the header %s: %s', async (name, value) => {
    for (const target of ['/', '/dashboard', '/api/apps', '/oauth/authorize', '/.well-known/oauth-authorization-server']) {
      const answer = await sendRaw(world.url, { target, headers: [[name, value]] });
      expect([target, ...quietly(answer)]).toEqual([target, ...harmless]);
    }
  });

  it.each<readonly [string, string]>([
    ['a header of 20 KB', `GET / HTTP/1.1\r\nhost: localhost\r\nx-${mark}: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a target of 20 KB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`],
    ['no HTTP', `${mark}\r\n\r\n`],
    ['another version', 'GET / HTTP/9.9\r\nhost: localhost\r\n\r\n'],
    ['a folded header', `GET / HTTP/1.1\r\nhost: localhost\r\nx-a: b\r\n ${mark}\r\n\r\n`],
    ['two lengths', `POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n${mark}`],
    ['a length and chunks', `POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a length that is no number', `POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${mark}\r\n\r\n`],
    ['NUL in a header', `GET / HTTP/1.1\r\nhost: localhost\r\nx-a: \0${mark}\r\n\r\n`],
    ['a tunnel', `CONNECT ${mark}.example:443 HTTP/1.1\r\nhost: ${mark}.example\r\n\r\n`],
    ['TLS to a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('closes on %s', async (_name, bytes) => {
    const answer = await sendBytes(world.url, Buffer.from(bytes, 'latin1')).catch(() => 'closed without a word' as const);
    expect(['closed without a word', 'refused']).toContain(typeof answer === 'string' ? answer : wordFor(answer));
  });

  it('answers honest targets, and tells each apart', async () => {
    const answers = ['/', '/dashboard', '/dashboard/disclosures', '/api/apps'].map(async (target) => (await send({ target })).status);
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200]);
    expect((await send({ target: '/dashboard/nothing' })).status).toBe(404);
  });

  it('takes an honest form and honest JSON', async () => {
    const handle = await handleOf(app);
    const pause = {
      method: 'POST',
      target: `/dashboard/apps/${handle}/pause`,
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: '',
    } as const;
    expect((await send(pause)).status).toBe(303);
    const resume = {
      method: 'POST',
      target: `/api/apps/${handle}/resume`,
      headers: [['content-type', 'application/json']],
      body: '{}',
    } as const;
    expect((await send(resume)).status).toBe(200);
  });

  it('takes honest parameters at the token endpoint, and an honest registration', async () => {
    const fields = { grant_type: 'refresh_token', refresh_token: app.refreshToken, client_id: app.app.clientId };
    const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
    const refreshed = await send({ method: 'POST', target: '/oauth/token', headers: form, body: new URLSearchParams(fields).toString() });
    expect(refreshed.status).toBe(200);
    const metadata = JSON.stringify({ redirect_uris: ['https://app.example/callback'], client_name: 'Honest' });
    const json = [['content-type', 'application/json']] as const;
    expect((await send({ method: 'POST', target: '/oauth/register', headers: json, body: metadata })).status).toBe(201);
  });

  it('answers to its own host, and an honest request byte by byte', async () => {
    const { host } = new URL(world.url);
    for (const target of ['/', '/oauth/jwks', '/.well-known/oauth-protected-resource'])
      expect((await sendRaw(world.url, { target, headers: [['host', host]] })).status).toBe(200);
    const bytes = Buffer.from(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    expect((await sendBytes(world.url, bytes)).status).toBe(200);
  });

  it('serves on, and has logged no failure and nothing of the input, no token, cookie or address', async () => {
    expect((await mcp(world.url, { accessToken: app.accessToken, method: 'tools/list' })).status).toBe(200);
    expect((await app.person.get('/dashboard')).status).toBe(200);
    const level = (line: string) => (JSON.parse(line) as { level: number }).level;
    expect(world.logged.filter((line) => level(line) >= 50)).toEqual([]);
    const secrets = [
      mark,
      app.accessToken,
      app.refreshToken,
      ada.email,
      ada.password,
      ...[...app.person.cookies.values()].map(({ value }) => value),
    ];
    expect(world.logged.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
  });
});
