import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cookiesOf, handleOf } from '../support/attempts.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { Person } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a form', () => {
  let world: World;
  let mine: ConnectedApp;
  let request = '';
  /** Of every form of every page, with our own names in it. */
  let actions: string[];

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    mine = await connect(world);
    request = String((await api(mine.person, '/api/requests', { kind: 'access', service: 'certfusion' })).json['request']);
    const names = new Map([
      [':app', await handleOf(mine)],
      [':request', request],
    ]);
    actions = world.routes
      .filter(({ method, path }) => method === 'POST' && !path.startsWith('/api/'))
      .map(({ path }) => path.replace(/:\w+/, (name) => names.get(name) ?? 'x'));
  });
  afterAll(() => world.close());

  const form = 'application/x-www-form-urlencoded';
  const fields = { kind: 'question', message: 'Written elsewhere', service: 'certfusion', display_name: 'Mallory' };
  const send = async (path: string, headers: Record<string, string>, cookie = cookiesOf(mine.person)) => {
    const init = { method: 'POST', redirect: 'manual', headers: { cookie, 'content-type': form, ...headers } } as const;
    const response = await fetch(`${world.url}${path}`, { ...init, body: new URLSearchParams(fields) });
    await response.arrayBuffer();
    return response.status;
  };
  const messages = async () =>
    (await world.database.statement<{ count: number }>('select count(*)::integer as count from contact_messages', []))[0]?.count ?? 0;
  const state = async () => [
    await messages(),
    (await api(mine.person, '/api/requests')).json,
    (await api(mine.person, '/api/apps')).json,
    (await mine.person.get('/dashboard/account')).body,
  ];

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a neighbouring site', { origin: 'https://evil.localhost', 'sec-fetch-site': 'same-site' }],
    ['an old browser at another site', { origin: 'https://evil.example' }],
    ['an old browser at no site', { origin: 'null' }],
  ])('of %s does nothing at any address, signed in or not', async (_, headers) => {
    const before = await state();
    expect(actions).toEqual(expect.arrayContaining(['/contact', '/contact/deactivate', '/dashboard/requests', '/sign-out']));
    expect(actions.length).toBeGreaterThan(20);
    for (const action of actions) {
      for (const cookie of [cookiesOf(mine.person), '']) expect([action, await send(action, headers, cookie)]).toEqual([action, 403]);
    }
    expect(await state()).toEqual(before);
  });

  it('of our own pages files, confirms and withdraws a request, and writes to us', async () => {
    const own = { origin: world.url, 'sec-fetch-site': 'same-origin' };
    const before = await messages();
    expect(await send('/contact', own)).toBe(200);
    const { person } = mine;
    const filed = await person.post('/dashboard/requests', { kind: 'access', service: 'certfusion' });
    expect([filed.status, filed.location?.pathname.startsWith('/dashboard/requests')]).toEqual([303, true]);
    expect((await person.post(`/dashboard/requests/${request}/withdraw`, {})).status).toBe(303);
    const other = String((await api(person, '/api/requests', { kind: 'access', service: 'certfusion' })).json['request']);
    expect((await person.post(`/dashboard/requests/${other}/confirm`, {})).status).toBe(303);
    expect(await messages()).toBe(before + 1);
  });

  it('of the dashboard does nothing for a stranger but lead to the sign-in', async () => {
    const stranger = new Person(world.url);
    const before = await state();
    for (const action of actions.filter((each) => each.startsWith('/dashboard/') || each === '/contact/deactivate')) {
      const { status, location } = await stranger.post(action, fields);
      expect([action, status, location?.pathname]).toEqual([action, 303, '/sign-in']);
    }
    expect(await state()).toEqual(before);
  });
});
