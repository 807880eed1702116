import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WaitingMail } from '../../src/store/mail/outbox.ts';
import { addOwner } from '../support/account-data.ts';
import { ada, grace } from '../support/connect.ts';
import { formOf, Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const mails: WaitingMail[] = [];
let world: World;
beforeAll(async () => {
  world = await openWorld({
    demo: true,
    trustedProxies: 1,
    handOver: async (mail) => {
      if (mail.kind === 'password_reset') mails.push(mail);
      return null;
    },
  });
});
afterAll(() => world.close());

/** Tries a password from an address; answers the status, 303 for a good one. */
async function trySignIn(person: Person, address: string, form: { email: string; password: string }): Promise<number> {
  const page = await person.get('/sign-in');
  return (await person.post(new URL(formOf(page).action, page.url), form, { 'x-forwarded-for': address })).status;
}

async function fail(address: string, email: string, times: number): Promise<number[]> {
  const person = new Person(world.url);
  const page = await person.get('/sign-in');
  const statuses = [];
  for (let count = 0; count < times; count += 1) {
    const form = { email, password: 'a guess' };
    statuses.push((await person.post(new URL(formOf(page).action, page.url), form, { 'x-forwarded-for': address })).status);
  }
  return statuses;
}

describe('an attack by failing to sign in', () => {
  it('locks no owner out who comes from a new place, though a hundred guesses came from everywhere', async () => {
    await Promise.all(Array.from({ length: 10 }, (_, at) => fail(`198.51.100.${at + 1}`, ada.email, 10)));
    expect(await fail('198.51.100.11', ada.email, 3)).toEqual([401, 401, 429]);
    expect(await trySignIn(new Person(world.url), '203.0.113.1', ada)).toBe(303);
  });

  it('locks no owner out whose network it shares, in a browser that has signed in before', async () => {
    const owner = new Person(world.url);
    expect(await trySignIn(owner, '203.0.113.2', grace)).toBe(303);
    expect(await fail('203.0.113.2', grace.email, 11)).toEqual([...Array<number>(10).fill(401), 429]);
    await owner.post('/sign-out', {});
    expect(await trySignIn(owner, '203.0.113.2', grace)).toBe(303);
    expect(await trySignIn(new Person(world.url), '203.0.113.2', grace)).toBe(429);
  });

  it('gets no more tries by a cookie of another account, or one that it made up', async () => {
    const other = new Person(world.url);
    expect(await trySignIn(other, '203.0.113.3', ada)).toBe(303);
    await fail('203.0.113.3', grace.email, 10);
    await other.post('/sign-out', {});
    expect([...other.cookies.values()].map(({ name }) => name)).toContain('device');
    expect(await trySignIn(other, '203.0.113.3', grace)).toBe(429);
    const forged = new Person(world.url);
    forged.cookies.set('device /', { name: 'device', value: 'zzzzzz.AAAA.BBBB', path: '/', line: '' });
    expect(await trySignIn(forged, '203.0.113.3', grace)).toBe(429);
  });

  it('gets no more tries by the cookie of a known browser with anything added to it', async () => {
    const owner = new Person(world.url);
    expect(await trySignIn(owner, '203.0.113.6', grace)).toBe(303);
    await owner.post('/sign-out', {});
    const { value = '' } = [...owner.cookies.values()].find(({ name }) => name === 'device') ?? {};
    const withCookie = async (text: string, address: string, form: { email: string; password: string }): Promise<number> => {
      const person = new Person(world.url);
      person.cookies.set('device /', { name: 'device', value: text, path: '/', line: '' });
      return trySignIn(person, address, form);
    };
    const guess = { ...grace, password: 'a guess' };
    const tails = [
      ...Array.from({ length: 20 }, (_, at) => `${value}.${at}`),
      `${value}=`,
      `0${value}`,
      `${value}.`,
      `"${value}"`,
      `${value}%20`,
    ];
    const statuses = [];
    for (const text of tails) statuses.push(await withCookie(text, '203.0.113.60', guess));
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(tails.length - 10).fill(429)]);
    expect(await withCookie(value, '203.0.113.60', grace)).toBe(303);
  });

  it('by many known browsers of one account makes strangers of them, and locks nobody out', async () => {
    const owner = await addOwner(world, 'many-browsers@owner.example');
    const known = [];
    for (let at = 0; at < 5; at += 1) {
      const person = new Person(world.url);
      expect(await trySignIn(person, '192.0.2.61', owner)).toBe(303);
      await person.post('/sign-out', {});
      known.push(person);
    }
    const statuses = [];
    for (const person of known)
      for (let guess = 0; guess < 10; guess += 1) statuses.push(await trySignIn(person, '192.0.2.62', { ...owner, password: 'a guess' }));
    expect(statuses.filter((status) => status === 401)).toHaveLength(40);
    expect(await trySignIn(new Person(world.url), '192.0.2.63', owner)).toBe(303);
  });

  it('counts one /64 of IPv6 as one network, and the next as another', async () => {
    const statuses = [];
    for (let host = 1; host <= 11; host += 1) statuses.push(...(await fail(`2001:db8:0:7::${host.toString(16)}`, 'eve@example.com', 1)));
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    expect(await fail('2001:db8:0:8::1', 'eve@example.com', 1)).toEqual([401]);
  });

  it('in parallel gets no more tries than one after the other', async () => {
    const statuses = await Promise.all(Array.from({ length: 30 }, () => fail('203.0.113.4', 'mallory@example.com', 1)));
    expect(statuses.flat().filter((status) => status === 401)).toHaveLength(10);
  });

  it('gets no more tries by the cookie of a browser that a new password made a stranger, whether by the page or by a link', async () => {
    for (const [by, owner] of [
      ['page', ada],
      ['link', grace],
    ] as const) {
      const [stolen, own] = [new Person(world.url), new Person(world.url)];
      expect(await trySignIn(stolen, '203.0.113.5', owner)).toBe(303);
      expect((await own.signIn(await own.get('/dashboard'), owner)).status).toBe(200);
      await fail('203.0.113.5', owner.email, 11);
      await stolen.post('/sign-out', {});
      expect(await trySignIn(stolen, '203.0.113.5', { ...owner, password: 'a guess' })).toBe(401);
      const password = `a new one, by ${by}`;
      const fields = { current_password: owner.password, password, password_again: password };
      const changed = await own.submit(by === 'page' ? '/dashboard/account/password' : await linkFor(owner.email), fields);
      expect([by, changed.status]).toEqual([by, 200]);
      expect(await trySignIn(stolen, '203.0.113.5', { ...owner, password })).toBe(429);
      await own.post('/sign-out', {});
      expect(await trySignIn(own, '203.0.113.5', { ...owner, password })).toBe(303);
    }
  });
});

async function linkFor(email: string): Promise<string> {
  const before = mails.length;
  await new Person(world.url).post('/password/reset', { email });
  await vi.waitFor(() => expect(mails).toHaveLength(before + 1));
  return /\/password\/[\w-]{43}/.exec(mails.at(-1)?.text ?? '')?.[0] ?? '';
}
