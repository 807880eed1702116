import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, connect, type ConnectedApp } from '../support/connect.ts';
import { OAuthApp, registerRaw } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const callback = 'https://app.example/callback';
const key = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' };
const texts = ['\0', 'a\0b', '\ud800', 'a\udfff', '\udc00\ud800'] as const;

/** JSON in which each place holds the text; each is a place of what is kept. */
const places: readonly (readonly [where: string, metadata: (text: string) => Record<string, unknown>])[] = [
  ['a redirect address', (text) => ({ redirect_uris: [`${callback}/${text}`] })],
  ['one of several redirect addresses', (text) => ({ redirect_uris: [callback, `com.app:/${text}`] })],
  ['the id of a key', (text) => ({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...key, kid: text }] } })],
  [
    'the name of a member of a key',
    (text) => ({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...key, [text]: 'x' }] } }),
  ],
  ['a member of the keys', (text) => ({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key], more: [[{ x: text }]] } })],
  ['the address of keys', (text) => ({ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: `https://app.example/${text}` })],
];

describe('text that no database can hold', () => {
  let world: World;
  let app: ConnectedApp;
  const documents = new Map<string, unknown>();

  beforeAll(async () => {
    const fetchClientDocument = async (url: string | URL) => {
      const document = documents.get(String(url));
      return document === undefined ? new Response('', { status: 404 }) : Response.json(document);
    };
    world = await openWorld({ demo: true, fetchClientDocument });
    app = await connect(world, { name: 'Plain' });
  });
  afterAll(() => world.close());

  const failures = () => world.logged.filter((line) => JSON.parse(line).level >= 50);
  const post = (path: string, body: string, type = 'application/json') =>
    fetch(`${world.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body, redirect: 'manual' }).then(
      ({ status }) => status,
    );

  it.each(places)('registered in %s is refused with 400, and nothing fails', async (_, metadata) => {
    for (const text of texts) {
      const { status, body } = await registerRaw(world.url, { redirect_uris: [callback], ...metadata(text) });
      expect([text, status, body['error']]).toEqual([text, 400, expect.stringMatching(/^invalid_/)]);
    }
    expect(failures()).toEqual([]);
  });

  it.each(places)('in a client’s document in %s is refused with 400, and nothing of it is kept', async (where, metadata) => {
    for (const [at, text] of texts.entries()) {
      const clientId = `https://assistant.example/${encodeURIComponent(where)}/${at}.json`;
      documents.set(clientId, { client_id: clientId, client_name: 'x', redirect_uris: [callback], ...metadata(text) });
      const visit = await new Person(world.url).get(
        new OAuthApp({ origin: world.url, clientId, redirectUri: callback }).authorization().url,
      );
      expect([text, visit.status]).toEqual([text, 400]);
      expect(await world.database.statement('select 1 from oauth_clients where client_id = $1', [clientId])).toEqual([]);
    }
    expect(failures()).toEqual([]);
  });

  it('nested without end is refused like it', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const keys = `{"redirect_uris":["${callback}"],"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[],"x":${deep}}}`;
    expect(await post('/oauth/register', keys)).toBe(400);
    expect(failures()).toEqual([]);
  });

  it('in whatever else strangers, apps and people send is refused below 500, and nothing fails', async () => {
    const { person } = app;
    const form = async (path: string, fields: Record<string, string>) => (await person.post(path, fields)).status;
    const json = async (path: string, body: unknown) =>
      fetch(`${world.url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: world.url,
          'sec-fetch-site': 'same-origin',
          cookie: [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; '),
        },
        body: JSON.stringify(body),
      }).then(({ status }) => status);
    const statuses: [string, number][] = [];
    for (const text of texts) {
      const fields = { name: text, email: `a${text}@example.com`, text, message: text, subject: text, kind: 'security', address: text };
      statuses.push(
        ['contact', await form('/contact', { ...fields, about: text })],
        ['reset', await form('/password/reset', { email: `a${text}@example.com` })],
        ['details', await form('/dashboard/account/details', { display_name: text, name: text, email: `a${text}@example.com` })],
        [
          'requests',
          await form('/dashboard/requests', { kind: 'rectification', service: 'certfusion', categories: text, text, note: text }),
        ],
        ['api requests', await json('/api/requests', { kind: text, service: text, categories: [text], note: text })],
        ['api apps', await json('/api/apps/x/revoke', { [text]: text })],
        ['token', (await app.app.refresh(text, { scope: text, client_id: text, resource: text })).status],
        [
          'code',
          await post(
            '/oauth/token',
            new URLSearchParams({ grant_type: text, code: text, client_id: text, code_verifier: text }).toString(),
            'application/x-www-form-urlencoded',
          ),
        ],
        ['revoke', (await app.app.revoke(text)).status],
        ['tool', (await app.call('search_certificates', { query: text })).status],
        ['tool list', (await app.call('search_certificates', { list: text, status: text, cursor: text })).status],
        ['tool number', (await app.call('get_certificate_summary', { public_number: text })).status],
        ['tool domain', (await app.call('get_domain_contact_privacy', { domain: text })).status],
        ['tool argument', (await app.call('search_certificates', { [text]: text })).status],
        ['tool request', (await app.call('file_privacy_request', { kind: 'erasure', service: 'certfusion', categories: [text] })).status],
      );
      const { url } = app.app.authorization({ state: text, login_hint: text, nonce: text, scope: text });
      statuses.push(['authorize', (await fetch(url, { redirect: 'manual' })).status]);
    }
    expect(statuses.filter(([, status]) => status >= 500)).toEqual([]);
    expect(failures()).toEqual([]);
  });

  it('is told from text that only looks like it: whole pairs, and a NUL that is spelled out', async () => {
    for (const text of ['😀', '%00', '\\u0000', '\\0', 'é\u0301']) {
      const metadata = { jwks: { keys: [{ ...key, kid: text }] }, token_endpoint_auth_method: 'private_key_jwt' };
      const { status } = await registerRaw(world.url, { redirect_uris: [`${callback}/${encodeURIComponent(text)}`], ...metadata });
      expect([text, status]).toEqual([text, 201]);
      const clientId = `https://assistant.example/plain/${encodeURIComponent(text)}.json`;
      documents.set(clientId, { client_id: clientId, client_name: text, redirect_uris: [callback], ...metadata });
      const asked = new OAuthApp({ origin: world.url, clientId, redirectUri: callback }).authorization({ state: text });
      expect((await new Person(world.url).get(asked.url)).status).toBe(200);
    }
    expect((await app.call('search_certificates', { query: '😀' })).structured).not.toBeNull();
    expect((await new Person(world.url).signIn(await new Person(world.url).get('/dashboard'), ada)).status).toBeLessThan(500);
  });
});
