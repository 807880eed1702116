import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/policy/scopes.ts';
import { tokenDigest } from '../../src/crypto/digest.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { addPerson, startOAuthServer, type OAuthServer, type TestAccount } from '../support/oauth-server.ts';
import { Person } from '../support/person.ts';

let server: OAuthServer;
let ada: TestAccount;
let grace: TestAccount;

beforeAll(async () => {
  server = await startOAuthServer();
  ada = await addPerson(server, 'ada@example.com');
  grace = await addPerson(server, 'grace@example.com', 'Grace Hopper');
});
afterAll(() => server.close());

/** Each account's browser stays signed in through the file. */
const browsers = new Map<string, Person>();

async function connected(account = ada) {
  const app = await OAuthApp.register(server.origin);
  const person = browsers.get(account.email) ?? new Person(server.origin);
  browsers.set(account.email, person);
  const tokens = await app.tokens(person, account);
  const [row] = await sql<{ id: string }>('select id from apps where client_id = $1 and account_id = $2', [
    app.clientId,
    account.accountId,
  ]);
  return { app, person, tokens, name: { accountId: account.accountId, appId: row?.id ?? '' } };
}

function sql<Row>(text: string, parameters: (string | Uint8Array | null)[] = []): Promise<Row[]> {
  return server.db.database.statement<Row>(text, parameters);
}

/** What the database's own check says of a token: its scopes, or null when it opens nothing. */
async function opens(token: string): Promise<string[] | null> {
  const rows = await sql<{ scopes: string[] }>('select scopes from certveil.authenticate($1, $2)', [
    tokenDigest(token),
    server.clock().toISOString(),
  ]);
  return rows[0]?.scopes ?? null;
}

describe('a refresh token', () => {
  it('rotates, and the access token that it gave before lives on', async () => {
    const { app, tokens } = await connected();
    const next = await app.refresh(tokens.refresh_token);
    expect(next.status).toBe(200);
    expect(next.body.refresh_token).not.toBe(tokens.refresh_token);
    expect(await opens(tokens.access_token)).not.toBeNull();
    expect(await opens(next.body.access_token)).toEqual(await opens(tokens.access_token));
  });

  it('used again later ends the whole connection', async () => {
    const { app, tokens } = await connected();
    const next = await app.refresh(tokens.refresh_token);
    server.clock.advance({ seconds: 11 });
    expect((await app.refresh(tokens.refresh_token)).status).toBe(400);
    expect((await app.refresh(next.body.refresh_token)).status).toBe(400);
    expect(await opens(next.body.access_token)).toBeNull();
    expect(await sql('select g.status from grants g join apps a on a.id = g.app_id where a.client_id = $1', [app.clientId])).toEqual([
      { status: 'revoked' },
    ]);
  });

  it('lives 30 days, its access token 15 minutes', async () => {
    const { app, tokens } = await connected();
    server.clock.advance({ minutes: 15, seconds: 1 });
    expect(await opens(tokens.access_token)).toBeNull();
    const next = await app.refresh(tokens.refresh_token);
    server.clock.advance({ days: 30, seconds: 1 });
    expect((await app.refresh(next.body.refresh_token)).status).toBe(400);
  });

  it('given back by the app ends the connection (RFC 7009); another app cannot', async () => {
    const { app, tokens, name } = await connected();
    const other = await OAuthApp.register(server.origin);
    for (const token of [tokens.access_token, tokens.refresh_token]) await other.revoke(token);
    expect(await opens(tokens.access_token)).not.toBeNull();
    expect((await app.revoke(tokens.refresh_token)).status).toBe(200);
    expect(await opens(tokens.access_token)).toBeNull();
    expect(await sql('select status from apps where id = $1', [name.appId])).toEqual([{ status: 'revoked' }]);
  });
});

describe('the account owner', () => {
  it('revokes: the very next call is refused, and so is refresh; rows stay, tokens go (CF-10)', async () => {
    const { app, tokens, name } = await connected();
    const other = await connected();
    expect(await server.oauth.grants.revokeApp(name)).toEqual({ appId: name.appId, status: 'revoked' });
    expect(await opens(tokens.access_token)).toBeNull();
    expect((await app.refresh(tokens.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
    expect(await sql('select 1 from oauth_artifacts where client_id = $1', [app.clientId])).toEqual([]);
    expect(await sql('select status, ended_at is not null as ended from grants where app_id = $1', [name.appId])).toEqual([
      { status: 'revoked', ended: true },
    ]);
    expect(await opens(other.tokens.access_token)).not.toBeNull();
    expect(await server.oauth.grants.resumeApp(name)).toEqual({ appId: name.appId, status: 'revoked' });
    const again = await app.tokens(new Person(server.origin), ada);
    expect(await opens(again.access_token)).not.toBeNull();
    expect(await opens(tokens.access_token)).toBeNull();
  });

  it('pauses: calls stop, refresh goes on, a new consent changes nothing, only resuming does', async () => {
    const { app, person, tokens, name } = await connected();
    await server.oauth.grants.pauseApp(name);
    const paused = () =>
      sql<{ paused: boolean }>('select paused from certveil.authenticate($1, $2)', [
        tokenDigest(tokens.access_token),
        server.clock().toISOString(),
      ]);
    expect(await paused()).toEqual([{ paused: true }]);
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
    await app.tokens(person, ada);
    expect(await paused()).toEqual([{ paused: true }]);
    expect(await server.oauth.grants.resumeApp(name)).toEqual({ appId: name.appId, status: 'active' });
    expect(await paused()).toEqual([{ paused: false }]);
  });

  it('narrows: tokens already given lose the scope at once, a refresh says so, and nothing widens again', async () => {
    const { app, tokens, name } = await connected();
    const keep: Scope[] = ['tls:read', 'account:email'];
    expect(await server.oauth.grants.narrowApp({ ...name, scopes: keep })).toMatchObject({ status: 'active' });
    expect(await opens(tokens.access_token)).toEqual(['tls:read']);
    const next = await app.refresh(tokens.refresh_token);
    expect(next.body.scope).toBe('tls:read');
    await server.oauth.grants.narrowApp({ ...name, scopes: ['tls:read', 'account:read'] });
    expect(await opens(next.body.access_token)).toEqual(['tls:read']);
    const fields = await sql<{ accepted_fields: string[] }>('select accepted_fields from grants where app_id = $1', [name.appId]);
    expect(fields[0]?.accepted_fields.filter((each) => each.startsWith('account.'))).toEqual([]);
  });

  it('consents anew: older tokens of the app shrink to what both allow', async () => {
    const { app, person, tokens } = await connected();
    const page = await app.connect(person, ada, { query: { scope: 'certificates:read account:email' }, choices: { tick: 'all' } });
    expect((await app.redeem(page)).body.scope).toBe('account:email certificates:read');
    expect(await opens(tokens.access_token)).toEqual(['certificates:read']);
  });

  it('acts on their own apps only; unknown and foreign ones get one answer', async () => {
    const { tokens, name } = await connected(grace);
    for (const appId of [name.appId, '00000000-0000-4000-8000-000000000000', 'app_x', '']) {
      const foreign = { accountId: ada.accountId, appId };
      const { grants } = server.oauth;
      expect(await grants.revokeApp(foreign)).toBeNull();
      expect(await grants.pauseApp(foreign)).toBeNull();
      expect(await grants.resumeApp(foreign)).toBeNull();
      expect(await grants.narrowApp({ ...foreign, scopes: ['tls:read'] })).toBeNull();
    }
    expect(await opens(tokens.access_token)).not.toBeNull();
    await server.oauth.grants.revokeAllApps({ accountId: ada.accountId });
    expect(await opens(tokens.access_token)).not.toBeNull();
    expect(await server.oauth.grants.revokeAllApps({ accountId: grace.accountId })).toBe(1);
    expect(await opens(tokens.access_token)).toBeNull();
  });

  it('who is disabled has no tokens and no refresh', async () => {
    const eve = await addPerson(server, 'eve@example.com');
    const { app, person, tokens } = await connected(eve);
    await sql('update accounts set disabled_at = $2 where id = $1', [eve.accountId, server.clock().toISOString()]);
    expect(await opens(tokens.access_token)).toBeNull();
    expect((await app.refresh(tokens.refresh_token)).status).toBe(400);
    expect((await person.get(app.authorization().url)).body).toContain('name="password"');
  });
});
