import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { ada, connect, type ConnectedApp } from '../support/connect.ts';
import { openDocumentHost, type DocumentHost } from '../support/document-host.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { formOf, Person } from '../support/person.ts';
import type { RawRequest } from '../support/raw-http.ts';
import { beginTrickle, trickle, type Trickled } from '../support/trickle.ts';
import { openWorld, type World } from '../support/world.ts';

const slowest = { headersTimeout: 1_000, requestTimeout: 2_000, connectionsCheckingInterval: 100 };
const form = ['content-type', 'application/x-www-form-urlencoded'] as const;
const json = ['content-type', 'application/json'] as const;

describe('a request that trickles in', () => {
  let world: World;
  let app: ConnectedApp;
  let requests: ReadonlyMap<string, RawRequest & { readonly body: string }>;

  beforeAll(async () => {
    world = await openWorld({ demo: true, slowest });
    app = await connect(world);
    const person = new Person(world.url);
    const { action } = formOf(await person.get('/sign-in'));
    const cookie = [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const refreshing = { grant_type: 'refresh_token', refresh_token: app.refreshToken, client_id: app.app.clientId };
    const accept = ['accept', 'application/json, text/event-stream'] as const;
    const bearer = ['authorization', `Bearer ${app.accessToken}`] as const;
    requests = new Map([
      ['a call', posted('/mcp', [json, accept, bearer], JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))],
      ['a token request', posted('/oauth/token', [form], new URLSearchParams(refreshing).toString())],
      ['a registration', posted('/oauth/register', [json], JSON.stringify({ redirect_uris: ['https://app.example/callback'] }))],
      ['a sign-in', posted(action, [form, ['origin', world.url], ['cookie', cookie]], new URLSearchParams(ada).toString())],
    ]);
  });
  afterAll(() => world.close());

  const requestOf = (name: string) => {
    const request = requests.get(name);
    if (!request) throw new Error(`no request ${name}`);
    return request;
  };
  const kinds = ['a call', 'a token request', 'a registration', 'a sign-in'];
  const cutOff = {
    status: expect.toBeOneOf([408, null]),
    text: expect.toBeOneOf(['', 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n']),
  };

  it('without end, in its headers or its body, is cut off, and meanwhile others are served and the database holds nothing', async () => {
    const cut: string[] = [];
    const attackers = kinds.flatMap((kind) => [
      beginTrickle(world.url, { ...requestOf(kind), endless: 'headers' }),
      beginTrickle(world.url, { ...requestOf(kind), endless: 'body' }),
    ]);
    const ends = attackers.map(async ({ end }, index) => {
      const answer = await end;
      cut.push(kinds[index >> 1] ?? '');
      return answer;
    });
    await Promise.all(attackers.map(({ begun }) => begun));
    expect((await app.call('get_account_summary')).structured).not.toBeNull();
    expect((await app.person.get('/dashboard')).status).toBe(200);
    expect(await held(world)).toEqual([]);
    expect(cut).toEqual([]);
    const answers = await Promise.all(ends);
    expect(answers).toEqual(answers.map(() => cutOff));
    expect((await app.call('get_account_summary')).structured).not.toBeNull();
    const errors = world.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
    expect(errors).toEqual([]);
  });

  it.each([
    ['a call', 200],
    ['a registration', 201],
    ['a sign-in', 303],
    ['a token request', 200],
  ])('that is %s, slow but honest, is answered', async (kind, status) => {
    const answer: Trickled = await trickle(world.url, requestOf(kind));
    expect(answer.status).toBe(status);
  });
});

function posted(target: string, headers: NonNullable<RawRequest['headers']>, body: string) {
  return { method: 'POST', target, headers, body };
}

describe('a client’s document whose host', () => {
  const limits = { totalMs: 1_500, connectMs: 1_000, bytes: 65_536 };
  const documentAt = ({ href }: URL) =>
    JSON.stringify({ client_id: href, client_name: 'Assistant', redirect_uris: ['https://app.example/callback'] });
  let world: World;
  let host: DocumentHost;

  function* says(url: URL): Generator<string> {
    yield* documentAt(url).split(/(?<=,)/);
    const more = url.pathname === '/endless.json' ? ' ' : url.pathname === '/flood.json' ? ' '.repeat(20_000) : null;
    while (more !== null) yield more;
  }

  beforeAll(async () => {
    host = await openDocumentHost({ says, limits });
    world = await openWorld({ demo: true, fetchClientDocument: host.fetchClientDocument });
  });
  afterAll(async () => {
    await world.close();
    await host.close();
  });

  const ask = (path: string) => {
    const clientId = `https://slow.example${path}`;
    return new Person(world.url).get(
      new OAuthApp({ origin: world.url, clientId, redirectUri: 'https://app.example/callback' }).authorization().url,
    );
  };

  it('never ends is left in time, and meanwhile others are served and the database holds nothing', async () => {
    const left: number[] = [];
    const asked = ask('/endless.json').then(({ status }) => void left.push(status));
    expect((await new Person(world.url).get('/sign-in')).status).toBe(200);
    expect([left, await held(world)]).toEqual([[], []]);
    await asked;
    expect(left).toEqual([400]);
    expect(await host.said('/endless.json')).toBeLessThan(1_000);
  });

  it('floods is left long before its time is up', async () => {
    expect((await ask('/flood.json')).status).toBe(400);
    expect(await host.said('/flood.json')).toBeLessThan(1_000_000);
  });

  it('takes its time but ends is believed', async () => {
    const visit = await ask('/slow.json');
    expect([visit.status, visit.body.includes('name="password"')]).toEqual([200, true]);
  });
});

/** Connections of the server that are in a transaction. */
async function held({ database }: World): Promise<unknown> {
  const watch = database.dedicated();
  const busy = `select state from pg_stat_activity where datname = current_database() and application_name in ('certveil', 'certveil tools') and xact_start is not null`;
  const rows = await watch.orm.execute(sql.raw(busy));
  await watch.release();
  return [...(rows as unknown as unknown[])];
}
