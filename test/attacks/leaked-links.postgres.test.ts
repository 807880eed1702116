import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitTable } from '../../src/http/limits.ts';
import type { WaitingMail } from '../../src/store/mail/outbox.ts';
import { Person, type Visit } from '../support/person.ts';
import { codeNow, linkedCertificate, type LinkedCertificate } from '../support/verification-links.ts';
import { openWorld, type World } from '../support/world.ts';

const mails: WaitingMail[] = [];
let world: World;
let certificate: LinkedCertificate;
let used = 0;
let network = 0;

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
beforeEach(async () => {
  mails.length = 0;
  certificate = await linkedCertificate(world, (used += 1));
});

interface Tried {
  readonly from?: string;
  readonly fields?: Record<string, string>;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

function ask(code: string, { from = `198.51.100.${(network += 1)}`, fields = {}, query = '', headers = {} }: Tried = {}): Promise<Visit> {
  return new Person(world.url).post(`/v/${code}/new-link${query}`, fields, { 'x-forwarded-for': from, ...headers });
}

describe('whoever has a leaked verification link', () => {
  it('is a recipient as well, who opens the certificate and is mailed a new link that opens it again', async () => {
    const { code, email, title } = certificate;
    const person = new Person(world.url);
    expect((await person.get(`/v/${code}`)).body).toContain(title);
    expect((await ask(code)).status).toBe(200);
    await vi.waitFor(() => expect(mails.map(({ to }) => to)).toEqual([email]));
    expect((await person.get(`/v/${await codeNow(world, certificate)}`)).body).toContain(title);
    expect((await person.get(`/v/${code}`)).status).toBe(404);
  });

  it('can’t say where the new one goes, nor learn it or the address', async () => {
    const { code, email } = certificate;
    const elsewhere = { email: 'thief@evil.example', to: 'thief@evil.example', recipient: 'thief@evil.example' };
    const answer = await ask(code, {
      fields: elsewhere,
      query: `?${new URLSearchParams(elsewhere).toString()}`,
      headers: { 'x-forwarded-host': 'evil.example' },
    });
    await vi.waitFor(() => expect(mails).toHaveLength(1));
    const fresh = await codeNow(world, certificate);
    expect([mails[0]?.to, mails[0]?.text.includes(`${world.url}/v/${fresh}`)]).toEqual([email, true]);
    const told = JSON.stringify([...answer.headers, answer.body]);
    for (const secret of [fresh, fresh.replaceAll('-', ''), email, email.split('@')[0] ?? '', 'evil.example'])
      expect(told).not.toContain(secret);
    for (const line of world.logged) for (const secret of [fresh, email, code]) expect(line).not.toContain(secret);
  });

  it('can cause one mail with it, and no more than three a day with those that follow', async () => {
    const { code } = certificate;
    const first = await Promise.all(Array.from({ length: 3 }, () => ask(code)));
    expect(first.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    await vi.waitFor(() => expect(mails).toHaveLength(1));
    const spent = first.filter(({ status }) => status === 200).length;
    const later: number[] = [];
    for (let round = spent; round < 5; round += 1) later.push((await ask(await codeNow(world, certificate))).status);
    expect(later).toEqual([...Array<number>(3 - spent).fill(200), ...Array<number>(2).fill(429)]);
    const last = await codeNow(world, certificate);
    expect((await fetch(`${world.url}/v/${last}`)).status).toBe(200);
    await vi.waitFor(() => expect(mails).toHaveLength(1 + 3 - spent));
    const refused = await ask(last);
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.toSatisfy((wait: number) => wait > 80_000)]);
    expect((await ask((await linkedCertificate(world, (used += 1))).code)).status).toBe(200);
  });

  it('can’t mail the recipients of many, from one network', async () => {
    const from = '203.0.113.9';
    const answers: number[] = [];
    for (let count = 0; count <= limitTable.new_link_network.points; count += 1) {
      answers.push((await ask((await linkedCertificate(world, (used += 1))).code, { from })).status);
    }
    expect(answers).toEqual([...Array<number>(limitTable.new_link_network.points).fill(200), 429]);
    expect((await ask(certificate.code)).status).toBe(200);
  });

  it('can’t flood one address by the many certificates of its recipient', async () => {
    const mine: LinkedCertificate[] = [];
    for (let count = 0; count < 14; count += 1) mine.push(await linkedCertificate(world, (used += 1)));
    await world.database.statement(
      `update recipients set email = 'many@people.example', email_key = 'many@people.example', name_key = id::text where id = any($1)`,
      [mine.map(({ recipientId }) => recipientId)],
    );
    const answers = await Promise.all(mine.map(({ code }) => ask(code)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    await vi.waitFor(() => expect(mails.filter(({ to }) => to === 'many@people.example')).toHaveLength(10));
    const now = await Promise.all(mine.map((each) => codeNow(world, each)));
    expect(mine.filter(({ code }, at) => code === now[at])).toHaveLength(4);
    expect((await ask(certificate.code)).status).toBe(200);
    await vi.waitFor(() => expect(mails.at(-1)?.to).toBe(certificate.email));
  });

  it('can’t let another site’s page ask for it, nor a picture or a prefetch (CS-09)', async () => {
    const { code } = certificate;
    const foreign = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
    ];
    for (const headers of foreign) expect((await ask(code, { headers })).status).toBe(403);
    for (const method of ['GET', 'HEAD']) expect((await fetch(`${world.url}/v/${code}/new-link`, { method })).status).toBe(404);
    expect(await codeNow(world, certificate)).toBe(code);
    expect((await ask(code)).status).toBe(200);
  });

  it('can’t guess others’ by asking: wrong codes count as guesses', async () => {
    const from = '203.0.113.10';
    const guess = (at: number) => ask(`${String(at).padStart(8, '0')}-1111-4222-8333-444455556666`, { from });
    const statuses: number[] = [];
    for (let at = 0; at <= limitTable.verification_code.points; at += 1) statuses.push((await guess(at)).status);
    expect(statuses).toEqual([...Array<number>(limitTable.verification_code.points).fill(404), 429]);
    expect((await ask(certificate.code, { from })).status).toBe(200);
  });
});
