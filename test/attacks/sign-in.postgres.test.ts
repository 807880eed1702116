import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, grace } from '../support/connect.ts';
import { formOf, Person, textOf, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a sign-in', () => {
  let world: World;
  /** Of the passwords that were verified. */
  const costs: string[] = [];

  beforeAll(async () => {
    world = await openWorld({
      demo: true,
      trustedProxies: 1,
      verifyPassword: (stored, password) => {
        costs.push(stored.slice(0, stored.lastIndexOf('$', stored.lastIndexOf('$') - 1)));
        return verify(stored, password);
      },
    });
  });
  afterAll(() => world.close());

  const from = (address: string) => ({ 'x-forwarded-for': address });
  const enter = async (person: Person, form: { email: string; password: string }, address: string): Promise<Visit> => {
    const page = await person.get('/sign-in');
    return person.submit(formOf(page).action, form, from(address));
  };
  const signedIn = async (account = ada): Promise<Person> => {
    const person = new Person(world.url);
    await person.signIn(await person.get('/dashboard'), account);
    return person;
  };
  const opens = async (person: Person) => (await person.get('/api/apps')).status;
  const plant = (person: Person, name: string, value: string) => person.cookies.set(`${name} /`, { name, value, path: '/', line: '' });

  it('guessed from addresses that change inside one IPv6 network is stopped after ten', async () => {
    const answers = [];
    for (let guess = 0; guess < 12; guess += 1) {
      const { status } = await enter(new Person(world.url), { ...ada, password: `guess ${guess}` }, `2001:db8:0:0:${guess}::${guess}`);
      answers.push(status);
    }
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect((await enter(new Person(world.url), ada, '2001:db8::ffff')).status).toBe(429);
  });

  it('with the right password from another network is let in', async () => {
    expect((await enter(new Person(world.url), ada, '2001:db8:0:1::1')).status).toBe(200);
  });

  it('guessed many times at once is stopped after ten as well', async () => {
    const visits = await Promise.all(
      Array.from({ length: 25 }, (_, guess) => enter(new Person(world.url), { ...ada, password: `guess ${guess}` }, '192.0.2.9')),
    );
    const statuses = visits.map(({ status }) => status);
    expect([statuses.filter((each) => each === 401).length, statuses.filter((each) => each === 429).length]).toEqual([10, 15]);
  });

  it('mistyped a few times is let in with the right password, and starts counting anew', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let typo = 0; typo < 6; typo += 1) await enter(new Person(world.url), { ...grace, password: 'typo' }, '192.0.2.10');
      expect((await enter(new Person(world.url), grace, '192.0.2.10')).status).toBe(200);
    }
  });

  it('doesn’t say whether an account exists: one answer, one status, one verification of one cost', async () => {
    const [noPassword, disabled] = ['nopassword@example.com', 'disabled@example.com'];
    await world.database.statement(
      `insert into accounts (email, email_key, email_masked, display_name, password_hash, disabled_at, created_at, last_activity_at)
       select e.email, e.email, 'o…@example.com', 'Off', case when e.off then a.password_hash end, case when e.off then now() end, now(), now()
       from accounts a, (values ($1, false), ($2, true)) as e(email, off) where a.email = 'ada@example.com'`,
      [noPassword, disabled],
    );
    const seen = new Set<string>();
    const emails = [grace.email, noPassword, disabled, 'nobody@example.com', `${'x'.repeat(400)}@example.com`, 'nul\u0000@example.com', ''];
    for (const [round, email] of emails.entries()) {
      costs.length = 0;
      const page = await enter(new Person(world.url), { email, password: 'a guess' }, `198.51.100.${round}`);
      seen.add(JSON.stringify([page.status, textOf(page).replace(email, ''), costs]));
    }
    expect([...seen]).toEqual([expect.stringContaining('["$argon2id$v=19$m=19456,t=2,p=1"]')]);
    expect([...seen][0]).toMatch(/^\[401,/);
  });

  it('that is right is told from one that is wrong', async () => {
    const [right, wrong] = [
      await enter(new Person(world.url), grace, '203.0.113.7'),
      await enter(new Person(world.url), { ...grace, password: 'wrong' }, '203.0.113.7'),
    ];
    expect([right.status, wrong.status]).toEqual([200, 401]);
  });

  it('into a planted session is not adopted: unsigned, signed for another value, or somebody’s own', async () => {
    const mallory = await signedIn(grace);
    const own = [...mallory.cookies.values()].filter(({ name }) => name.startsWith('session'));
    const victim = new Person(world.url);
    for (const each of own) plant(victim, each.name, each.value);
    const page = await victim.signIn(await victim.get('/sign-in?again=1'), ada);
    expect([page.status, textOf(page)]).toEqual([401, expect.stringContaining('another account')]);
    expect((await mallory.get('/dashboard')).body).not.toContain('Ada Lovelace');
    const forged = new Person(world.url);
    plant(forged, 'session', 'planted');
    expect(await opens(forged)).toBe(401);
    plant(forged, 'session.sig', own.find(({ name }) => name === 'session.sig')?.value ?? '');
    expect(await opens(forged)).toBe(401);
  });

  it('gives a session of its own, and a new one each time: the old one is dead', async () => {
    const person = await signedIn();
    const before = [...person.cookies.values()];
    await person.signIn(await person.get('/sign-in?again=1'), ada);
    expect(await opens(person)).toBe(200);
    const stale = new Person(world.url);
    for (const each of before) plant(stale, each.name, each.value);
    expect(await opens(stale)).toBe(401);
  });

  it('begun by somebody else’s page is refused', async () => {
    const person = new Person(world.url);
    const { action } = formOf(await person.get('/sign-in'));
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[])
      expect((await person.post(action, ada, headers)).status).toBe(403);
    expect(await opens(person)).toBe(401);
  });

  it('by its own page is taken, and sets cookies that no script reads and no date keeps (CS-09, CS-10)', async () => {
    const person = new Person(world.url);
    const { action } = formOf(await person.get('/sign-in'));
    expect((await person.submit(action, ada)).status).toBe(200);
    expect(person.cookieLines.length).toBeGreaterThan(3);
    for (const line of person.cookieLines) expect(line).toMatch(/; httponly(?:;|$)/i);
    for (const line of person.cookieLines.filter((each) => !/=;|1970/.test(each))) expect(line).toMatch(/samesite=lax/i);
    for (const line of person.cookieLines.filter((each) => each.startsWith('session'))) expect(line).not.toMatch(/expires|max-age|domain/i);
  });

  it('with a cookie that was changed by a letter is none', async () => {
    const person = await signedIn();
    const session = [...person.cookies.values()].find(({ name }) => name === 'session');
    const { value = '' } = session ?? {};
    const thief = new Person(world.url);
    for (const each of person.cookies.values()) plant(thief, each.name, each.value);
    expect(await opens(thief)).toBe(200);
    plant(thief, 'session', `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`);
    expect(await opens(thief)).toBe(401);
  });
});
