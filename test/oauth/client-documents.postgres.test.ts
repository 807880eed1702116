import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const callback = 'https://assistant.example/callback';
const moved = 'https://assistant.example/moved';
const failures: [string, unknown][] = [
  ['no answer', new TypeError('fetch failed')],
  ['a bot challenge', new Response('<html>Just a moment</html>', { status: 403 })],
  ['a page with status 200', new Response('<html>We are back soon</html>')],
  ['nothing there', new Response('', { status: 404 })],
  ['somebody else’s document', { client_id: 'https://other.example/c', redirect_uris: [callback] }],
];

let count = 0;

/** A client whose host serves this document; each has an address of its own. */
function published(changes: Record<string, unknown> = {}): OAuthApp {
  count += 1;
  const id = `https://assistant.example/client-${count}.json`;
  serve(id, changes);
  return new OAuthApp({ origin: server.origin, clientId: id, redirectUri: callback });
}

function serve(id: string, changes: Record<string, unknown> = {}): void {
  server.documents.set(id, {
    client_id: id,
    client_name: 'Assistant',
    redirect_uris: [callback],
    token_endpoint_auth_method: 'none',
    ...changes,
  });
}

async function asks(app: OAuthApp, changes: Record<string, string> = {}): Promise<number> {
  return (await new Person(server.origin).get(app.authorization(changes).url)).status;
}

const timesFetched = (app: OAuthApp) => server.fetched.filter((each) => each === app.clientId).length;

describe('a client’s metadata document', () => {
  it.each(failures)('is refused when the host was never seen and gives %s', async (_, failure) => {
    const app = published();
    server.documents.set(app.clientId, failure);
    expect(await asks(app)).toBe(400);
    expect(await server.db.database.statement('select 1 from oauth_clients where client_id = $1', [app.clientId])).toEqual([]);
  });

  it.each(failures)('stays in force when its host gives %s later: codes, refreshes and new connections work', async (_, failure) => {
    const app = published();
    const tokens = await app.tokens(new Person(server.origin), ada);
    server.documents.set(app.clientId, failure);
    server.clock.advance({ hours: 2 });
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
    expect((await app.tokens(new Person(server.origin), ada)).token_type).toBe('Bearer');
    expect(await asks(app, { redirect_uri: moved })).toBe(400);
  });

  it('is asked for once in an authorization whose host fails', async () => {
    const app = published();
    server.documents.set(app.clientId, new TypeError('fetch failed'));
    expect([await asks(app), timesFetched(app)]).toEqual([400, 1]);
  });

  it('is forgotten when its host has failed for 30 days', async () => {
    const app = published();
    expect(await asks(app)).toBe(200);
    server.documents.set(app.clientId, new TypeError('fetch failed'));
    server.clock.advance({ days: 29, hours: 23 });
    expect(await asks(app)).toBe(200);
    server.clock.advance({ hours: 2 });
    expect(await asks(app)).toBe(400);
  });

  it('is fetched once while it is fresh, by its own max-age within a minute and an hour', async () => {
    const app = published();
    const document = server.documents.get(app.clientId);
    server.documents.set(app.clientId, Response.json(document, { headers: { 'cache-control': 'public, max-age=600' } }));
    expect([await asks(app), await asks(app), await asks(app)]).toEqual([200, 200, 200]);
    server.clock.advance({ minutes: 9 });
    await asks(app);
    expect(timesFetched(app)).toBe(1);
    server.clock.advance({ minutes: 2 });
    await asks(app);
    expect(timesFetched(app)).toBe(2);
  });

  it('asks a host that fails once a minute at most, and takes what it serves when it is back', async () => {
    const app = published();
    await asks(app);
    server.documents.set(app.clientId, new TypeError('fetch failed'));
    server.clock.advance({ hours: 2 });
    expect([await asks(app), await asks(app), await asks(app)]).toEqual([200, 200, 200]);
    expect(timesFetched(app)).toBe(2);
    serve(app.clientId, { redirect_uris: [moved] });
    server.clock.advance({ minutes: 2 });
    expect([await asks(app, { redirect_uri: moved }), await asks(app)]).toEqual([200, 400]);
  });

  it('changes its redirect addresses on every instance once the live document does', async () => {
    const app = published();
    expect([await asks(app), await asks(app, { redirect_uri: moved })]).toEqual([200, 400]);
    serve(app.clientId, { redirect_uris: [moved] });
    server.clock.advance({ hours: 2 });
    expect([await asks(app, { redirect_uri: moved }), await asks(app)]).toEqual([200, 400]);
    const other = await startOAuthServer({ db: server.db, clock: server.clock });
    const there = new OAuthApp({ origin: other.origin, clientId: app.clientId, redirectUri: moved });
    const visits = [there.authorization(), there.authorization({ redirect_uri: callback })].map(({ url }) =>
      new Person(other.origin).get(url),
    );
    expect((await Promise.all(visits)).map(({ status }) => status)).toEqual([200, 400]);
    expect(other.fetched).toEqual([]);
    await other.close();
  });

  it.each([
    ['a secret', { client_secret: 'x' }],
    ['a redirect address with credentials', { redirect_uris: ['https://user:pw@assistant.example/callback'] }],
  ])('is refused when the host itself adds %s, whatever it said before', async (_, change) => {
    const app = published();
    expect(await asks(app)).toBe(200);
    serve(app.clientId, change);
    server.clock.advance({ hours: 2 });
    expect(await asks(app)).toBe(400);
  });

  it('of a known client needs no budget of fetches: a stranger who used it up locks nobody out', async () => {
    const app = published();
    await asks(app);
    for (let spent = 0; spent < 120; spent += 1) await server.oauth.limits.spend('fetch_client', '127.0.0.1');
    expect([await asks(published()), await asks(app)]).toEqual([429, 200]);
    server.clock.advance({ hours: 2 });
    expect(await asks(app)).toBe(200);
  });
});
