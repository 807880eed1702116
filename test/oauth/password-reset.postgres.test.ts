import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WaitingMail } from '../../src/store/mail/outbox.ts';
import { addOwner } from '../support/account-data.ts';
import { ada, connect, grace } from '../support/connect.ts';
import { Person, textOf, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const newPassword = 'another long password';
const mails: WaitingMail[] = [];
let world: World;

beforeAll(async () => {
  world = await openWorld({
    demo: true,
    trustedProxies: 1,
    handOver: async (mail) => {
      mails.push(mail);
      return null;
    },
  });
});
afterAll(() => world.close());
beforeEach(() => {
  mails.length = 0;
  world.clock.advance({ hours: 25 });
});

let network = 0;

function ask(email: string, from = `198.51.100.${(network += 1)}`): Promise<Visit> {
  return new Person(world.url).submit('/password/reset', { email }, { 'x-forwarded-for': from });
}

/** The links of the mails so far, the newest last. */
function links(): string[] {
  return mails.filter(({ kind }) => kind === 'password_reset').flatMap(({ text }) => /\/password\/[\w-]{43}/.exec(text)?.[0] ?? []);
}

async function linkFor(email: string): Promise<string> {
  const before = links().length;
  await ask(email);
  await vi.waitFor(() => expect(links()).toHaveLength(before + 1));
  const link = links().at(-1);
  if (link === undefined) throw new Error('no link in the mail');
  return link;
}

const choose = (link: string, password: string, more: Record<string, string> = {}) =>
  new Person(world.url).submit(link, { password, password_again: password, ...more });

async function signIn(owner: { email: string; password: string }): Promise<Person> {
  const person = new Person(world.url);
  const landed = await person.signIn(await person.get('/dashboard'), owner);
  expect([landed.status, landed.url.pathname]).toEqual([200, '/dashboard']);
  return person;
}

describe('a new password by mail', () => {
  it('is set once through the link; sign-ins end, apps stay connected, and the owner is told', async () => {
    const app = await connect(world, { owner: ada });
    const before = await signIn(ada);
    expect((await before.get('/sign-in?again=1')).body).toContain('href="/password/reset"');
    const link = await linkFor(' ADA@example.com ');
    expect(mails).toMatchObject([{ kind: 'password_reset', to: 'ada@example.com' }]);
    expect((await choose(link, ada.password)).status).toBe(200);
    expect((await before.get('/api/apps')).status).toBe(401);
    expect((await app.call('get_account_summary')).status).toBe(200);
    await vi.waitFor(() => expect(mails.map(({ kind }) => kind)).toEqual(['password_reset', 'password_changed']));
    expect((await choose(link, 'another long password')).status).toBe(404);
    await signIn(ada);
  });

  it('revokes every app where the owner ticks that', async () => {
    const app = await connect(world, { owner: grace });
    const done = await choose(await linkFor(grace.email), grace.password, { revoke_apps: 'yes' });
    expect(textOf(done)).toContain('no app is connected any more');
    expect((await app.call('get_account_summary')).status).toBe(401);
  });

  it('and every app with it, or nothing of it; the same where only the apps are revoked', async () => {
    const owner = await addOwner(world, 'all-or-none@owner.example');
    const connected = [await connect(world, { owner, name: 'First' }), await connect(world, { owner, name: 'Second' })];
    const open = async () => (await Promise.all(connected.map((app) => app.call('get_account_summary')))).map(({ status }) => status);
    const link = await linkFor(owner.email);
    const person = await signIn(owner);
    await world.database.statement(
      `create function second_fails() returns trigger language plpgsql as $$ begin
         if exists (select from apps where account_id = new.account_id and status = 'revoked') then raise exception 'broken off'; end if;
         return new; end $$`,
      [],
    );
    await world.database.statement('create trigger second_fails before update on apps for each row execute function second_fails()', []);
    expect((await person.submit('/dashboard/apps/revoke-all', {})).status).toBe(500);
    expect((await choose(link, newPassword, { revoke_apps: 'yes' })).status).toBe(500);
    expect([...(await open()), (await person.get('/api/apps')).status]).toEqual([200, 200, 200]);
    await signIn(owner);
    await world.database.statement('drop trigger second_fails on apps', []);
    expect((await choose(link, newPassword, { revoke_apps: 'yes' })).status).toBe(200);
    expect(await open()).toEqual([401, 401]);
    await signIn({ ...owner, password: newPassword });
  });

  it('comes by the newest link alone, for an hour', async () => {
    const [first, second] = [await linkFor(ada.email), await linkFor(ada.email)];
    expect((await new Person(world.url).get(first)).status).toBe(404);
    expect((await new Person(world.url).get(second)).status).toBe(200);
    world.clock.advance({ hours: 1, seconds: 1 });
    expect((await choose(second, 'another long password')).status).toBe(404);
  });

  it('leaves no link in a log line or in the database', async () => {
    const token = (await linkFor(ada.email)).slice('/password/'.length);
    await new Person(world.url).get(`/password/${token}`);
    const rows = await world.database.statement<{ row: string }>(
      `select row_to_json(t)::text as row from password_links t union all select row_to_json(o)::text from outbox o`,
      [],
    );
    expect(rows.length).toBeGreaterThan(1);
    expect([...world.logged, ...rows.map(({ row }) => row)].filter((text) => text.includes(token))).toEqual([]);
  });
});

describe('an attack on the way to a new password', () => {
  it('to learn who has an account finds one answer, given before anybody has looked', async () => {
    const seen = [];
    for (const email of ['ada@example.com', 'nobody@example.com', 'ada@example.com\0', 'not an address']) {
      const { status, body, headers } = await ask(email);
      seen.push({ status, body, names: [...headers.keys()].toSorted() });
    }
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(seen[0]?.status).toBe(200);
    await vi.waitFor(() => expect(links()).toHaveLength(1));
  });

  it('to flood an owner brings three mails an hour at most, and the newest link still works', async () => {
    for (let count = 0; count < 3; count += 1) await linkFor(ada.email);
    const link = links().at(-1) ?? '';
    for (let count = 0; count < 5; count += 1) expect((await ask(ada.email)).status).toBe(200);
    await linkFor(grace.email);
    expect(mails.filter(({ kind, to }) => kind === 'password_reset' && to === ada.email)).toHaveLength(3);
    expect((await choose(link, ada.password)).status).toBe(200);
  });

  it('to flood an owner all day long brings six mails a day at most, and the answer doesn’t tell', async () => {
    const answers = new Set<string>();
    for (let hour = 0; hour < 24; hour += 1) {
      for (let count = 0; count < 3; count += 1) {
        const { status, body } = await ask(ada.email);
        answers.add(JSON.stringify([status, body]));
      }
      world.clock.advance({ minutes: 59 });
      await world.sweep();
    }
    await linkFor(grace.email);
    expect([answers.size, links().length]).toEqual([1, 7]);
    world.clock.advance({ hours: 24 });
    await linkFor(ada.email);
  });

  it('is mailed to a browser that its owner has signed in on also when strangers have used up the day’s mails, a few times', async () => {
    const known = await signIn(grace);
    for (let hour = 0; hour < 3; hour += 1) {
      for (let count = 0; count < 3; count += 1) await ask(grace.email);
      await vi.waitFor(() => expect(links()).toHaveLength(Math.min(6, 3 * (hour + 1))));
      world.clock.advance({ minutes: 61 });
    }
    await linkFor(ada.email);
    expect(links()).toHaveLength(7);
    for (let count = 0; count < 5; count += 1) {
      await known.submit('/password/reset', { email: grace.email }, { 'x-forwarded-for': '203.0.113.9' });
      await known.submit('/password/reset', { email: ada.email }, { 'x-forwarded-for': '203.0.113.9' });
    }
    await vi.waitFor(() => expect(links()).toHaveLength(12));
    const to = (email: string) => mails.filter(({ kind, to: each }) => kind === 'password_reset' && each === email).length;
    expect([to(grace.email), to(ada.email)]).toEqual([9, 3]);
  });

  it('from one network ends after twenty, whoever is named; another network goes on', async () => {
    const statuses = [];
    for (let count = 0; count < 21; count += 1) statuses.push((await ask(`nobody${count}@example.com`, '203.0.113.77')).status);
    expect(statuses).toEqual([...Array<number>(20).fill(200), 429]);
    expect((await ask('ada@example.com', '203.0.113.77')).status).toBe(429);
    expect((await ask('ada@example.com', '203.0.113.78')).status).toBe(200);
  });
});
