import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saying } from '../support/attempts.ts';
import { ada, callTool } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

/** Everything that opened something on the way of one app from registration to revocation. */
describe('the secrets of a whole journey', () => {
  let world: World;
  const secrets = new Map<string, string>();
  const dumps: string[] = [];
  const note = (name: string, value: string | null | undefined) => void secrets.set(name, value ?? '');

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    await journey();
  });
  afterAll(() => world.close());

  async function dump(): Promise<string> {
    const tables = await world.database.statement<{ name: string }>(
      `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
      [],
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const rows = await world.database.statement<{ row: string }>(`select row_to_json(t)::text as row from ${name} t`, []);
      texts.push(...rows.map(({ row }) => row));
    }
    expect(tables.length).toBeGreaterThan(20);
    return texts.join('\n');
  }

  function assertionOf(clientId: string, key: Parameters<typeof sign>[2] & object): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: clientId, sub: clientId, aud: world.url, jti: randomUUID(), iat: now, exp: now + 60 };
    const signed = `${part({ alg: 'ES256', kid: 'own' })}.${part(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), key as never).toString('base64url')}`;
  }

  async function journey(): Promise<void> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const app = await OAuthApp.register(world.url, {
      token_endpoint_auth_method: 'private_key_jwt',
      client_secret: 'a secret that a client made up itself',
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'ES256' }] },
    });
    note('client secret', 'a secret that a client made up itself');
    const client = (): Record<string, string> => {
      const text = assertionOf(app.clientId, { key: privateKey, dsaEncoding: 'ieee-p1363' } as never);
      note(`assertion ${secrets.size}`, text);
      return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: text };
    };
    const person = new Person(world.url);
    const asked = app.authorization();
    note('verifier', asked.verifier);
    const signIn = await person.get(asked.url);
    await person.signIn(signIn, { ...ada, password: 'a wrong password for the log' });
    note('wrong password', 'a wrong password for the log');
    dumps.push(await dump());
    const consent = await person.signIn(await person.get(signIn.url), ada);
    note('password', ada.password);
    dumps.push(await dump());
    const code = (await person.consent(consent)).location?.searchParams.get('code') ?? '';
    note('code', code);
    dumps.push(await dump());
    const tokens = (await app.redeem({ code, verifier: asked.verifier, ...client() })).body;
    const next = (await app.refresh(tokens.refresh_token, client())).body;
    for (const [name, value] of Object.entries({ ...tokens, ...next })) if (name.endsWith('_token')) note(`later ${name}`, String(value));
    note('access token', tokens.access_token);
    note('refresh token', tokens.refresh_token);
    expect((await callTool(world.url, next.access_token, 'search_certificates')).structured).not.toBeNull();
    expect(saying(await app.refresh('x'.repeat(43), client()))).toBe('400 invalid_grant');
    dumps.push(await dump());
    await person.get('/dashboard');
    for (const line of person.cookieLines) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (value.length > 20) note(`cookie ${name} ${secrets.size}`, value);
    }
    world.clock.advance({ seconds: 30 });
    expect(saying(await app.refresh(tokens.refresh_token, client()))).toBe('400 invalid_grant');
    dumps.push(await dump());
  }

  it('are in no log line', () => {
    const found = [...secrets].filter(([, value]) => world.logged.some((line) => line.includes(value)));
    expect(found.map(([name]) => name)).toEqual([]);
  });

  it('are in no row of any table, at no step: digests only (CF-09)', () => {
    const found = [...secrets].filter(([, value]) => dumps.some((text) => text.includes(value)));
    expect(found.map(([name]) => name)).toEqual([]);
  });

  it('were there to be found, beside what may be: the client’s id, the account’s name, a log that says something', async () => {
    expect(secrets.size).toBeGreaterThan(15);
    expect([...secrets].filter(([, value]) => value.length < 20).map(([name]) => name)).toEqual([]);
    const everything = dumps.join('\n');
    for (const text of [ada.email, 'Example app', 'RefreshToken', 'ReplayDetection', 'Session', 'Interaction', '"consumed_at":"2'])
      expect([text, everything.includes(text)]).toEqual([text, true]);
  });
});
