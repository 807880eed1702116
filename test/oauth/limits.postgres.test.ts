import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorTable, publicError } from '../../src/errors.ts';
import { limitTable, makeLimits } from '../../src/http/limits.ts';
import { deleteExpiredLimits } from '../../src/store/engine/rate-limits.ts';
import { ada, connect, mcp } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person, textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const budgets = { token: 6, tool_call: 4, request: 3, register: 12, fetch_client: 2, password_link: 2, verification_code: 3 };
const client = (at: number) => `https://assistant.example/${at}.json`;

let world: World;
let behindProxy: World;
const refusals: string[] = [];

beforeAll(async () => {
  const fetchClientDocument = (url: string | URL) => Promise.resolve(Response.json({ client_id: String(url), redirect_uris: [] }));
  world = await openWorld({ demo: true, budgets, fetchClientDocument, countRefusal: (limit) => void refusals.push(limit) });
  behindProxy = await openWorld({ demo: true, budgets, trustedProxies: 1 });
});
afterAll(() => Promise.all([world.close(), behindProxy.close()]));

/** What a refusal must hold: its status, a time to wait within the window, the fixed text. */
function refusal(seconds: number) {
  return { status: 429, wait: expect.toSatisfy((wait: number) => wait >= 1 && wait <= seconds), text: errorTable.rate_limited.text };
}

async function answerOf(response: Response): Promise<{ status: number; wait: number; text: string }> {
  const body = await response.text();
  const text = body.includes(errorTable.rate_limited.text) ? errorTable.rate_limited.text : body;
  return { status: response.status, wait: Number(response.headers.get('retry-after')), text };
}

function ask(path: string, { origin = world.url, ...init }: RequestInit & { origin?: string } = {}) {
  return fetch(`${origin}${path}`, { ...init, redirect: 'manual' }).then(answerOf);
}

const anyAddress = () => Array.from(randomBytes(4)).join('.');

describe('limits', () => {
  it('tool calls count by grant: over the limit an app is told so by a tool error with a time to wait, another app of the same person is not', async () => {
    const [busy, calm] = [await connect(world, { name: 'Busy' }), await connect(world, { name: 'Calm' })];
    const calls = await Promise.all([1, 2, 3, 4, 5, 6].map(() => busy.call('get_account_summary')));
    expect(calls.filter(({ structured }) => structured !== null)).toHaveLength(4);
    const refused = calls.filter(({ error }) => error === 'rate_limited');
    expect(refused).toHaveLength(2);
    for (const each of refused) {
      expect([each.status, JSON.parse(each.text ?? '')]).toEqual([200, publicError('rate_limited')]);
      expect(Number(each.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await calm.call('get_account_summary')).structured).not.toBeNull();
    const [rows] = await world.database.statement<{ count: string }>(
      `select count(*)::text as count from disclosures d join apps a on a.id = d.app_id where a.name = 'Busy'`,
      [],
    );
    expect(rows?.count).toBe('4');
  });

  it('other requests of a grant get 429 with Retry-After', async () => {
    const app = await connect(world, { name: 'Lists' });
    const list = () => mcp(world.url, { accessToken: app.accessToken, method: 'tools/list' });
    const answers = await Promise.all([1, 2, 3, 4].map(list));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 200, 200, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(JSON.parse(refused?.body ?? '')).toEqual(publicError('rate_limited'));
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await app.call('get_account_summary')).structured).not.toBeNull();
  });

  it('refused token requests count, also all at once; what succeeds does not', async () => {
    const app = await connect(world, { name: 'Refreshes' });
    let token = app.refreshToken;
    for (let round = 0; round < 8; round += 1) {
      const refreshed = await app.app.refresh(token);
      expect(refreshed.status).toBe(200);
      token = refreshed.body.refresh_token;
    }
    const guesses = await Promise.all(Array.from({ length: 12 }, () => app.app.refresh(randomBytes(32).toString('base64url'))));
    expect(guesses.filter(({ status }) => status === 400)).toHaveLength(6);
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: app.app.clientId });
    expect(await ask('/oauth/token', { method: 'POST', body })).toEqual(refusal(limitTable.token.seconds));
    const nothing = new URLSearchParams({ token: 'x', client_id: app.app.clientId });
    expect(await ask('/oauth/revoke', { method: 'POST', body: nothing })).toMatchObject({ status: 429 });
  });

  it('fetched metadata documents, password links and registrations count by network', async () => {
    for (const at of [1, 2]) await ask(`/oauth/authorize?client_id=${encodeURIComponent(client(at))}`);
    const app = new OAuthApp({ origin: world.url, clientId: client(3), redirectUri: 'https://app.example/callback' });
    const { pathname, search } = app.authorization().url;
    expect(await ask(`${pathname}${search}`, { headers: { accept: 'text/html' } })).toEqual(refusal(limitTable.fetch_client.seconds));
    for (const at of [1, 2]) expect(await ask(`/password/${at}`)).toMatchObject({ status: 404 });
    expect(await ask('/password/3')).toEqual(refusal(limitTable.password_link.seconds));
    const register = () =>
      ask('/oauth/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['https://app.example/callback'] }),
      });
    const answers = await Promise.all(Array.from({ length: 13 }, register));
    expect(answers.filter(({ status }) => status === 429)[0]).toEqual(refusal(limitTable.register.seconds));
    expect(await ask('/', {})).toMatchObject({ status: 200 });
    expect(new Set(refusals)).toEqual(new Set(['tool_call', 'request', 'token', 'fetch_client', 'password_link', 'register']));
  });

  it('failed sign-ins say how long to wait', async () => {
    const person = new Person(world.url);
    let page = await person.get('/dashboard');
    for (let round = 0; round < 11; round += 1)
      page = await person.signIn(page, { email: 'nobody@example.com', password: `guess ${round}` });
    expect([page.status, Number(page.headers.get('retry-after'))]).toEqual([429, 900]);
    expect(textOf(page)).toContain('Too many tries');
    expect((await person.signIn(page, ada)).status).toBe(200);
  });

  it('a forged X-Forwarded-For evades none of them, and harms nobody else', async () => {
    const guess = (origin: string, forwarded: string) => ask('/v/nothing', { origin, headers: { 'x-forwarded-for': forwarded } });
    for (let round = 0; round < 3; round += 1) expect(await guess(world.url, anyAddress())).toMatchObject({ status: 404 });
    expect(await guess(world.url, anyAddress())).toEqual(refusal(limitTable.verification_code.seconds));

    for (let round = 0; round < 3; round += 1) {
      expect(await guess(behindProxy.url, `${anyAddress()}, 192.0.2.55`)).toMatchObject({ status: 404 });
    }
    expect(await guess(behindProxy.url, `192.0.2.56, 192.0.2.55`)).toEqual(refusal(limitTable.verification_code.seconds));
    expect(await guess(behindProxy.url, `192.0.2.55, 192.0.2.56`)).toMatchObject({ status: 404 });
  });

  it('forget that somebody had used theirs up when it is given back', async () => {
    const limits = makeLimits({ secret: randomBytes(32), shared: world.database.orm, budgets: { sign_in: 2 } });
    for (let count = 0; count < 2; count += 1) await limits.spend('sign_in', 'somebody');
    expect(await limits.isSpent('sign_in', 'somebody')).toBe(true);
    for (let count = 0; count < 2; count += 1) await limits.refund('sign_in', 'somebody');
    expect(await limits.isSpent('sign_in', 'somebody')).toBe(false);
  });

  it('are counted together by all instances on one database, under keyed hashes, and forgotten when they run out', async () => {
    const { orm } = world.database;
    const secret = randomBytes(32);
    const [one, other] = [makeLimits({ secret, shared: orm, budgets }), makeLimits({ secret, shared: orm, budgets })];
    const network = '198.51.100.77';
    const spent = await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 ? one : other).spend('register', network)));
    expect(spent.filter(Boolean)).toHaveLength(12);
    expect(await Promise.all([one, other].map((each) => each.isSpent('register', network)))).toEqual([true, true]);
    expect(await makeLimits({ secret, shared: orm, budgets }).secondsToWait('register', network)).toBeGreaterThan(3_000);
    await other.forgive('register', network);
    expect(await other.spend('register', network)).toBe(true);

    const keysNow = () => world.database.statement<{ key: string }>('select key from rate_limits', []);
    const keys = (await keysNow()).map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) expect(key).toMatch(/^[a-z_]+:[\w-]{43}$/);
    await deleteExpiredLimits({ orm, now: new Date(world.clock().getTime() + 3_700_000) });
    expect(await keysNow()).toEqual([]);
  });
});
