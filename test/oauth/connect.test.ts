import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes as scopePolicy, scopesOf } from '../../src/policy/scopes.ts';
import { OAuthApp, registerRaw } from '../support/oauth-app.ts';
import { addPerson, startOAuthServer, type OAuthServer, type TestAccount } from '../support/oauth-server.ts';
import { formOf, Person, textOf } from '../support/person.ts';

let server: OAuthServer;
let ada: TestAccount;

beforeAll(async () => {
  server = await startOAuthServer();
  ada = await addPerson(server, 'ada@example.com');
});
afterAll(() => server.close());

const all = scopesOf(['certfusion', 'certumssl']);
const ticked = all.filter((each) => scopePolicy[each].ticked);

describe('connecting an app', () => {
  it('goes from discovery to tokens with a client that checks every rule (RFC 8414, 9207, 9728, S256)', async () => {
    const http = { [oauth.allowInsecureRequests]: true };
    const resource = new URL(`${server.origin}/mcp`);
    const found = await oauth.processResourceDiscoveryResponse(resource, await oauth.resourceDiscoveryRequest(resource, http));
    expect(found).toEqual({
      resource: `${server.origin}/mcp`,
      resource_name: 'Certveil',
      authorization_servers: [server.origin],
      scopes_supported: all,
      bearer_methods_supported: ['header'],
    });
    const issuer = new URL(server.origin);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...http, algorithm: 'oauth2' }));
    expect(as.code_challenge_methods_supported).toEqual(['S256']);
    expect(as.client_id_metadata_document_supported).toBe(true);
    const metadata = { redirect_uris: ['http://127.0.0.1/callback'], client_name: 'Checker', token_endpoint_auth_method: 'none' };
    const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(as, metadata, http));
    expect(client.client_secret).toBeUndefined();

    const app = new OAuthApp({ origin: server.origin, clientId: client.client_id, redirectUri: 'http://127.0.0.1:4711/callback' });
    const asked = app.authorization();
    const person = new Person(server.origin);
    const consent = await person.signIn(await person.get(asked.url), ada);
    const landed = (await person.consent(consent)).location ?? issuer;
    const parameters = oauth.validateAuthResponse(as, client, landed, asked.state);
    const answer = await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), parameters, app.redirectUri, asked.verifier, {
      ...http,
      additionalParameters: { resource: resource.href },
    });
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer);
    expect(tokens.expires_in).toBe(900);
    expect(tokens.id_token).toBeUndefined();
    expect(tokens.scope?.split(' ')).toEqual(ticked);
  });

  it('shows who asks, who vouches, where it goes, what opens, what never leaves, and whose policy the conversation falls under (CF-17)', async () => {
    const app = await OAuthApp.register(server.origin, { client_name: '<img src=x onerror=alert(1)>\u202Eevil\u0007' });
    const person = new Person(server.origin);
    const page = await person.signIn(await person.get(app.authorization().url), ada);
    const text = textOf(page);
    expect(page.body).toContain('&lt;img src=x onerror=alert(1)&gt;evil');
    expect(page.body).not.toContain('<img');
    for (const words of ['unverified', 'app.example', 'Your conversation never reaches us', 'billing address', 'masked e-mail'])
      expect(text).toContain(words);
    expect(formOf(page).checkboxes.map(({ value, checked }) => [value, checked])).toEqual(
      all.map((each) => [each, scopePolicy[each].ticked]),
    );
    expect(formOf(page).buttons).toEqual([
      { name: 'decision', value: 'allow' },
      { name: 'decision', value: 'deny' },
    ]);
    expect(page.headers.get('content-security-policy')).not.toContain('form-action');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.body).not.toContain(ada.accountId);
  });

  it('knows a client by its metadata document, and names the host that vouches for it', async () => {
    const id = 'https://assistant.example/oauth/client.json';
    server.documents.set(id, {
      client_id: id,
      client_name: 'Assistant',
      redirect_uris: ['https://assistant.example/callback'],
      token_endpoint_auth_method: 'none',
    });
    const app = new OAuthApp({ origin: server.origin, clientId: id, redirectUri: 'https://assistant.example/callback' });
    const person = new Person(server.origin);
    const page = await person.signIn(await person.get(app.authorization().url), ada);
    expect(textOf(page)).toContain('Vouched for by assistant.example');
    const landed = (await person.consent(page)).location;
    expect(landed?.searchParams.get('iss')).toBe(server.origin);
    expect(server.fetched).toContain(id);
    const [row] = await server.db.database.statement<{ publisher_domain: string; status: string }>(
      'select publisher_domain, status from apps where client_id = $1',
      [id],
    );
    expect(row).toEqual({ publisher_domain: 'assistant.example', status: 'active' });
  });

  it.each([
    ['another id than its address', { client_id: 'https://other.example/c' }],
    ['a secret', { client_secret: 'x' }],
  ])('refuses a metadata document with %s', async (_, change) => {
    const id = `https://bad.example/${Object.keys(change)[0]}.json`;
    server.documents.set(id, { client_id: id, client_name: 'Bad', redirect_uris: ['https://bad.example/callback'], ...change });
    const app = new OAuthApp({ origin: server.origin, clientId: id, redirectUri: 'https://bad.example/callback' });
    const page = await new Person(server.origin).get(app.authorization().url);
    expect([page.status, page.location]).toEqual([400, null]);
  });

  it('gives only what stays ticked, and asks again every time (CS-02)', async () => {
    const app = await OAuthApp.register(server.origin);
    const person = new Person(server.origin);
    const first = await app.tokens(person, ada, { untick: ['recipients:read'], tick: ['account:email'] });
    expect(first.scope.split(' ')).toEqual(
      all.filter((each) => (ticked.includes(each) && each !== 'recipients:read') || each === 'account:email'),
    );
    const second = await app.connect(person, ada, { choices: { untick: all.filter((each) => each !== 'tls:read') } });
    expect((await app.redeem(second)).body.scope).toBe('tls:read');
  });

  it('shows only the scopes that the app asked for, and no app gets to name the person', async () => {
    const app = await OAuthApp.register(server.origin);
    const person = new Person(server.origin);
    const query = { scope: 'openid tls:read offline_access', nonce: 'n' };
    const page = await person.signIn(await person.get(app.authorization(query).url), ada);
    expect(formOf(page).checkboxes.map(({ value }) => value)).toEqual(['tls:read']);
    const answer = await app.redeem(await app.connect(person, ada, { query }));
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']);
  });

  it.each([
    ['deny', { decision: 'deny' as const }],
    ['allow with nothing ticked', { untick: all }],
  ])('tells the app access_denied on %s, and keeps no grant', async (_, choices) => {
    const app = await OAuthApp.register(server.origin);
    const { landed } = await app.connect(new Person(server.origin), ada, { choices });
    expect(landed.searchParams.get('error')).toBe('access_denied');
    expect(landed.searchParams.get('iss')).toBe(server.origin);
    expect(await server.db.database.statement('select 1 from apps where client_id = $1', [app.clientId])).toEqual([]);
  });

  it.each(['/', '?utm_source=x', '/?a=b'])('accepts the resource written with %s, at every step, and means the same', async (tail) => {
    const app = await OAuthApp.register(server.origin);
    const resource = `${server.origin}/mcp${tail}`;
    const connected = await app.connect(new Person(server.origin), ada, { query: { resource } });
    const tokens = await app.redeem({ ...connected, resource });
    expect(tokens.status).toBe(200);
    const refreshed = await app.refresh(tokens.body.refresh_token, { resource: `${server.origin}/mcp` });
    expect(refreshed.status).toBe(200);
    const rows = await server.db.database.statement(
      'select distinct resource from oauth_artifacts where client_id = $1 and resource is not null',
      [app.clientId],
    );
    expect(rows).toEqual([{ resource: `${server.origin}/mcp` }]);
  });
});

describe('what authorization refuses', () => {
  it.each<[string, Record<string, string | null>, string]>([
    ['no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['another resource', { resource: 'https://other.example/mcp' }, 'invalid_target'],
    ['an implicit token', { response_type: 'token' }, 'unsupported_response_type'],
    ['a code in a form', { response_mode: 'form_post' }, 'unsupported_response_mode'],
    ['unknown scopes only', { scope: 'everything' }, 'invalid_scope'],
  ])('%s', async (_, change, error) => {
    const app = await OAuthApp.register(server.origin);
    const person = new Person(server.origin);
    await app.connect(person, ada);
    const { location } = await person.get(app.authorization(change).url);
    const answer = new URLSearchParams(location?.search || location?.hash.slice(1));
    expect([answer.get('error'), answer.get('iss')]).toEqual([error, server.origin]);
  });

  it('registers what assistants send, without secrets, scopes or anything to fetch', async () => {
    const { status, body } = await registerRaw(server.origin, {
      client_name: 'Code',
      redirect_uris: ['http://127.0.0.1/', 'cursor.app://callback'],
      scope: 'anything',
      logo_uri: 'http://10.0.0.1/x.png',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code', 'token'],
      token_endpoint_auth_method: 'client_secret_post',
      sector_identifier_uri: 'https://10.0.0.1/',
      software_id: 'x',
      contacts: 'nobody',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'none',
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
    });
    for (const name of ['client_secret', 'scope', 'logo_uri', 'sector_identifier_uri']) expect(body).not.toHaveProperty(name);
    expect(server.fetched.filter((each) => each.includes('10.0.0.1'))).toEqual([]);
  });

  it('lets browser clients register', async () => {
    const response = await fetch(`${server.origin}/oauth/register`, {
      method: 'OPTIONS',
      headers: { origin: 'https://inspector.example', 'access-control-request-method': 'POST' },
    });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });
});
