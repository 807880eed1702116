import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OAuthApp } from '../support/oauth-app.ts';
import { addPerson, startOAuthServer, type OAuthServer, type TestAccount } from '../support/oauth-server.ts';
import { Person } from '../support/person.ts';

describe('a sign-in', () => {
  let server: OAuthServer;
  let ada: TestAccount;
  let app: OAuthApp;

  beforeAll(async () => {
    server = await startOAuthServer();
    ada = await addPerson(server, 'ada@example.com');
    app = await OAuthApp.register(server.origin);
    await app.connect(new Person(server.origin), ada);
  });
  afterAll(() => server.close());

  const signedIn = async () => {
    const person = new Person(server.origin);
    await person.signIn(await person.get('/sign-in'), ada);
    expect(await opens(person)).toBe(200);
    return person;
  };
  const opens = async (person: Person) => (await person.get('/api/me')).status;
  const uses: [string, (person: Person) => Promise<unknown>][] = [
    ['visiting /sign-in', (person) => person.get('/sign-in')],
    ['asking for an app and denying it', async (person) => person.consent(await person.get(app.authorization().url), { decision: 'deny' })],
    ['connecting an app', async (person) => person.consent(await person.get(app.authorization().url))],
    ['asking silently', (person) => person.get(app.authorization({ prompt: 'none' }).url)],
    ['opening pages', (person) => person.get('/dashboard')],
  ];

  it.each(uses)('ends a day after the password was given, however often it is used by %s', async (_, use) => {
    const person = await signedIn();
    for (let hours = 7; hours < 24; hours += 7) {
      server.clock.advance({ hours: 7 });
      await use(person);
      expect(await opens(person)).toBe(200);
    }
    server.clock.advance({ hours: 2, minutes: 59 });
    await use(person);
    expect(await opens(person)).toBe(200);
    server.clock.advance({ minutes: 2 });
    expect(await opens(person)).toBe(401);
    await use(person);
    expect(await opens(person)).toBe(401);
  });

  it('that was kept for longer by the version before is over all the same: for pages, apps and the list of sign-ins', async () => {
    const person = await signedIn();
    server.clock.advance({ hours: 25 });
    await server.db.database.statement(`update oauth_artifacts set expires_at = $1 where kind = 'Session'`, [
      new Date(server.clock().getTime() + 86_400_000).toISOString(),
    ]);
    expect(await opens(person)).toBe(401);
    expect((await person.get(app.authorization().url)).body).toContain('name="password"');
    expect(await server.oauth.sessions.list({ accountId: ada.accountId, current: new Uint8Array() })).toEqual([]);
  });

  it('that ends while a consent waits gives none', async () => {
    const person = await signedIn();
    server.clock.advance({ hours: 23, minutes: 55 });
    const page = await person.get(app.authorization().url);
    server.clock.advance({ minutes: 6 });
    const landed = await person.consent(page);
    expect([landed.location?.searchParams.get('code') ?? null, await opens(person)]).toEqual([null, 401]);
  });

  it('doesn’t wait longer for a password or a consent, however often its page is opened', async () => {
    const person = new Person(server.origin);
    const page = await person.get(app.authorization().url);
    for (let opened = 0; opened < 3; opened += 1) {
      server.clock.advance({ minutes: 5 });
      await person.get(page.url);
    }
    expect((await person.signIn(page, ada)).status).toBe(400);
  });

  it('keeps its time in the list of sign-ins, whatever it is used for', async () => {
    const person = await signedIn();
    const first = await server.oauth.sessions.list({ accountId: ada.accountId, current: new Uint8Array() });
    server.clock.advance({ hours: 5 });
    await person.consent(await person.get(app.authorization().url));
    const later = await server.oauth.sessions.list({ accountId: ada.accountId, current: new Uint8Array() });
    expect(later.map(({ signedInAt }) => signedInAt)).toEqual(first.map(({ signedInAt }) => signedInAt));
  });

  it('lasts a day without being used, and a day more once the password is given again', async () => {
    const person = await signedIn();
    server.clock.advance({ hours: 23, minutes: 59 });
    expect(await opens(person)).toBe(200);
    await person.signIn(await person.get('/sign-in?again=1'), ada);
    server.clock.advance({ hours: 23, minutes: 59 });
    expect(await opens(person)).toBe(200);
    server.clock.advance({ minutes: 2 });
    expect(await opens(person)).toBe(401);
  });

  it('ends no connection, and a connection ends a year after its consent, however often it is refreshed', async () => {
    const connected = await app.tokens(await signedIn(), ada);
    let { refresh_token: token } = connected;
    for (let month = 1; month <= 12; month += 1) {
      server.clock.advance({ days: 29 });
      const answer = await app.refresh(token);
      expect([month, answer.status]).toEqual([month, 200]);
      token = answer.body.refresh_token;
    }
    server.clock.advance({ days: 19 });
    expect((await app.refresh(token)).status).toBe(400);
  });
});
