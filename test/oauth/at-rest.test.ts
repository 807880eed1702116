import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepOAuth } from '../../src/oauth/sweep.ts';
import { sweepOf } from '../support/clock.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { addPerson, startOAuthServer, type OAuthServer, type TestAccount } from '../support/oauth-server.ts';
import { Person } from '../support/person.ts';

let server: OAuthServer;
let ada: TestAccount;

beforeAll(async () => {
  server = await startOAuthServer();
  ada = await addPerson(server, 'ada@example.com');
});
afterAll(() => server.close());

describe('the database', () => {
  it('forgets what expired, what ended, and clients that nobody connected within a week', async () => {
    const [used, unused] = [await OAuthApp.register(server.origin), await OAuthApp.register(server.origin)];
    await used.tokens(new Person(server.origin), ada);
    const sweep = async () => sweepOAuth(await sweepOf({ database: server.db.database, clock: server.clock }));
    const clients = () =>
      server.db.database.statement<{ client_id: string }>('select client_id from oauth_clients where client_id in ($1, $2)', [
        used.clientId,
        unused.clientId,
      ]);
    await sweep();
    expect(await clients()).toHaveLength(2);
    server.clock.advance({ days: 8 });
    expect((await sweep()).artifacts).toBeGreaterThan(2);
    expect(await clients()).toEqual([{ client_id: used.clientId }]);
    const kinds = await server.db.database.statement<{ kind: string }>(
      'select kind from oauth_artifacts where client_id = $1 order by kind',
      [used.clientId],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['Grant', 'RefreshToken']);
    server.clock.advance({ days: 400 });
    await sweep();
    expect(await server.db.database.statement('select 1 from oauth_artifacts', [])).toEqual([]);
  });
});

interface Told {
  readonly status: number;
  readonly body: string;
  readonly cookies: readonly string[];
}

/** A request whose Host header is ours to choose, which fetch does not allow. */
function ask(origin: string, path: string, headers: Record<string, string>): Promise<Told> {
  return new Promise((resolve, reject) => {
    request(new URL(path, origin), { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, cookies: response.headers['set-cookie'] ?? [] }));
    })
      .on('error', reject)
      .end();
  });
}

describe('the host', () => {
  it('is the configured one, whatever a request says', async () => {
    const path = '/.well-known/oauth-authorization-server';
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1', 'a b'])
      expect((await ask(server.origin, path, { host })).status).toBe(421);
    const forged = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
    const { body } = await ask(server.origin, path, forged);
    expect(body).not.toContain('evil');
    expect(JSON.parse(body)).toMatchObject({
      issuer: server.origin,
      token_endpoint: `${server.origin}/oauth/token`,
      response_types_supported: ['code'],
    });
  });

  it('behind https has cookies that only this host gets, over TLS only', async () => {
    const publicUrl = 'https://mcp.example.com';
    const secure = await startOAuthServer({ db: server.db, clock: server.clock, publicUrl });
    const query = new URLSearchParams({
      client_id: 'dashboard',
      response_type: 'none',
      scope: 'openid',
      redirect_uri: `${publicUrl}/sign-in/done`,
      state: '/',
    });
    const { status, cookies } = await ask(secure.origin, `/oauth/authorize?${query.toString()}`, { host: 'mcp.example.com' });
    expect(status).toBe(303);
    expect(cookies.map((each) => each.split('=')[0])).toEqual([
      '__Secure-interaction',
      '__Secure-interaction.sig',
      '__Secure-resume',
      '__Secure-resume.sig',
    ]);
    for (const cookie of cookies) expect(cookie).toMatch(/; secure; httponly$/i);
    expect(secure.oauth.sessionCookies).toEqual(['__Host-session', '__Host-session.sig']);
    await secure.close();
  });
});

describe('two instances', () => {
  it('publish the same keys, without their private part', async () => {
    const other = await startOAuthServer({ db: server.db, clock: server.clock });
    const [here, there] = await Promise.all([server, other].map(async ({ origin }) => (await fetch(`${origin}/oauth/jwks`)).json()));
    expect(here).toEqual(there);
    expect(JSON.stringify(here)).not.toContain('"d"');
    await other.close();
  });
});
