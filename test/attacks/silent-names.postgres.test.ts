import { lookup } from 'node:dns/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askNameServers } from '../../src/http/name-servers.ts';
import { makeSafeFetch } from '../../src/http/safe-fetch.ts';
import { watchConnections, type Attempts } from '../support/connection-attempts.ts';
import { openNameServer, type NamesSaid, type NameServer } from '../support/name-server.ts';
import { OAuthApp, registerRaw } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

/** In the public range, and nobody’s: a connection to it fails at once. */
const nobodys = '2d00::1';
const callback = 'https://app.example/callback';

const names: NamesSaid = (name, type) => {
  if (name.endsWith('.slow.example')) return 'silence';
  if (name === 'half-silent.example' && type === 'A') return 'silence';
  if (name === 'inside.example') return { addresses: ['10.0.0.5'] };
  if (name === 'two-faced.example') return { addresses: ['93.184.216.34', '::1'] };
  if (name === 'alias.example') return { alias: 'inside.example', addresses: ['10.0.0.5'] };
  if (name === 'good-alias.example') return { alias: 'good.example', addresses: [nobodys] };
  return { addresses: name === 'none.example' ? [] : [nobodys] };
};

describe('a name that a stranger chose', () => {
  let world: World;
  let server: NameServer;
  let attempts: Attempts;

  beforeAll(async () => {
    server = await openNameServer(names);
    const fetchClientDocument = makeSafeFetch({ resolve: askNameServers([server.address]) });
    world = await openWorld({ fetchClientDocument, budgets: { fetch_client: 1_000, register: 1_000, token: 1_000 } });
  });
  beforeEach(() => {
    attempts = watchConnections();
  });
  afterEach(() => attempts.stop());
  afterAll(async () => {
    await world.close();
    await server.close();
  });

  const reached = () => new Set(attempts.to.filter((each) => each.endsWith(' 443')));
  const askedBy = (clientId: string) =>
    new Person(world.url).get(new OAuthApp({ origin: world.url, clientId, redirectUri: callback }).authorization().url);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const withKeysAt = async (jwks_uri: string) => {
    const { body } = await registerRaw(world.url, { redirect_uris: [callback], token_endpoint_auth_method: 'private_key_jwt', jwks_uri });
    const clientId = String(body['client_id']);
    const claims = { iss: clientId, sub: clientId, aud: world.url, jti: 'x', exp: Math.floor(world.clock().getTime() / 1000) + 60 };
    return new OAuthApp({ origin: world.url, clientId, redirectUri: callback }).refresh('x', {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${part({ alg: 'ES256', kid: 'k' })}.${part(claims)}.${'A'.repeat(86)}`,
    });
  };

  it.each([
    ['documents', (at: number) => askedBy(`https://a${at}.slow.example/client.json`)],
    ['keys', (at: number) => withKeysAt(`https://k${at}.slow.example/keys`)],
  ])('whose name servers are silent holds up nobody else’s look-up while %s are asked for there', async (what, ask) => {
    let open = 40;
    const mark = new RegExp(` ${what[0] === 'd' ? 'a' : 'k'}\\d+\\.slow`);
    const silent = Array.from({ length: 40 }, async (_, at) => {
      await ask(at);
      open -= 1;
    });
    await server.heard(16, mark);
    // The database's name is looked up like this one, on threads that are few.
    const looked = lookup('localhost').then(({ address }) => [address, open > 0]);
    const asked = server.heard(1, new RegExp(`A ${what}\\.good\\.example`)).then(() => open > 0);
    const other = askedBy(`https://${what}.good.example/client.json`);
    expect(await looked).toEqual([expect.stringMatching(/^(?:127\.0\.0\.1|::1)$/), true]);
    expect(await asked).toBe(true);
    expect((await other).status).toBe(400);
    expect(reached()).toEqual(new Set([`${nobodys} 443`]));
    await Promise.all(silent);
  });

  it('is left alone when the fetch is over: no question stays open', async () => {
    await askedBy('https://last.slow.example/client.json');
    const asked = server.asked.length;
    expect(process.getActiveResourcesInfo().filter((each) => /Query|GetAddrInfo/.test(each))).toEqual([]);
    await askedBy('https://next.good.example/client.json');
    expect(server.asked.slice(asked).filter((each) => each.includes('slow'))).toEqual([]);
  });

  it.each(['inside.example', 'two-faced.example', 'alias.example', 'none.example'])(
    'that is %s, with an address inside in either family or behind another name, is connected to by nobody',
    async (host) => {
      expect((await askedBy(`https://${host}/client.json`)).status).toBe(400);
      expect(server.asked).toEqual(expect.arrayContaining([`A ${host}`, `AAAA ${host}`]));
      expect(reached()).toEqual(new Set());
    },
  );

  it.each(['good.example', 'good-alias.example', 'half-silent.example'])(
    'that leads to a public address, %s, is asked for there',
    async (host) => {
      await askedBy(`https://${host}/client.json`);
      expect(reached()).toEqual(new Set([`${nobodys} 443`]));
    },
  );
});
