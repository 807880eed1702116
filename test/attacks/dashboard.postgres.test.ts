import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookiesOf, handleOf, opens } from '../support/attempts.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

describe('the dashboard', () => {
  let world: World;
  let mine: ConnectedApp;
  let hers: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    mine = await connect(world, { choices: { tick: 'all' } });
    hers = await connect(world, { owner: grace, choices: { tick: 'all' } });
    await hers.call('search_certificates');
  });
  afterAll(() => world.close());

  const pathsOf = async (owner: ConnectedApp): Promise<string[]> => {
    const app = await handleOf(owner);
    const [certificate] = rowsOf(await owner.call('search_certificates'), 'certificates');
    const summary = await owner.call('get_certificate_summary', { certificate: certificate?.['certificate'] });
    const lists = [...(await owner.person.get('/dashboard/lists')).body.matchAll(/href="(\/dashboard\/lists\/lst_[^"]+)"/g)];
    return [
      `/dashboard/apps/${app}`,
      `/dashboard/apps/${app}/consent.json`,
      `/api/apps/${app}`,
      new URL(String(summary.structured?.['dashboard_url'])).pathname,
      lists[0]?.[1] ?? '',
    ];
  };

  it('shows nobody another owner’s app, consent record, certificate or list: they are as unknown as made-up ones', async () => {
    for (const path of await pathsOf(hers)) {
      const foreign = await mine.person.get(path);
      const unknown = await mine.person.get(path.replace(/_[0-9a-z]{26}/, `_${'0'.repeat(26)}`));
      expect([path, foreign.status, foreign.body]).toEqual([path, 404, unknown.body]);
    }
  });

  it('shows each owner their own', async () => {
    for (const owner of [mine, hers]) {
      for (const path of await pathsOf(owner)) expect([path, (await owner.person.get(path)).status]).toEqual([path, 200]);
    }
  });

  const foreignSites: readonly (readonly [string, Record<string, string>])[] = [
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring site', { origin: 'https://evil.localhost', 'sec-fetch-site': 'same-site' }],
    ['an old browser at another site', { origin: 'https://evil.example' }],
  ];

  /** Sends a change as a browser would from there, with the owner's cookies. */
  const send = async (path: string, type: string, headers: Record<string, string>): Promise<number> => {
    const response = await fetch(`${world.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: cookiesOf(mine.person), 'content-type': type, ...headers },
      body: type === 'application/json' ? '{}' : '',
    });
    await response.arrayBuffer();
    return response.status;
  };
  const form = 'application/x-www-form-urlencoded';

  it.each(foreignSites)('obeys no change that %s sends with its owner’s cookies', async (_, headers) => {
    const app = await handleOf(mine);
    for (const act of ['revoke', 'pause', 'narrow', 'resume'])
      expect([act, await send(`/dashboard/apps/${app}/${act}`, form, headers)]).toEqual([act, 403]);
    for (const act of ['revoke', 'pause', 'resume'])
      expect([act, await send(`/api/apps/${app}/${act}`, 'application/json', headers)]).toEqual([act, 403]);
    for (const path of ['/dashboard/apps/revoke-all', '/api/apps/revoke-all', '/sign-out', '/sign-out/everywhere'])
      expect([path, await send(path, path.startsWith('/api') ? 'application/json' : form, headers)]).toEqual([path, 403]);
    expect([await opens(world.url, mine.accessToken), (await mine.person.get('/api/apps')).status]).toEqual([200, 200]);
  });

  it.each(['text/plain', form, 'multipart/form-data; boundary=x'])('takes no JSON that a form could send, as %s', async (type) => {
    const app = await handleOf(mine);
    expect(await send(`/api/apps/${app}/revoke`, type, { origin: world.url })).toBe(415);
    expect(await opens(world.url, mine.accessToken)).toBe(200);
  });

  it('obeys no change without a session', async () => {
    const app = await handleOf(mine);
    expect(await send(`/api/apps/${app}/revoke`, 'application/json', { cookie: '', origin: world.url })).toBe(401);
    expect(await opens(world.url, mine.accessToken)).toBe(200);
  });

  it('obeys its owner’s own page, by form and by JSON', async () => {
    const app = await handleOf(mine);
    const own = { origin: world.url, 'sec-fetch-site': 'same-origin' };
    expect(await send(`/dashboard/apps/${app}/pause`, form, own)).toBe(303);
    expect(await send(`/api/apps/${app}/resume`, 'application/json', own)).toBe(200);
    expect(await send(`/api/apps/${app}/revoke`, 'application/json', own)).toBe(200);
    expect(await opens(world.url, mine.accessToken)).toBe(401);
  });
});
