import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WaitingMail } from '../../src/store/mail/outbox.ts';
import { asAdministrator } from '../support/administrator.ts';
import { ada, connect, grace } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { linkedCertificate } from '../support/verification-links.ts';
import { openWorld, type World } from '../support/world.ts';

const budgets = {
  token: 6,
  token_network: 15,
  password_link: 4,
  verification_code: 4,
  verification_page: 6,
  certificate_file: 3,
};
const mails: WaitingMail[] = [];
let world: World;

beforeAll(async () => {
  world = await openWorld({
    demo: true,
    budgets,
    handOver: async (mail) => {
      mails.push(mail);
      return null;
    },
  });
});
afterAll(() => world.close());

const dead = () => randomBytes(32).toString('base64url');
const count = (statuses: readonly number[], wanted: number) => statuses.filter((status) => status === wanted).length;
const open = async (path: string, init: RequestInit = {}) => (await fetch(`${world.url}${path}`, { ...init, redirect: 'manual' })).status;

async function sendDead(app: OAuthApp, times: number): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: times }, () => app.refresh(dead())));
  return answers.map(({ status }) => status);
}

describe('a neighbour who sends what is dead, from the network that everybody shares', () => {
  it('by refresh tokens is refused in the end, and nobody’s living token, code or revocation is, of the same client either', async () => {
    const { app, person, refreshToken, call } = await connect(world, { name: 'Shared' });
    const other = await connect(world, { owner: grace, name: 'Other' });
    const statuses = await sendDead(app, 20);
    expect([count(statuses, 400), count(statuses, 429)]).toEqual([6, 14]);

    const refreshed = await app.refresh(refreshToken);
    expect(refreshed.status).toBe(200);
    expect((await app.redeem(await app.connect(person, ada))).status).toBe(200);
    expect((await other.app.refresh(other.refreshToken)).status).toBe(200);
    expect((await other.app.refresh(dead())).status).toBe(429);
    expect((await app.revoke(refreshed.body.access_token)).status).toBe(200);
    expect((await call('get_account_summary')).status).toBe(401);
  });

  it('by refresh tokens of one client leaves another client its own answers', async () => {
    const fresh = await openWorld({ demo: true, budgets });
    try {
      const [loud, calm] = [await OAuthApp.register(fresh.url), await OAuthApp.register(fresh.url)];
      expect(count(await sendDead(loud, 8), 429)).toBe(2);
      expect(await sendDead(calm, 1)).toEqual([400]);
    } finally {
      await fresh.close();
    }
  });

  it('by refresh tokens of clients that it makes up costs no look-up of a client in the end', async () => {
    const names = Array.from({ length: 20 }, () => new OAuthApp({ origin: world.url, clientId: randomUUID(), redirectUri: '' }));
    await Promise.all(names.map((app) => app.refresh(dead())));
    const { refreshToken, app } = await connect(world, { name: 'Meanwhile' });
    await asAdministrator(world, async (run) => {
      await run('begin; lock table oauth_clients in access exclusive mode');
      const answers = await Promise.all(names.map((each) => each.refresh(dead())));
      expect(answers.map(({ status }) => status)).toEqual(names.map(() => 429));
      for (const { headers } of answers) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      await run('rollback');
    });
    expect((await app.refresh(refreshToken)).status).toBe(200);
  });

  it('by revocations of nothing is refused in the end, and a living one is not', async () => {
    const { app, accessToken } = await connect(world, { name: 'Gives back' });
    const statuses = [];
    for (let at = 0; at < 20; at += 1) statuses.push((await app.revoke(dead())).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await app.revoke(accessToken)).status).toBe(200);
  });

  it('and a living token that is used wrongly again and again is refused alone', async () => {
    const { app, refreshToken } = await connect(world, { name: 'Wrong resource' });
    const statuses = [];
    for (let at = 0; at < 14; at += 1) statuses.push((await app.refresh(refreshToken, { resource: 'https://elsewhere.example' })).status);
    expect([count(statuses, 400) <= 12, statuses.at(-1)]).toEqual([true, 429]);
    const other = await connect(world, { name: 'Right resource' });
    expect((await other.app.refresh(other.refreshToken)).status).toBe(200);
  });

  it('and a stolen token that comes again is found out all the same', async () => {
    const { app, refreshToken } = await connect(world, { name: 'Stolen from' });
    const { body } = await app.refresh(refreshToken);
    await sendDead(app, 8);
    world.clock.advance({ minutes: 5 });
    expect((await app.refresh(refreshToken)).status).toBe(400);
    expect((await app.refresh(body.refresh_token)).status).toBe(429);
  });

  it('by verification links is refused in the end, and a living one is opened', async () => {
    const { code } = await linkedCertificate(world, 1);
    const statuses = [];
    for (let at = 0; at < 7; at += 1) statuses.push(await open(`/v/${randomUUID()}`));
    expect(statuses).toEqual([404, 404, 404, 404, 429, 429, 429]);
    expect([await open(`/v/${code}`), await open(`/v/${code}/certificate.pdf`), await open(`/v/${randomUUID()}`)]).toEqual([200, 200, 429]);
  });

  it('by one living verification link and its file is refused, and the others’ are not', async () => {
    const [loud, calm] = [await linkedCertificate(world, 2), await linkedCertificate(world, 3)];
    const times = async (path: string, init?: RequestInit) => {
      const statuses = [];
      for (let at = 0; at < 18; at += 1) statuses.push(await open(path, init));
      return statuses;
    };
    expect((await times(`/v/${loud.code}`)).at(-1)).toBe(429);
    expect(await open(`/v/${calm.code}`)).toBe(200);
    expect((await times(`/v/${calm.code}/certificate.pdf`)).at(-1)).toBe(429);
    const third = await linkedCertificate(world, 4);
    expect(await open(`/v/${third.code}/certificate.pdf`)).toBe(200);
  });

  it('by password links is refused in the end, and a living one is opened and used', async () => {
    await new Person(world.url).post('/password/reset', { email: grace.email });
    const link = await vi.waitFor(() => {
      const [found] = mails.flatMap(({ text }) => /\/password\/[\w-]{43}/.exec(text)?.[0] ?? []);
      if (found === undefined) throw new Error('no mail yet');
      return found;
    });
    const statuses = [];
    for (let at = 0; at < 6; at += 1) statuses.push(await open(`/password/${dead()}`));
    expect(statuses).toEqual([404, 404, 404, 404, 429, 429]);
    expect(await open(link)).toBe(200);
    const set = await new Person(world.url).post(link, { password: grace.password, password_again: grace.password });
    expect([set.status, await open(link)]).toEqual([200, 429]);
  });
});
