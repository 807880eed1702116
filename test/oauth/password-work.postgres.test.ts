import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorTable } from '../../src/errors.ts';
import { makeTurns } from '../../src/sign-in/hashing-queue.ts';
import { ada, grace } from '../support/connect.ts';
import { formOf, Person, textOf, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const inParallel = 4;
const waiting = 64;

let world: World;
let verified = 0;
let mostAtOnce = 0;
let atOnce = 0;
let open = Promise.resolve();
let network = 0;

beforeAll(async () => {
  world = await openWorld({
    demo: true,
    trustedProxies: 1,
    verifyPassword: async (stored, password) => {
      verified += 1;
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      await open;
      return verify(stored, password).finally(() => (atOnce -= 1));
    },
  });
});
afterAll(() => world.close());

interface Attempt {
  readonly person: Person;
  readonly page: Visit;
}

async function arrive(): Promise<Attempt> {
  const person = new Person(world.url);
  return { person, page: await person.get('/dashboard') };
}

function signIn({ person, page }: Attempt, owner: { email: string; password: string }): Promise<Visit> {
  network += 1;
  const from = `198.51.${network >> 8}.${network & 255}`;
  return person.post(new URL(formOf(page).action, page.url), owner, { 'x-forwarded-for': from });
}

describe('the work of a sign-in', () => {
  it('is one verification of a password, whoever signs in and whether there is an account', async () => {
    const { statement } = world.database;
    await statement(`update accounts set password_hash = null where email = 'grace@example.com'`, []);
    await statement(
      `insert into accounts (email, email_key, email_masked, display_name, password_hash, disabled_at, created_at, last_activity_at)
       select 'off@example.com', 'off@example.com', 'o…@example.com', 'Off', password_hash, now(), now(), now()
       from accounts where email = 'ada@example.com'`,
      [],
    );
    const tries: readonly (readonly [who: string, form: { email: string; password: string }, status: number])[] = [
      ['the owner', ada, 303],
      ['the owner with a wrong password', { ...ada, password: 'wrong' }, 401],
      ['the owner without a password', { ...ada, password: '' }, 401],
      ['the owner with a password beyond every length', { ...ada, password: 'x'.repeat(5_000) }, 401],
      ['an owner who has set no password', grace, 401],
      ['a disabled owner with the right password', { ...ada, email: 'off@example.com' }, 401],
      ['nobody', { ...ada, email: 'nobody@example.com' }, 401],
      ['no address', { ...ada, email: '' }, 401],
      ['an address beyond every length', { ...ada, email: `${'x'.repeat(5_000)}@example.com` }, 401],
      ['an address that no database keeps', { ...ada, email: 'a\0da@example.com' }, 401],
    ];
    for (const [who, form, status] of tries) {
      const attempt = await arrive();
      verified = 0;
      expect([who, (await signIn(attempt, form)).status, verified]).toEqual([who, status, 1]);
    }
  });

  it('is done by four at once, waited for by sixty-four, and refused to more with 503 and fixed words', async () => {
    const extra = 12;
    const attempts: Attempt[] = [];
    for (let at = 0; at < inParallel + waiting + extra; at += 1) attempts.push(await arrive());
    let release = (): void => undefined;
    open = new Promise((resolve) => (release = resolve));
    [verified, mostAtOnce] = [0, 0];
    const answers: Visit[] = [];
    const flood = attempts.map(async (attempt, at) =>
      answers.push(await signIn(attempt, { email: `nobody${at}@example.com`, password: 'x' })),
    );
    await vi.waitFor(() => expect(answers).toHaveLength(extra), 20_000);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    for (const page of answers) expect(textOf(page)).toContain(errorTable.try_later.text);
    expect(verified).toBe(inParallel);
    expect((await new Person(world.url).get('/')).status).toBe(200);

    release();
    await Promise.all(flood);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(inParallel + waiting);
    expect([verified, mostAtOnce]).toEqual([inParallel + waiting, inParallel]);
    expect((await signIn(await arrive(), ada)).status).toBe(303);
  });

  it('that fails gives its turn on', async () => {
    const inTurn = makeTurns();
    const failing = Array.from({ length: 20 }, () => inTurn(() => Promise.reject(new Error('no memory'))));
    for (const each of await Promise.allSettled(failing))
      expect(each).toMatchObject({ status: 'rejected', reason: { message: 'no memory' } });
    expect(await Promise.all(Array.from({ length: inParallel + waiting }, (_, at) => inTurn(() => Promise.resolve(at))))).toHaveLength(68);
  });
});
