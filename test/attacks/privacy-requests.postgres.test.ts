import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { rowsOf } from '../support/pages.ts';
import { Person } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { openWorld, type World } from '../support/world.ts';

const unknown = `req_${'0'.repeat(26)}`;

describe('a privacy request', () => {
  let world: World;
  let mine: ConnectedApp;
  let hers: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    mine = await connect(world, { choices: { tick: 'all' } });
    hers = await connect(world, { owner: grace, choices: { tick: 'all' } });
  });
  afterAll(() => world.close());

  const file = async ({ person }: ConnectedApp) =>
    String((await api(person, '/api/requests', { kind: 'access', service: 'certfusion' })).json['request']);
  const statusOf = async ({ person }: ConnectedApp, request: string) => {
    const { requests } = (await api(person, '/api/requests')).json as { requests: { request: string; status: string }[] };
    return requests.find((each) => each.request === request)?.status;
  };
  const downloads = (request: string) =>
    ['', '?format=schema', '?format=csv&category=certificates'].flatMap((query) => [
      `/api/requests/${request}/export${query}`,
      `/dashboard/requests/${request}/export${query}`,
    ]);
  /** All that can be done with a request by its name, and what is said. */
  async function tryAll(person: Person, request: string): Promise<string[]> {
    const said: string[] = [];
    const note = (what: string, { status, body }: { status: number; body: string }) => void said.push(`${what} ${status} ${body}`);
    for (const path of [`/dashboard/requests/${request}`, ...downloads(request)]) note(path, await person.get(path));
    for (const act of ['confirm', 'withdraw']) {
      note(act, await person.post(`/dashboard/requests/${request}/${act}`, {}));
      const { status, json } = await api(person, `/api/requests/${request}/${act}`, {});
      note(act, { status, body: JSON.stringify(json) });
    }
    return said.map((each) => each.replaceAll(request, 'REQUEST'));
  }

  it('of another owner is seen, confirmed, withdrawn and downloaded by nobody else: as unknown as a made-up one', async () => {
    const [open, done] = [await file(hers), await file(hers)];
    expect((await api(hers.person, `/api/requests/${done}/confirm`, {})).status).toBe(200);
    const madeUp = await tryAll(mine.person, unknown);
    expect(madeUp.every((each) => / 404 /.test(each))).toBe(true);
    for (const request of [open, done]) expect(await tryAll(mine.person, request)).toEqual(madeUp);
    expect([await statusOf(hers, open), await statusOf(hers, done)]).toEqual(['awaiting_confirmation', 'done']);
    expect([await statusOf(mine, open), await statusOf(mine, done)]).toEqual([undefined, undefined]);
  });

  it('is not confirmed after its due day, also before the job has let it lapse', async () => {
    const request = await file(mine);
    const due = (days: number) =>
      world.database.statement(
        `update privacy_requests set due_on = (now() at time zone 'UTC')::date + $1::integer where status = 'awaiting_confirmation'`,
        [days],
      );
    await due(-1);
    expect((await api(mine.person, `/api/requests/${request}/confirm`, {})).status).toBe(404);
    expect(await statusOf(mine, request)).toBe('awaiting_confirmation');
    await due(0);
    expect((await api(mine.person, `/api/requests/${request}/confirm`, {})).status).toBe(200);
  });

  it('is filed for nobody else, whoever is named', async () => {
    const before = await api(hers.person, '/api/requests');
    for (const named of [{ account: grace.email }, { account_id: 'x' }, { email: grace.email }, { recipient: 'rcp_x' }]) {
      const filing = { kind: 'erasure', service: 'certfusion', ...named };
      expect((await api(mine.person, '/api/requests', filing)).status).toBe(400);
      expect((await mine.call('file_privacy_request', filing)).error).toBe('invalid_input');
    }
    expect(await api(hers.person, '/api/requests')).toEqual(before);
  });

  it('is seen and cancelled by no app but the one that filed it', async () => {
    const other = await connect(world, { name: 'Other app of the same owner', choices: { tick: 'all' } });
    const filed = await mine.call('file_privacy_request', { kind: 'access', service: 'certfusion' });
    const request = String(filed.structured?.['request']);
    for (const app of [other, hers]) {
      expect(rowsOf(await app.call('list_privacy_requests'), 'requests')).toEqual([]);
      const madeUp = await app.call('cancel_privacy_request', { request: unknown });
      expect([madeUp.error, (await app.call('cancel_privacy_request', { request })).text]).toEqual(['not_available', madeUp.text]);
    }
    expect(rowsOf(await mine.call('list_privacy_requests'), 'requests')).toMatchObject([{ request, status: 'awaiting_confirmation' }]);
    expect((await mine.call('cancel_privacy_request', { request })).structured).toEqual({ request, status: 'withdrawn' });
  });

  it('has an export that no token, stranger, old sign-in or late visitor gets by its link', async () => {
    const request = await file(mine);
    await api(mine.person, `/api/requests/${request}/confirm`, {});
    const bearer = { authorization: `Bearer ${mine.accessToken}` };
    for (const path of downloads(request)) {
      for (const headers of [{}, bearer]) {
        const { status } = await fetch(`${world.url}${path}`, { redirect: 'manual', headers });
        expect([path, status]).toEqual([path, path.startsWith('/api/') ? 401 : 303]);
      }
    }
    world.clock.advance({ minutes: 6 });
    expect((await api(mine.person, `/api/requests/${request}/export`)).status).toBe(401);
    world.clock.advance({ days: 60 });
    const fresh = new Person(world.url);
    await fresh.signIn(await fresh.get('/sign-in'), { email: 'ada@example.com', password: grace.password });
    for (const path of downloads(request)) expect([path, (await fresh.get(path)).status]).toEqual([path, 404]);
    world.clock.advance({ days: -60, minutes: -6 });
  });

  it('filed and taken back by an app again and again ends at 50 a day, and buries none of the owner’s', async () => {
    const eager = await connect(world, { name: 'Eager', choices: { tick: 'all' } });
    const own = await file(eager);
    const filing = { kind: 'erasure', service: 'certfusion' };
    for (let at = 0; at < 50; at += 1) {
      const filed = await eager.call('file_privacy_request', filing);
      expect((await eager.call('cancel_privacy_request', { request: filed.structured?.['request'] })).structured).not.toBeNull();
    }
    expect((await eager.call('file_privacy_request', filing)).error).toBe('rate_limited');
    await world.database.statement(`update request_steps set at = at - interval '25 hours' where actor = 'app'`, []);
    expect((await eager.call('file_privacy_request', filing)).structured).toMatchObject({ status: 'awaiting_confirmation' });
    const { body } = await eager.person.get('/dashboard/requests');
    const folded = /<details>[^]*<\/details>/.exec(body)?.[0] ?? '';
    expect([body.replace(folded, '').includes(own), folded.includes(own)]).toEqual([true, false]);
    expect([body.replace(folded, '').includes('Withdrawn'), folded.match(/href="\/dashboard\/requests\/req_/g)?.length]).toEqual([
      false,
      25,
    ]);
    const older = /href="(\/dashboard\/requests\?of=taken_back&amp;after=[^"]*)"/.exec(folded)?.[1]?.replace('&amp;', '&') ?? '';
    expect((await eager.person.get(older)).body.match(/href="\/dashboard\/requests\/req_/g)?.length).toBe(25);
  });

  it('filed and taken back by an app now and then is filed again, and one that waits stands in sight', async () => {
    const app = await connect(world, { name: 'Calm', choices: { tick: 'all' } });
    const filing = { kind: 'portability', service: 'certfusion' };
    const first = await app.call('file_privacy_request', filing);
    await app.call('cancel_privacy_request', { request: first.structured?.['request'] });
    const waiting = String((await app.call('file_privacy_request', filing)).structured?.['request']);
    const { body } = await app.person.get('/dashboard/requests');
    const before = body.slice(0, body.indexOf('<details>'));
    expect([before.includes('Calm'), body.includes('Requests that apps filed and took back')]).toEqual([true, true]);
    expect(waiting).toMatch(/^req_/);
  });

  it('of one’s own is seen, confirmed, downloaded and withdrawn', async () => {
    const [first, second] = [await file(mine), await file(mine)];
    expect((await mine.person.get(`/dashboard/requests/${first}`)).status).toBe(200);
    expect((await api(mine.person, `/api/requests/${first}/confirm`, {})).status).toBe(200);
    for (const path of downloads(first)) expect([path, (await mine.person.get(path)).status]).toEqual([path, 200]);
    expect((await api(mine.person, `/api/requests/${second}/withdraw`, {})).json).toMatchObject({ status: 'withdrawn' });
  });
});
