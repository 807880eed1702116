import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ada, grace } from '../support/connect.ts';
import { formOf, Person, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let open = Promise.resolve();
let verified = 0;

beforeAll(async () => {
  world = await openWorld({
    demo: true,
    trustedProxies: 1,
    budgets: { sign_in_range: 100 },
    verifyPassword: async (_stored, password) => {
      verified += 1;
      await open;
      return password === ada.password;
    },
  });
});
afterAll(() => world.close());

interface Try {
  readonly email: string;
  readonly from: string;
  readonly password?: string;
  readonly person?: Person;
}

/** Answers the status, 303 for a sign-in. */
async function signIn({ email, from, password = 'Winter2026!', person = new Person(world.url) }: Try): Promise<Visit> {
  const page = await person.get('/sign-in');
  return person.post(new URL(formOf(page).action, page.url), { email, password }, { 'x-forwarded-for': from });
}

/** Tries one password at many addresses on one sign-in page. */
async function spray(count: number, from: (at: number) => string, atOnce = 10): Promise<number[]> {
  const person = new Person(world.url);
  const page = await person.get('/sign-in');
  const action = new URL(formOf(page).action, page.url);
  const statuses: number[] = [];
  const guess = async (at: number): Promise<void> => {
    const form = { email: `person${at}@sprayed.example`, password: 'Winter2026!' };
    statuses.push((await person.post(action, form, { 'x-forwarded-for': from(at) })).status);
  };
  for (let at = 0; at < count; at += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, count - at) }, (_, more) => guess(at + more)));
  return statuses;
}

const count = (statuses: readonly number[], wanted: number) => statuses.filter((status) => status === wanted).length;
const rows = async () => (await world.database.statement('select 1 from rate_limits', [])).length;

/** A browser that has signed in before. */
async function knownBrowser(owner: { email: string }, from: string): Promise<Person> {
  const person = new Person(world.url);
  expect((await signIn({ email: owner.email, from, password: ada.password, person })).status).toBe(303);
  await person.post('/sign-out', {});
  return person;
}

async function addPeople(count: number): Promise<string[]> {
  const added = await world.database.statement<{ email: string }>(
    `insert into accounts (email, email_key, email_masked, display_name, password_hash, created_at, last_activity_at)
     select e, e, 'o…@office.example', 'Colleague', a.password_hash, now(), now()
     from accounts a, (select 'colleague' || n || '@office.example' as e from generate_series(1, $1::int) n) as made
     where a.email = 'ada@example.com' returning email`,
    [count],
  );
  return added.map(({ email }) => email);
}

describe('one password tried at many addresses', () => {
  it('from one network is refused after sixty failures, and leaves few rows', async () => {
    const before = await rows();
    const statuses = await spray(100, () => '198.51.100.1');
    const failed = count(statuses, 401);
    expect([failed + count(statuses, 429), failed >= 60, failed < 70]).toEqual([100, true, true]);
    expect(await rows()).toBeLessThan(before + 2 * failed + 5);
    expect((await signIn({ email: ada.email, from: '198.51.100.1', password: ada.password })).status).toBe(429);
    expect((await signIn({ email: ada.email, from: '198.51.100.2', password: ada.password })).status).toBe(303);
  });

  it('from one network all at once is refused as soon', async () => {
    expect(count(await spray(120, () => '198.51.101.1', 120), 401)).toBeLessThan(70);
  });

  it('from many networks of one line is refused as well', async () => {
    const failed = count(await spray(130, (at) => `2001:db8:99:${at.toString(16)}::1`), 401);
    expect([failed >= 100, failed < 110]).toEqual([true, true]);
  });

  it('with a success now and then is refused all the same', async () => {
    const statuses = [];
    for (let round = 0; round < 8; round += 1) {
      statuses.push(...(await spray(10, () => '198.51.102.1')));
      statuses.push((await signIn({ email: grace.email, from: '198.51.102.1', password: ada.password })).status);
    }
    expect(count(statuses, 401)).toBeLessThan(70);
  });

  it('lets a shared network of honest people in: those who mistype, those who do not, and many at once', async () => {
    const people = await addPeople(70);
    const office = '203.0.20.1';
    for (const email of people.slice(0, 10)) expect((await signIn({ email, from: office })).status).toBe(401);
    const visits = await Promise.all(people.slice(0, 60).map((email) => signIn({ email, from: office, password: ada.password })));
    for (const email of people.slice(60)) visits.push(await signIn({ email, from: office, password: ada.password }));
    expect(
      count(
        visits.map(({ status }) => status),
        303,
      ),
    ).toBe(70);
  });

  it('lets the owner in who is on a known browser of the same network', async () => {
    const owner = await knownBrowser(grace, '203.0.21.1');
    await spray(70, () => '203.0.21.1');
    expect((await signIn({ email: grace.email, from: '203.0.21.1', password: ada.password })).status).toBe(429);
    expect((await signIn({ email: grace.email, from: '203.0.21.1', password: ada.password, person: owner })).status).toBe(303);
  });
});

describe('a flood of sign-ins that fills the queue', () => {
  /** Holds every verification while more tries than there are places come in. */
  async function whileFlooded(from: (at: number) => string, then: (release: () => void) => Promise<void>): Promise<void> {
    let release = (): void => undefined;
    open = new Promise((resolve) => (release = resolve));
    let refused = 0;
    const person = new Person(world.url);
    const page = await person.get('/sign-in');
    const action = new URL(formOf(page).action, page.url);
    const flood = Array.from({ length: 90 }, async (_, at) => {
      const form = { email: `flood${at}@sprayed.example`, password: 'Winter2026!' };
      if ((await person.post(action, form, { 'x-forwarded-for': from(at) })).status === 503) refused += 1;
    });
    await vi.waitFor(() => expect(refused).toBe(90 - 68), 20_000);
    try {
      await then(release);
    } finally {
      release();
      await Promise.all(flood);
      open = Promise.resolve();
    }
  }

  it('of one network keeps places for the owner on a known browser of it, and for other networks', async () => {
    const known = await knownBrowser(grace, '203.0.30.1');
    await whileFlooded(
      () => '203.0.30.1',
      async (release) => {
        const before = verified;
        const waits = [
          signIn({ email: grace.email, from: '203.0.30.1', password: ada.password, person: known }),
          signIn({ email: ada.email, from: '192.0.2.30', password: ada.password }),
        ];
        setTimeout(release, 500);
        expect((await Promise.all(waits)).map(({ status }) => status)).toEqual([303, 303]);
        expect(verified - before).toBeLessThan(20);
      },
    );
  });

  it('of many networks keeps places for the owner on a known browser', async () => {
    const known = await knownBrowser(grace, '203.0.31.1');
    await whileFlooded(
      (at) => `192.0.${at}.1`,
      async (release) => {
        const wait = signIn({ email: grace.email, from: '203.0.31.1', password: ada.password, person: known });
        setTimeout(release, 500);
        expect((await wait).status).toBe(303);
      },
    );
  });

  it('uses up no try of those whom it turns away', async () => {
    await whileFlooded(
      (at) => `192.1.${at}.1`,
      async () => {
        for (let round = 0; round < 12; round += 1)
          expect((await signIn({ email: grace.email, from: '192.1.0.1', password: ada.password })).status).toBe(503);
      },
    );
    expect((await signIn({ email: grace.email, from: '192.1.0.1', password: ada.password })).status).toBe(303);
  });
});
