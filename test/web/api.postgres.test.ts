import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdsUuid } from '../support/pages.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import type { Person } from '../support/person.ts';
import { tell } from '../support/told.ts';
import { openWorld, type World } from '../support/world.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

let world: World;
let mine: ConnectedApp;
let hers: ConnectedApp;
const seen: string[] = [];

beforeAll(async () => {
  world = await openWorld({ demo: true });
  mine = await connect(world, { name: 'Ada’s app' });
  hers = await connect(world, { owner: grace, name: 'Grace’s app' });
});
afterAll(() => world.close());

async function ask(
  person: Person | null,
  method: string,
  path: string,
  init: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const cookie = person ? { cookie: [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ') } : {};
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers: { ...cookie, ...init.headers },
    ...(init.body !== undefined && { body: init.body }),
  });
  const text = await response.text();
  seen.push(text);
  return { status: response.status, headers: response.headers, json: JSON.parse(text) as Record<string, unknown> };
}

async function appsOf(person: Person): Promise<Record<string, unknown>[]> {
  return (await ask(person, 'GET', '/api/apps')).json['apps'] as Record<string, unknown>[];
}

async function handleOf({ person }: ConnectedApp): Promise<string> {
  return String((await appsOf(person))[0]?.['app']);
}

const json = { 'content-type': 'application/json' };

describe('JSON for programs', () => {
  it('lists the owner’s own apps with the fields of the contract, and nothing else', async () => {
    expect(await appsOf(mine.person)).toEqual([
      {
        app: expect.stringMatching(/^app_[0-9a-z]{26}$/),
        name: 'Ada’s app',
        publisher_domain: null,
        connected_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        last_used_on: null,
        scopes: expect.arrayContaining(['account:read', 'certificates:read']),
        status: 'active',
      },
    ]);
  });

  it('shows one app with what it was told', async () => {
    await mine.call('get_account_summary');
    const { json: app } = await ask(mine.person, 'GET', `/api/apps/${await handleOf(mine)}`);
    expect(app).toMatchObject({ name: 'Ada’s app', status: 'active' });
    expect(app['disclosures']).toEqual([
      {
        app: app['app'],
        day: app['last_used_on'],
        tool: 'get_account_summary',
        purpose: 'fulfil_request',
        field_names: ['display_name', 'email_masked', 'services', 'quota'],
        calls: 1,
        record_count: 1,
        outcome: 'answered',
      },
    ]);
  });

  it('answers a foreign, a forged and an unknown app alike, and changes nothing (IDOR, CF-16)', async () => {
    const foreign = await handleOf(hers);
    for (const app of [foreign, `app_${'0'.repeat(26)}`, 'app_x', 'nothing', '%00', '..']) {
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['PATCH', '', '{"scopes":[]}'],
        ['POST', '/revoke', undefined],
        ['POST', '/pause', '{}'],
        ['POST', '/resume', undefined],
      ] as const) {
        if (app === '..' && path === '') continue;
        const answer = await ask(
          mine.person,
          method,
          `/api/apps/${encodeURIComponent(app)}${path}`,
          body === undefined ? {} : { body, headers: json },
        );
        expect([answer.status, answer.json], `${method} ${app}${path}`).toEqual([
          404,
          { error: { code: 'not_available', message: 'This is not available.' } },
        ]);
      }
    }
    expect((await appsOf(hers.person))[0]).toMatchObject({ status: 'active' });
    expect((await hers.call('get_account_summary')).structured).not.toBeNull();
  });

  it('lets no one in without a session', async () => {
    const app = await handleOf(mine);
    for (const [method, path] of [
      ['GET', '/api/apps'],
      ['GET', `/api/apps/${app}`],
      ['PATCH', `/api/apps/${app}`],
      ['POST', `/api/apps/${app}/revoke`],
      ['POST', '/api/apps/revoke-all'],
      ['GET', '/api/disclosures'],
    ] as const) {
      expect(await ask(null, method, path)).toMatchObject({ status: 401, json: { error: { code: 'unauthorized' } } });
    }
    expect((await appsOf(mine.person))[0]).toMatchObject({ status: 'active' });
  });

  it('obeys no other site, not even for reading (CS-09)', async () => {
    const app = await handleOf(mine);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await ask(mine.person, 'POST', `/api/apps/${app}/revoke`, { headers });
      expect(answer).toMatchObject({ status: 403, json: { error: { code: 'forbidden' } } });
    }
    expect((await ask(mine.person, 'GET', '/api/apps', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect(
      (await ask(mine.person, 'GET', '/api/apps', { headers: { origin: 'https://evil.example' } })).headers.get(
        'access-control-allow-origin',
      ),
    ).toBeNull();
    expect((await appsOf(mine.person))[0]).toMatchObject({ status: 'active' });
  });

  it('takes JSON bodies only, whole, small and strict', async () => {
    const app = await handleOf(mine);
    const path = `/api/apps/${app}`;
    const cases = [
      ['POST', `${path}/revoke`, '', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
      ['POST', `${path}/revoke`, 'x=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
      ['POST', `${path}/revoke`, '{}', { 'content-type': 'text/plain' }, 415],
      ['POST', `${path}/revoke`, '{', json, 400],
      ['POST', `${path}/revoke`, '[]', json, 400],
      ['POST', `${path}/revoke`, '{"app":"other"}', json, 400],
      ['PATCH', path, '', json, 400],
      ['PATCH', path, '{"scopes":"account:read"}', json, 400],
      ['PATCH', path, '{"scopes":["everything"]}', json, 400],
      ['PATCH', path, '{"scopes":["account:read"],"status":"active"}', json, 400],
      ['PATCH', path, '{"scopes":["account:email"]}', json, 400],
      ['PATCH', path, `{"scopes":["${'x'.repeat(70_000)}"]}`, json, 413],
    ] as const;
    for (const [method, where, body, headers, status] of cases) {
      const answer = await ask(mine.person, method, where, { body, headers });
      expect(answer.status, `${method} ${body.slice(0, 60)}`).toBe(status);
      expect(Object.keys(answer.json)).toEqual(['error']);
    }
    expect((await appsOf(mine.person))[0]).toMatchObject({ status: 'active' });
  });

  it('knows its paths and methods', async () => {
    expect(await ask(mine.person, 'GET', '/api/nothing')).toMatchObject({ status: 404, json: { error: { code: 'not_available' } } });
    const answer = await ask(mine.person, 'DELETE', '/api/apps');
    expect([answer.status, answer.headers.get('allow'), answer.json]).toEqual([
      405,
      'GET',
      { error: { code: 'method_not_allowed', message: 'This method is not allowed here.' } },
    ]);
    expect((await ask(mine.person, 'GET', '/api/apps/revoke-all')).status).toBe(405);
    expect((await ask(mine.person, 'GET', `/api/apps/${await handleOf(mine)}/revoke`)).status).toBe(405);
  });

  it('narrows, and never widens: what was taken away comes back by a new consent only', async () => {
    const app = await handleOf(mine);
    const narrowed = await ask(mine.person, 'PATCH', `/api/apps/${app}`, {
      body: '{"scopes":["account:read","apps:read"]}',
      headers: json,
    });
    expect([narrowed.status, narrowed.json]).toEqual([200, { app, status: 'active', effective: 'next_call' }]);
    expect((await appsOf(mine.person))[0]?.['scopes']).toEqual(['account:read', 'apps:read']);
    expect((await mine.call('search_certificates')).status).toBe(403);
    const widened = await ask(mine.person, 'PATCH', `/api/apps/${app}`, {
      body: '{"scopes":["account:read","certificates:read"]}',
      headers: json,
    });
    expect(widened.status).toBe(400);
    expect((await appsOf(mine.person))[0]?.['scopes']).toEqual(['account:read', 'apps:read']);
  });

  it('pauses and resumes: a paused app is answered nothing, and only the owner resumes it', async () => {
    const app = await handleOf(mine);
    expect((await ask(mine.person, 'POST', `/api/apps/${app}/pause`)).json).toEqual({ app, status: 'paused', effective: 'next_call' });
    expect((await mine.call('get_account_summary')).structured).toBeNull();
    expect((await ask(hers.person, 'POST', `/api/apps/${app}/resume`)).status).toBe(404);
    expect((await ask(mine.person, 'POST', `/api/apps/${app}/resume`, { body: '', headers: json })).json).toMatchObject({
      status: 'active',
    });
    expect((await mine.call('get_account_summary')).structured).not.toBeNull();
  });

  it('pages through disclosures without a gap or a double, and refuses every other cursor', async () => {
    const days = ['2026-01-05', '2026-01-04', '2026-01-02'];
    await tell(
      world,
      'Ada’s app',
      days.flatMap((day) => ['a_tool', 'b_tool'].map((tool) => ({ day, tool, fields: ['title'], calls: 2 }))),
    );
    await tell(world, 'Grace’s app', [{ day: '2026-01-03', tool: 'c_tool', fields: ['title'] }]);
    const whole = (await ask(mine.person, 'GET', '/api/disclosures')).json['disclosures'] as Record<string, unknown>[];
    expect(whole.filter(({ day }) => String(day) <= '2026-01-05').map(({ day, tool, calls }) => [day, tool, calls])).toEqual(
      days.flatMap((day) => ['a_tool', 'b_tool'].map((tool) => [day, tool, 2])),
    );
    const paged: unknown[] = [];
    let cursor: string | null = null;
    do {
      const { json: page }: Answer = await ask(mine.person, 'GET', `/api/disclosures?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
      paged.push(...(page['disclosures'] as unknown[]));
      cursor = page['next_cursor'] as string | null;
    } while (cursor !== null);
    expect(paged).toEqual(whole);
    const { json: first } = await ask(mine.person, 'GET', '/api/disclosures?limit=1');
    const foreign = await ask(hers.person, 'GET', `/api/disclosures?cursor=${String(first['next_cursor'])}`);
    expect(foreign.json['disclosures'] ?? foreign.json['error']).toEqual({ code: 'expired_cursor', message: expect.any(String) });
    for (const cursorText of ['x', 'W10', Buffer.from('["2026-01-01","app_x","\u0000"]').toString('base64url')]) {
      expect((await ask(mine.person, 'GET', `/api/disclosures?cursor=${cursorText}`)).json).toMatchObject({
        error: { code: 'expired_cursor' },
      });
    }
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'account=1']) {
      const strict = await ask(mine.person, 'GET', `/api/disclosures?${query}`);
      expect([query, strict.status]).toEqual([query, 400]);
    }
  });

  it('revokes: the very next call is refused and the tokens are gone (CF-10, BR-04)', async () => {
    const app = await handleOf(mine);
    const revoked = await ask(mine.person, 'POST', `/api/apps/${app}/revoke`, { headers: { origin: world.url } });
    expect([revoked.status, revoked.json]).toEqual([200, { app, status: 'revoked', effective: 'next_call' }]);
    expect((await mine.call('get_account_summary')).status).toBe(401);
    expect((await mine.app.refresh(mine.refreshToken)).status).toBe(400);
    expect((await appsOf(mine.person))[0]).toMatchObject({ app, status: 'revoked', scopes: [] });
    const left = await world.database.statement(
      `select 1 from oauth_artifacts where client_id = $1 and kind in ('AccessToken', 'RefreshToken', 'AuthorizationCode', 'Grant')`,
      [mine.app.clientId],
    );
    expect(left).toEqual([]);
    expect((await ask(mine.person, 'POST', `/api/apps/${app}/resume`)).json).toMatchObject({ status: 'revoked' });
    expect((await hers.call('get_account_summary')).structured).not.toBeNull();
  });

  it('revokes all of one owner’s apps and no one else’s', async () => {
    const [one, two] = [await connect(world, { name: 'One' }), await connect(world, { name: 'Two' })];
    const answer = await ask(one.person, 'POST', '/api/apps/revoke-all', { body: '{}', headers: json });
    expect([answer.status, answer.json]).toEqual([200, { revoked: 2, effective: 'next_call' }]);
    for (const app of [one, two]) expect((await app.call('get_account_summary')).status).toBe(401);
    expect((await ask(one.person, 'POST', '/api/apps/revoke-all')).json).toEqual({ revoked: 0, effective: 'next_call' });
    expect((await hers.call('get_account_summary')).structured).not.toBeNull();
  });

  it('never let an internal id out (CF-15)', () => {
    expect(seen.length).toBeGreaterThan(50);
    expect(seen.filter(holdsUuid)).toEqual([]);
  });
});
