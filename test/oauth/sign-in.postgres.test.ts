import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OAuthApp } from '../support/oauth-app.ts';
import { addPerson, startOAuthServer, type OAuthServer, type TestAccount } from '../support/oauth-server.ts';
import { Person, textOf } from '../support/person.ts';

let server: OAuthServer;
let ada: TestAccount;

beforeAll(async () => {
  server = await startOAuthServer();
  ada = await addPerson(server, 'ada@example.com');
});
afterAll(() => server.close());

function sql<Row>(text: string, parameters: (string | Uint8Array | null)[] = []): Promise<Row[]> {
  return server.db.database.statement<Row>(text, parameters);
}

async function signedIn(account = ada): Promise<Person> {
  const person = new Person(server.origin);
  const landed = await person.signIn(await person.get('/dashboard'), account);
  expect(landed.body).toBe(`hello ${account.displayName}`);
  return person;
}

describe('signing in', () => {
  it('comes back to the page that was asked for', async () => {
    const person = new Person(server.origin);
    const landed = await person.signIn(await person.get('/dashboard?from=mail'), ada);
    expect([landed.status, landed.url.pathname, landed.url.search]).toEqual([200, '/dashboard', '?from=mail']);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/%0d%0aSet-Cookie:x',
    'javascript:alert(1)',
    '/..//evil.example',
  ])('never leads to %s', async (to) => {
    const person = new Person(server.origin);
    const landed = await person.signIn(await person.get(`/sign-in?to=${encodeURIComponent(to)}`), ada);
    expect(landed.url.origin).toBe(server.origin);
    expect(landed.location).toBeNull();
  });

  it('gives one answer to a wrong password, an unknown address, a disabled account and one without a password', async () => {
    const disabled = await addPerson(server, 'disabled@example.com');
    const fresh = await addPerson(server, 'fresh@example.com');
    await sql('update accounts set disabled_at = created_at where id = $1', [disabled.accountId]);
    await sql('update accounts set password_hash = null where id = $1', [fresh.accountId]);
    const tries = [
      { email: ada.email, password: 'wrong' },
      { email: 'nobody@example.com', password: ada.password },
      { email: disabled.email, password: ada.password },
      { email: fresh.email, password: '' },
      { email: fresh.email, password: 'nobody has this password' },
      { email: ada.email, password: 'x'.repeat(50_000) },
    ];
    const answers = [];
    for (const each of tries) {
      const person = new Person(server.origin);
      const page = await person.signIn(await person.get('/dashboard'), each);
      answers.push([page.status, textOf(page), (await person.get('/api/me')).status]);
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]).toEqual([401, expect.stringContaining('don’t go together'), 401]);
  });

  it('stops the search for a password', async () => {
    const person = new Person(server.origin);
    const eve = await addPerson(server, 'eve@example.com');
    let page = await person.get('/dashboard');
    for (let round = 0; round < 10; round += 1) page = await person.signIn(page, { email: eve.email, password: `guess ${round}` });
    expect(page.status).toBe(401);
    expect((await person.signIn(page, eve)).status).toBe(429);
    await signedIn();
  });

  it('moves the clock of last activity, but not that of a cancelled service (CS-32, CS-51)', async () => {
    const bob = await addPerson(server, 'bob@example.com');
    await sql(`update memberships set status = 'deactivated' where account_id = $1 and service = 'certumssl'`, [bob.accountId]);
    server.clock.advance({ days: 1 });
    await signedIn(bob);
    const rows = await sql<{ service: string; moved: boolean }>(
      'select service, last_activity_at > created_at as moved from memberships where account_id = $1 order by service',
      [bob.accountId],
    );
    expect(rows).toEqual([
      { service: 'certfusion', moved: true },
      { service: 'certumssl', moved: false },
    ]);
    expect(await sql('select last_activity_at > created_at as moved from accounts where id = $1', [bob.accountId])).toEqual([
      { moved: true },
    ]);
  });

  it('tells a person whose browser keeps no cookies', async () => {
    const person = new Person(server.origin);
    person.keepsCookies = false;
    const page = await person.get('/dashboard');
    expect([page.status, textOf(page)]).toEqual([400, expect.stringContaining('Allow cookies')]);
    const done = await person.get('/sign-in/done?state=/dashboard');
    expect([done.status, textOf(done)]).toEqual([400, expect.stringContaining('Allow cookies')]);
  });
});

describe('a session', () => {
  it('has a cookie without a date, unreadable for scripts, that holds no account id (CS-08, CS-09, CS-10)', async () => {
    const person = await signedIn();
    const lines = person.cookieLines.filter((each) => /^session(\.sig)?=/.test(each));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(/; path=\/; samesite=lax; httponly$/i);
      expect(line).not.toMatch(/expires|max-age/i);
    }
    expect(person.cookieLines.join()).not.toContain(ada.accountId);
  });

  it('is new at each sign-in: a planted cookie is not adopted, an old one is dead', async () => {
    const person = await signedIn();
    const before = [...person.cookies.values()];
    await person.signIn(await person.get('/sign-in?again=1'), ada);
    const stale = new Person(server.origin);
    for (const each of before) stale.cookies.set(each.name, each);
    expect((await stale.get('/api/me')).status).toBe(401);
    expect((await person.get('/api/me')).status).toBe(200);
    const planted = new Person(server.origin);
    planted.cookies.set('session', { name: 'session', value: 'planted', path: '/', line: '' });
    expect((await planted.get('/api/me')).status).toBe(401);
  });

  it('needs the password again for what matters, after five minutes', async () => {
    const person = await signedIn();
    expect((await person.get('/danger')).body).toBe('sure');
    server.clock.advance({ minutes: 5, seconds: 2 });
    const asked = await person.get('/danger');
    expect(asked.body).toContain('Confirm that it is you');
    expect((await person.get('/dashboard')).body).toContain('hello');
    const grace = await addPerson(server, 'grace@example.com');
    expect((await person.signIn(asked, grace)).status).toBe(401);
    expect((await person.signIn(asked, ada)).body).toBe('sure');
  });

  it('ends here, or everywhere, and leaves apps connected', async () => {
    const [here, there, third] = [await signedIn(), await signedIn(), await signedIn()];
    const app = await OAuthApp.register(server.origin);
    const tokens = await app.tokens(here, ada);
    await here.post('/sign-out', {});
    expect([(await here.get('/api/me')).status, (await there.get('/api/me')).status]).toEqual([401, 200]);
    expect([...here.cookies.values()].filter(({ name }) => name.startsWith('session'))).toEqual([]);
    await there.post('/sign-out/everywhere', {});
    expect((await third.get('/api/me')).status).toBe(401);
    expect((await app.refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('is not ended from another site', async () => {
    const person = await signedIn();
    expect((await person.post('/sign-out', {}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await person.get('/api/me')).status).toBe(200);
  });
});

describe('a one-time password link', () => {
  async function linkFor(account: TestAccount, hours = 24): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const [now, end] = [server.clock(), new Date(server.clock().getTime() + hours * 3_600_000)];
    const digest = createHash('sha256').update(token).digest();
    await sql('insert into password_links (digest, account_id, created_at, expires_at) values ($1, $2, $3, $4)', [
      digest,
      account.accountId,
      now.toISOString(),
      end.toISOString(),
    ]);
    return `/password/${token}`;
  }

  it('sets the password once, and ends the sign-ins of before', async () => {
    const carl = await addPerson(server, 'carl@example.com');
    const before = await signedIn(carl);
    const link = await linkFor(carl);
    const anyone = new Person(server.origin);
    expect((await anyone.get(link)).body).toContain('name="password"');
    expect((await anyone.submit(link, { password: 'short' })).status).toBe(400);
    expect((await anyone.submit(link, { password: 'a long enough one', password_again: 'another one' })).status).toBe(400);
    expect((await anyone.submit(link, { password: 'a long enough one', password_again: 'a long enough one' })).status).toBe(200);
    expect((await before.get('/api/me')).status).toBe(401);
    await signedIn({ ...carl, password: 'a long enough one' });
    expect((await anyone.submit(link, { password: 'yet another one!' })).status).toBe(404);
  });

  it('expires, and an unknown one looks the same', async () => {
    const link = await linkFor(ada, 1);
    server.clock.advance({ hours: 1, seconds: 1 });
    const [late, unknown] = [await new Person(server.origin).get(link), await new Person(server.origin).get('/password/unknown')];
    expect([late.status, late.body]).toEqual([404, unknown.body]);
  });
});
