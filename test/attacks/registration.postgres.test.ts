import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepOAuth } from '../../src/oauth/sweep.ts';
import { sweepOf } from '../support/clock.ts';
import { ada } from '../support/connect.ts';
import { OAuthApp, registerRaw } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openWorld, type World } from '../support/world.ts';

const callback = 'https://app.example/callback';

describe('a registration', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true, trustedProxies: 1 });
  });
  afterAll(() => world.close());

  const register = (metadata: Record<string, unknown>) => registerRaw(world.url, { redirect_uris: [callback], ...metadata });
  const registerFrom = (address: string, body: string) =>
    sendRaw(world.url, {
      method: 'POST',
      target: '/oauth/register',
      headers: [
        ['x-forwarded-for', address],
        ['content-type', 'application/json'],
      ],
      body,
    });
  const small = JSON.stringify({ redirect_uris: [callback] });

  it.each([
    ['a body of more than 56 KiB', { client_name: 'x'.repeat(60_000) }],
    ['21 redirect addresses', { redirect_uris: Array.from({ length: 21 }, (_, each) => `${callback}/${each}`) }],
    ['a redirect address of 2,001 characters', { redirect_uris: [`${callback}/${'x'.repeat(2_001 - callback.length - 1)}`] }],
    ['no redirect address', { redirect_uris: [] }],
  ])('with %s is refused', async (_, metadata) => {
    const { status } = await register(metadata);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('just within those bounds is taken', async () => {
    for (const metadata of [
      { client_name: 'x'.repeat(50_000) },
      { redirect_uris: Array.from({ length: 20 }, (_, each) => `${callback}/${each}`) },
      { redirect_uris: [`${callback}/${'x'.repeat(2_000 - callback.length - 1)}`] },
    ])
      expect((await register(metadata)).status).toBe(201);
  });

  it('for a secret, somebody else’s name, more rights or what is not known gets none of it', async () => {
    const { status, body } = await register({
      client_id: 'dashboard',
      client_secret: 'mine',
      client_secret_expires_at: 0,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code', 'client_credentials', 'password', 'implicit'],
      response_types: ['code', 'token', 'none'],
      scope: 'openid admin',
      subject_type: 'public',
      require_pushed_authorization_requests: true,
      application_type: 'native',
      dpop_bound_access_tokens: true,
      backchannel_logout_uri: 'https://127.0.0.1/',
      normalised: true,
      client_name: `${'n'.repeat(200)}`,
    });
    expect(status).toBe(201);
    expect(body['client_id']).not.toBe('dashboard');
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      client_name: expect.stringMatching(/^n{70,80}…?$/),
    });
    for (const name of ['client_secret', 'scope', 'registration_access_token', 'registration_client_uri', 'backchannel_logout_uri'])
      expect(body).not.toHaveProperty(name);
    const [row] = await world.database.statement<{ payload: string }>('select payload::text from oauth_clients where client_id = $1', [
      String(body['client_id']),
    ]);
    expect(row?.payload).not.toMatch(/secret|mine|127\.0\.0\.1/);
  });

  it('for what this server gives gets it', async () => {
    const { body } = await register({ grant_types: ['authorization_code', 'refresh_token'], client_name: 'Plain' });
    expect(body).toMatchObject({ grant_types: ['authorization_code', 'refresh_token'], client_name: 'Plain', redirect_uris: [callback] });
  });

  it('beyond the three hundredth of one network in an hour has to wait, whatever address of it is used', async () => {
    const statuses = [];
    for (let count = 0; count < 301; count += 1) statuses.push((await registerFrom(`2001:db8:7:7::${count.toString(16)}`, '{}')).status);
    expect([...new Set(statuses.slice(0, 300)), statuses.at(-1)]).toEqual([400, 429]);
    expect((await registerFrom('2001:db8:7:7:ffff::1', small)).status).toBe(429);
  });

  it('from another network is taken meanwhile', async () => {
    expect((await registerFrom('2001:db8:7:8::1', small)).status).toBe(201);
  });

  it('that nobody connected within a week is forgotten, and with it what it takes', async () => {
    const unused = await OAuthApp.register(world.url);
    world.clock.advance({ days: 8 });
    await sweepOAuth(await sweepOf(world));
    expect((await new Person(world.url).get(unused.authorization().url)).status).toBe(400);
  });

  it('that somebody connected is kept', async () => {
    const used = await OAuthApp.register(world.url);
    const person = new Person(world.url);
    await used.tokens(person, ada);
    world.clock.advance({ days: 8 });
    await sweepOAuth(await sweepOf(world));
    expect((await person.get(used.authorization().url)).status).toBe(200);
  });
});
