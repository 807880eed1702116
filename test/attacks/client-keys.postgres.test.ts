import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opens, saying } from '../support/attempts.ts';
import { ada } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

interface Changes {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: KeyObject | 'none' | Buffer;
}

describe('a client with a key of its own (private_key_jwt)', () => {
  let world: World;
  let person: Person;
  let app: OAuthApp;
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicText = JSON.stringify(own.publicKey.export({ format: 'jwk' }));

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    person = new Person(world.url);
    app = await OAuthApp.register(world.url, {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'ES256', use: 'sig' }] },
    });
  });
  afterAll(() => world.close());

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  function assertion({ claims = {}, header = {}, key = own.privateKey }: Changes = {}): Record<string, string> {
    const now = Math.floor(Date.now() / 1000);
    const { clientId } = app;
    const body = { iss: clientId, sub: clientId, aud: world.url, jti: randomUUID(), iat: now, exp: now + 60, ...claims };
    const signed = `${part({ alg: 'ES256', kid: 'own', typ: 'JWT', ...header })}.${part(body)}`;
    const signature =
      key === 'none'
        ? Buffer.alloc(0)
        : Buffer.isBuffer(key)
          ? createHmac('sha256', key).update(signed).digest()
          : sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
    return {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${signed}.${signature.toString('base64url')}`,
    };
  }

  const redeem = async (more: Record<string, string>) => app.redeem({ ...(await app.connect(person, ada)), ...more });

  it.each<[string, Changes]>([
    ['for another server', { claims: { aud: 'https://other.example' } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['of another client', { claims: { iss: 'somebody', sub: 'somebody' } }],
    ['about another client', { claims: { sub: 'somebody' } }],
    ['that has expired', { claims: { exp: 1_700_000_000 } }],
    ['that never expires', { claims: { exp: undefined } }],
    ['that isn’t valid yet', { claims: { nbf: 4_000_000_000 } }],
    ['without an id', { claims: { jti: undefined } }],
    ['with another key', { key: strange.privateKey }],
    [
      'with another key beside it',
      { key: strange.privateKey, header: { jwk: strange.publicKey.export({ format: 'jwk' }), kid: undefined } },
    ],
    ['without a signature', { key: 'none' }],
    ['with the algorithm none', { key: 'none', header: { alg: 'none' } }],
    ['with the public key as a secret', { key: Buffer.from(publicText), header: { alg: 'HS256' } }],
    ['with another algorithm', { header: { alg: 'ES384' } }],
  ])('gets nothing by an assertion %s', async (_, changes) => {
    expect(saying(await redeem(assertion(changes)))).toMatch(/^(?:401 invalid_client|400 invalid_(?:client|request))$/);
  });

  it('gets nothing without an assertion, or by its name alone', async () => {
    expect(saying(await redeem({}))).toBe('401 invalid_client');
    const { client_assertion: text = '' } = assertion();
    expect(saying(await redeem({ client_assertion: text }))).toMatch(/^40[01] invalid_(?:client|request)$/);
  });

  it('gets nothing by an assertion that was used before, at once or later, here or at another endpoint', async () => {
    const once = assertion();
    expect(saying(await redeem(once))).toBe('200');
    expect(saying(await redeem(once))).toBe('401 invalid_client');
    const tokens = (await redeem(assertion())).body;
    expect(saying(await app.refresh(tokens.refresh_token, once))).toBe('401 invalid_client');
    const raced = assertion();
    const answers = await Promise.all([1, 2, 3, 4].map(() => app.refresh(tokens.refresh_token, raced)));
    expect(answers.map(saying).toSorted()).toEqual(['200', '401 invalid_client', '401 invalid_client', '401 invalid_client']);
  });

  it('gets its tokens, refreshes and revokes by a fresh assertion each time', async () => {
    const { status, body } = await redeem(assertion({ claims: { aud: [`${world.url}/oauth/token`] } }));
    expect([status, await opens(world.url, body.access_token)]).toEqual([200, 200]);
    const next = await app.refresh(body.refresh_token, assertion());
    expect(saying(next)).toBe('200');
    const form = new URLSearchParams({ token: next.body.refresh_token, client_id: app.clientId, ...assertion() });
    expect((await fetch(`${world.url}/oauth/revoke`, { method: 'POST', body: form })).status).toBe(200);
    expect(await opens(world.url, next.body.access_token)).toBe(401);
  });
});
