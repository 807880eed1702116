import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Resolve } from '../../src/http/name-servers.ts';
import { makeSafeFetch } from '../../src/http/safe-fetch.ts';
import { saying } from '../support/attempts.ts';
import { watchConnections, type Attempts } from '../support/connection-attempts.ts';
import { OAuthApp, registerRaw } from '../support/oauth-app.ts';
import { Person, textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

/** In the public range, and nobody’s: a connection to it fails at once. */
const nobodys = '2d00::1';
const other = '2d00::2';

describe('a client’s document', () => {
  let world: World;
  let attempts: Attempts;
  const names = new Map<string, string[][]>();
  const asked: string[] = [];
  const documents = new Map<string, () => Response>();
  const fetched: string[] = [];

  const resolve: Resolve = (host, answer) => {
    asked.push(host);
    const turns = names.get(host) ?? [[]];
    const addresses = (turns.length > 1 ? turns.shift() : turns[0]) ?? [];
    answer(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

  beforeAll(async () => {
    const safeFetch = makeSafeFetch({ resolve });
    world = await openWorld({
      fetchClientDocument: async (url) => {
        fetched.push(String(url));
        return documents.get(String(url))?.() ?? safeFetch(url);
      },
    });
  });
  beforeEach(() => {
    attempts = watchConnections();
  });
  afterEach(() => attempts.stop());
  afterAll(() => world.close());

  /** Where the server itself connected to, the test's own requests and the database left out. */
  const reached = () => attempts.to.filter((each) => each.endsWith(' 443') || !/^(?:127\.0\.0\.1|::1) /.test(each));
  const askedBy = (clientId: string, redirectUri = 'https://app.example/callback') =>
    new Person(world.url).get(new OAuthApp({ origin: world.url, clientId, redirectUri }).authorization().url);
  const publish = (id: string, document: unknown, init: ResponseInit = {}) => documents.set(id, () => Response.json(document, init));
  const sound = (id: string) => ({ client_id: id, client_name: 'Assistant', redirect_uris: ['https://app.example/callback'] });

  it.each([
    'https://127.0.0.1/client.json',
    'https://127.1/client.json',
    'https://2130706433/client.json',
    'https://0x7f000001/client.json',
    'https://017700000001/client.json',
    'https://0/client.json',
    'https://10.0.0.1/client.json',
    'https://169.254.169.254/latest/meta-data',
    'https://192.168.1.1/client.json',
    'https://[::1]/client.json',
    'https://[::ffff:127.0.0.1]/client.json',
    'https://[::ffff:7f00:1]/client.json',
    'https://[fd00::1]/client.json',
    'https://[fe80::1]/client.json',
    'https://[64:ff9b::7f00:1]/client.json',
    'https://localhost/client.json',
    'https://localhost./client.json',
    'https://app.example:8443/client.json',
    'https://user@app.example/client.json',
    'https://app.example/../client.json',
    'https://app.example/%2e%2e/client.json',
    'https://app.example/client.json#x',
    'https:\\\\app.example\\client.json',
    'http://app.example/client.json',
    'ftp://app.example/client.json',
  ])('at %s is not asked for: not one connection is opened', async (clientId) => {
    names.set('app.example', [[nobodys]]);
    const visit = await askedBy(clientId);
    expect([visit.status, visit.location, reached()]).toEqual([400, null, []]);
  });

  it.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['172.16.0.1'],
    ['169.254.169.254'],
    ['::1'],
    ['::ffff:10.0.0.1'],
    ['fd00::1'],
    ['64:ff9b::a00:1'],
    ['0.0.0.0'],
  ])('at a name that leads to %s is not asked for: not one connection is opened', async (address) => {
    const host = `to-${address.replaceAll(/[.:]/g, '-')}.example`;
    names.set(host, [[address]]);
    expect((await askedBy(`https://${host}/client.json`)).status).toBe(400);
    names.set(host, [[nobodys, address]]);
    expect((await askedBy(`https://${host}/other.json`)).status).toBe(400);
    expect(asked).toContain(host);
    expect(reached()).toEqual([]);
  });

  it('at a public name is asked for at that name’s address, port 443, and nowhere else', async () => {
    names.set('public.example', [[nobodys]]);
    await askedBy('https://public.example/client.json');
    expect(new Set(reached())).toEqual(new Set([`${nobodys} 443`]));
  });

  it('at a name whose address changes after the look is asked for at the address that was looked at', async () => {
    names.set('rebinding.example', [[nobodys], ['127.0.0.1']]);
    await askedBy('https://rebinding.example/client.json');
    expect(reached()).toEqual([`${nobodys} 443`]);
    await askedBy('https://rebinding.example/client.json');
    expect(reached()).toEqual([`${nobodys} 443`]);
    expect(asked.filter((each) => each === 'rebinding.example').length).toBeGreaterThan(1);
  });

  it('at a name whose address changes to another public one is asked for at the new one', async () => {
    names.set('moving.example', [[nobodys], [other]]);
    await askedBy('https://moving.example/client.json');
    await askedBy('https://moving.example/client.json');
    expect(new Set(reached())).toEqual(new Set([`${nobodys} 443`, `${other} 443`]));
  });

  it.each<[string, (id: string) => [unknown, ResponseInit?]]>([
    ['says another address than its own', (id) => [{ ...sound(id), client_id: 'https://other.example/client.json' }]],
    ['names no address', () => [{ redirect_uris: ['https://app.example/callback'] }]],
    ['holds a secret', (id) => [{ ...sound(id), client_secret: 'x' }]],
    ['wants a shared secret', (id) => [{ ...sound(id), token_endpoint_auth_method: 'client_secret_post' }]],
    ['is a list', (id) => [[sound(id)]]],
    ['is larger than 5 KiB', (id) => [{ ...sound(id), client_name: 'x'.repeat(5_200) }]],
    ['moves on to a private address', (id) => [sound(id), { status: 302, headers: { location: 'https://127.0.0.1/' } }]],
    ['moves on to another host', (id) => [sound(id), { status: 301, headers: { location: 'https://app.example/moved' } }]],
    ['is an error', (id) => [sound(id), { status: 404 }]],
    ['returns to an unsafe address', (id) => [{ ...sound(id), redirect_uris: ['https://app.example/callback', 'http://app.example/x'] }]],
  ])('that %s is refused, and nothing else is asked for', async (flaw, document) => {
    const id = `https://flawed.example/${flaw.replaceAll(' ', '-')}.json`;
    publish(id, ...document(id));
    const before = fetched.length;
    const visit = await askedBy(id);
    expect([visit.status, visit.location]).toEqual([400, null]);
    expect(fetched.slice(before).every((each) => each === id)).toBe(true);
    expect(reached()).toEqual([]);
    expect(textOf(visit)).not.toContain('flawed.example');
  });

  it('that is sound names its client', async () => {
    const id = 'https://sound.example/client.json';
    publish(id, sound(id));
    const visit = await askedBy(id);
    expect([visit.status, visit.body.includes('name="password"')]).toEqual([200, true]);
  });

  it.each(['jwks_uri', 'sector_identifier_uri', 'logo_uri', 'client_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri', 'request_uris'])(
    'is not asked for at registration by %s',
    async (name) => {
      const before = fetched.length;
      for (const address of ['https://127.0.0.1/x', 'http://169.254.169.254/', 'https://public.example/x']) {
        const value = name === 'request_uris' ? [address] : address;
        const { status } = await registerRaw(world.url, {
          redirect_uris: ['https://app.example/callback'],
          [name]: value,
          ...(name === 'jwks_uri' && { token_endpoint_auth_method: 'private_key_jwt' }),
        });
        expect([name, [201, 400].includes(status)]).toEqual([name, true]);
      }
      expect([reached(), fetched.slice(before)]).toEqual([[], []]);
    },
  );

  it('with keys at a private address is used for nothing: not one connection is opened', async () => {
    names.set('inside.example', [['10.0.0.5']]);
    for (const jwks_uri of ['https://inside.example/keys', 'https://127.0.0.1/keys', 'http://public.example/keys']) {
      const { status, body } = await registerRaw(world.url, {
        redirect_uris: ['https://app.example/callback'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri,
      });
      if (status !== 201) continue;
      expect(saying(await tokenRequest(String(body['client_id'])))).toBe('401 invalid_client');
    }
    expect(reached()).toEqual([]);
  });

  it('with keys at a public address has them asked for there', async () => {
    names.set('keys.example', [[nobodys]]);
    const { body } = await registerRaw(world.url, {
      redirect_uris: ['https://app.example/callback'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://keys.example/keys',
    });
    await tokenRequest(String(body['client_id']));
    expect(new Set(reached())).toEqual(new Set([`${nobodys} 443`]));
  });

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokenRequest = (clientId: string) => {
    const now = Math.floor(world.clock().getTime() / 1000);
    const claims = { iss: clientId, sub: clientId, aud: world.url, jti: 'x', exp: now + 60 };
    return new OAuthApp({ origin: world.url, clientId, redirectUri: 'https://app.example/callback' }).refresh('x', {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${part({ alg: 'ES256', kid: 'k' })}.${part(claims)}.${'A'.repeat(86)}`,
    });
  };
});
