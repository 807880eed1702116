import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monthAfter, monthOf } from '../../src/policy/verification.ts';
import { ada, connect, grace, type ConnectedApp } from '../support/connect.ts';
import { answered, withLedger } from '../support/ledger-rows.ts';
import { rowsOf, type Row } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const suppressed = 'suppressed';

describe('get_verification_activity, asked about the demo data', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
  });
  afterAll(() => world.close());

  const listsOf = async (of: ConnectedApp): Promise<Row[]> => rowsOf(await of.call('list_certificate_lists'), 'lists');

  it('says views and downloads of the closed months, newest first, a number from five on or "suppressed" (CF-21)', async () => {
    const [list] = await listsOf(app);
    const { answer, rows } = await withLedger(world, () => app.call('get_verification_activity', { list: list?.['list'] }));
    const months = rowsOf(answer, 'months');
    const newest = monthAfter(monthOf(world.clock()), -1);
    expect(months.map(({ month }) => month)).toEqual(Array.from({ length: 12 }, (_, ago) => monthAfter(newest, -ago)));
    for (const { views, downloads } of months) {
      for (const count of [views, downloads]) expect(count === suppressed || Number(count) >= 5).toBe(true);
    }
    expect(months.some(({ views }) => views !== suppressed)).toBe(true);
    expect(rows).toEqual([answered('get_verification_activity', ['month', 'views', 'downloads'], 12)]);
    const three = await app.call('get_verification_activity', { list: list?.['list'], months: 3 });
    expect(rowsOf(three, 'months')).toEqual(months.slice(0, 3));
  });

  it('says the same to every app', async () => {
    const other = await connect(world, { name: 'Other app', choices: { tick: 'all' } });
    const [mine, theirs] = await Promise.all([listsOf(app), listsOf(other)]);
    for (const [at, { list }] of mine.entries()) {
      const one = await app.call('get_verification_activity', { list });
      const two = await other.call('get_verification_activity', { list: theirs[at]?.['list'] });
      expect(one.text).toBe(two.text);
    }
  });

  it('is not available for a foreign, a hidden and an unknown list, with one answer for all', async () => {
    const hers = await connect(world, { owner: grace, name: 'Grace’s app' });
    const [foreign] = await listsOf(hers);
    const [mine] = await listsOf(app);
    await world.database.statement(`update lists set hidden_at = now() where name = $1`, [String(mine?.['name'])]);
    const refusals = [];
    for (const list of [foreign?.['list'], mine?.['list'], 'lst_00000000000000000000000000', 'x', randomUUID()]) {
      refusals.push((await app.call('get_verification_activity', { list })).body);
    }
    await world.database.statement(`update lists set hidden_at = null where name = $1`, [String(mine?.['name'])]);
    expect(new Set(refusals.map((body) => body.replace(/"id":\d+/, ''))).size).toBe(1);
    expect(refusals[0]).toContain('not_available');
  });

  it('takes one to twelve months and nothing else', async () => {
    const [mine] = await listsOf(app);
    for (const input of [{ months: 0 }, { months: 13 }, { months: 1.5 }, { months: '3' }, { kind: 'view' }, { month: '2026-05' }]) {
      expect((await app.call('get_verification_activity', { list: mine?.['list'], ...input })).error).toBe('invalid_input');
    }
    expect((await app.call('get_verification_activity')).error).toBe('invalid_input');
  });

  it('needs its own scope', async () => {
    const bare = await connect(world, { owner: ada, name: 'Bare app', choices: { untick: ['analytics:read'] } });
    const [mine] = await listsOf(bare);
    expect((await bare.call('get_verification_activity', { list: mine?.['list'] })).status).toBe(403);
  });
});
