import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownClients } from '../../src/oauth/known-clients.ts';
import { OAuthApp, registerRaw, type Tokens } from '../support/oauth-app.ts';
import { addPerson, startOAuthServer, type OAuthServer, type TestAccount } from '../support/oauth-server.ts';
import { Person } from '../support/person.ts';

let server: OAuthServer;
let ada: TestAccount;

beforeAll(async () => {
  server = await startOAuthServer();
  ada = await addPerson(server, 'ada@example.com');
});
afterAll(() => server.close());

const claude = 'https://claude.ai/oauth/mcp-oauth-client-metadata';
const claudeCode = 'https://claude.ai/oauth/claude-code-client-metadata';
const chatgpt = 'https://chatgpt.com/oauth/client.json';
const vsCode = 'https://vscode.dev/oauth/client-metadata.json';
const codex = 'https://chatgpt.com/oauth/codex/client.json';

interface Habits {
  /** What it asks for on top of the scopes of the challenge. */
  readonly extraScope?: string;
  /** What its user pasted behind the address. */
  readonly tail?: string;
  /** Codex has left the resource out of its refreshes. */
  readonly refreshesWithResource?: boolean;
}

/** Goes the whole way as that client: authorize, redeem, refresh, each with the resource as it writes it. Answers the last tokens. */
async function connects(
  clientId: string,
  redirectUri: string,
  { extraScope = '', tail = '', refreshesWithResource = true }: Habits = {},
): Promise<Tokens> {
  const app = new OAuthApp({ origin: server.origin, clientId, redirectUri });
  const resource = `${server.origin}/mcp${tail}`;
  const query = { resource, scope: `account:read certificates:read ${extraScope}`.trim() };
  const connected = await app.connect(new Person(server.origin), ada, { query });
  expect([connected.landed.href.startsWith(redirectUri), connected.landed.searchParams.get('iss')]).toEqual([true, server.origin]);
  const redeemed = await app.redeem({ ...connected, resource });
  expect([redeemed.status, redeemed.body.scope]).toEqual([200, 'account:read certificates:read']);
  const refreshed = await app.refresh(redeemed.body.refresh_token, refreshesWithResource ? { resource } : {});
  expect(refreshed.status).toBe(200);
  return refreshed.body;
}

describe('well-known clients whose documents cannot be fetched', () => {
  it.each<[string, string, string, Habits]>([
    ['Claude', claude, 'https://claude.ai/api/mcp/auth_callback', { tail: '' }],
    ['Claude Code on localhost', claudeCode, 'http://localhost:51234/callback', { extraScope: 'offline_access', tail: '?utm_source=docs' }],
    ['Claude Code on 127.0.0.1', claudeCode, 'http://127.0.0.1:1/callback', { extraScope: 'offline_access' }],
    ['ChatGPT', chatgpt, 'https://chatgpt.com/connector_platform_oauth_redirect', { extraScope: 'openid email offline_access' }],
    ['VS Code on the desktop', vsCode, 'http://127.0.0.1:33418/', { tail: '/' }],
    ['VS Code on another port', vsCode, 'http://127.0.0.1:50000/', {}],
    ['VS Code on the web', vsCode, 'https://vscode.dev/redirect', {}],
    ['Codex', codex, 'http://127.0.0.1:43123/callback', { refreshesWithResource: false }],
    ['Codex on localhost', codex, 'http://localhost:43123/callback', { refreshesWithResource: false }],
  ])('%s connects as it does: its redirect, its scopes, its resource', async (_, clientId, redirectUri, habits) => {
    await connects(clientId, redirectUri, habits);
    const [row] = await server.db.database.statement('select publisher_domain from apps where client_id = $1', [clientId]);
    expect(row).toEqual({ publisher_domain: new URL(clientId).host });
  });

  it.each([
    [claude, 'https://claude.ai/api/mcp/auth_callback/'],
    [claude, 'http://localhost:51234/callback'],
    [claudeCode, 'https://claude.ai/api/mcp/auth_callback'],
    [claudeCode, 'http://[::1]:51234/callback'],
    [claudeCode, 'http://localhost:51234/other'],
    [claudeCode, 'https://localhost:51234/callback'],
    [chatgpt, 'https://chatgpt.com/connector/oauth/mcp'],
    [vsCode, 'http://127.0.0.1:33418/callback'],
    [vsCode, 'https://insiders.vscode.dev/redirect'],
    ['https://claude.ai/oauth/another-client', 'https://claude.ai/api/mcp/auth_callback'],
    ['https://claude.ai.evil.example/oauth/mcp-oauth-client-metadata', 'https://claude.ai/api/mcp/auth_callback'],
  ])('%s never returns to %s', async (clientId, redirectUri) => {
    const app = new OAuthApp({ origin: server.origin, clientId, redirectUri });
    const visit = await new Person(server.origin).get(app.authorization().url);
    expect([visit.status, visit.location]).toEqual([400, null]);
  });

  it('are what their publishers serve today, once that can be fetched', async () => {
    const { document } = knownClients.find((each) => each.document.client_id === claude) ?? { document: null };
    const moved = 'https://claude.com/api/mcp/auth_callback';
    server.documents.set(claude, { ...document, redirect_uris: [moved] });
    server.clock.advance({ hours: 2 });
    await connects(claude, moved);
    const before = new OAuthApp({ origin: server.origin, clientId: claude, redirectUri: 'https://claude.ai/api/mcp/auth_callback' });
    expect((await new Person(server.origin).get(before.authorization().url)).status).toBe(400);
  });

  it('have copies that say when and from where they were taken, of documents that are still accepted', () => {
    expect(knownClients.map(({ document }) => document.client_id)).toEqual([claude, claudeCode, chatgpt, vsCode, codex]);
    for (const { servedOn, readFrom } of knownClients)
      expect([/^2026-\d\d-\d\d$/.test(servedOn), readFrom.length > 20]).toEqual([true, true]);
  });
});

describe('ChatGPT’s two ways to say who it is', () => {
  const redirectUri = 'https://chatgpt.com/connector_platform_oauth_redirect';
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

  function assertion(): Record<string, string> {
    const now = Math.floor(server.clock().getTime() / 1000);
    const claims = { iss: chatgpt, sub: chatgpt, aud: `${server.origin}/oauth/token`, jti: randomUUID(), iat: now, exp: now + 60 };
    const signed = [{ alg: 'RS256', kid: 'k1' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url');
    return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: `${signed}.${signature}` };
  }

  it('works signed and unsigned, since its document lists both; a forged or replayed signature does not', async () => {
    server.clock.travelTo(new Date());
    server.documents.set('https://chatgpt.com/oauth/jwks.json', {
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
    });
    const app = new OAuthApp({ origin: server.origin, clientId: chatgpt, redirectUri });
    const connected = await app.connect(new Person(server.origin), ada);
    const proof = assertion();
    const redeemed = await app.redeem({ ...connected, ...proof });
    expect(redeemed.status).toBe(200);
    expect((await app.refresh(redeemed.body.refresh_token, proof)).status).toBe(401);
    const forged = assertion();
    forged['client_assertion'] =
      `${forged['client_assertion']?.split('.').slice(0, 2).join('.')}.${Buffer.alloc(256, 1).toString('base64url')}`;
    expect((await app.refresh(redeemed.body.refresh_token, forged)).status).toBe(401);
    const signed = await app.refresh(redeemed.body.refresh_token, assertion());
    expect(signed.status).toBe(200);
    expect((await app.refresh(signed.body.refresh_token)).status).toBe(200);
  });

  it('has to sign when its document lists nothing else', async () => {
    const id = 'https://signing.example/client.json';
    server.documents.set(id, {
      client_id: id,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://chatgpt.com/oauth/jwks.json',
    });
    const app = new OAuthApp({ origin: server.origin, clientId: id, redirectUri });
    expect((await app.redeem(await app.connect(new Person(server.origin), ada))).status).toBe(401);
  });
});

describe('dynamic registration as clients send it', () => {
  it.each<[string, Record<string, unknown>, string]>([
    [
      'VS Code',
      {
        client_name: 'Visual Studio Code',
        client_uri: 'https://code.visualstudio.com',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        redirect_uris: [
          'https://insiders.vscode.dev/redirect',
          'https://vscode.dev/redirect',
          'http://127.0.0.1/',
          'http://127.0.0.1:33418/',
        ],
        scope: 'openid',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      },
      'http://127.0.0.1:33418/',
    ],
    [
      'Claude',
      {
        client_name: 'Claude',
        redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
        token_endpoint_auth_method: 'client_secret_post',
        scope: 'claudeai',
      },
      'https://claude.ai/api/mcp/auth_callback',
    ],
    [
      'Claude Code',
      {
        client_name: 'Claude Code',
        redirect_uris: ['http://localhost:3118/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
      'http://localhost:3118/callback',
    ],
    [
      'the Inspector',
      { client_name: 'MCP Inspector', redirect_uris: ['http://localhost:6274/oauth/callback'], scope: '', application_type: 'native' },
      'http://localhost:6274/oauth/callback',
    ],
    [
      'Cursor',
      {
        client_name: 'Cursor',
        redirect_uris: [
          'http://localhost:8787/callback',
          'https://www.cursor.com/agents/mcp/oauth/callback',
          'cursor://anysphere.cursor-mcp/oauth/callback',
        ],
      },
      'https://www.cursor.com/agents/mcp/oauth/callback',
    ],
    ['a client that names neither its type nor its method', { redirect_uris: ['http://127.0.0.1:9/cb'] }, 'http://127.0.0.1:40000/cb'],
  ])('%s registers, gets no secret, and connects', async (_, metadata, redirectUri) => {
    const { status, body } = await registerRaw(server.origin, metadata);
    expect([status, body['token_endpoint_auth_method'], 'client_secret' in body, 'scope' in body]).toEqual([201, 'none', false, false]);
    await connects(String(body['client_id']), redirectUri);
  });
});

describe('refreshing as clients do', () => {
  it('gives five processes that refresh one token at once the same answer, and a sixth that is late ends the family', async () => {
    const { refresh_token: shared } = await connects(claudeCode, 'http://localhost:51234/callback');
    const app = new OAuthApp({ origin: server.origin, clientId: claudeCode, redirectUri: 'http://localhost:51234/callback' });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => app.refresh(shared)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    server.clock.advance({ seconds: 11 });
    expect((await app.refresh(shared)).status).toBe(400);
    expect((await app.refresh(answers[0]?.body.refresh_token ?? '')).status).toBe(400);
  });

  it('of a client that never revokes leaves one live refresh token a connection, and connecting again works', async () => {
    const redirectUri = 'http://127.0.0.1:43123/callback';
    await connects(codex, redirectUri);
    await connects(codex, redirectUri);
    const live = await server.db.database.statement<{ tokens: number }>(
      `select a.oidc_grant_id, count(*)::int as tokens from oauth_artifacts a join grants g on g.oidc_grant_id = a.oidc_grant_id
       where a.client_id = $1 and a.kind = 'RefreshToken' and a.consumed_at is null and g.status = 'active' group by 1`,
      [codex],
    );
    expect(live.length).toBeGreaterThanOrEqual(2);
    expect(new Set(live.map(({ tokens }) => tokens))).toEqual(new Set([1]));
  });
});
