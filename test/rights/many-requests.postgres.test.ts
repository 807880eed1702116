import { afterAll, beforeAll, expect, it } from 'vitest';
import { unconfirmedRequests } from '../../src/rights/unfinished-erasures.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ demo: true });
});
afterAll(() => world.close());

it('requests that nobody confirmed lapse, however many wait and however many are due today only', async () => {
  const { statement } = world.database;
  const today = world.clock().toISOString().slice(0, 10);
  for (const [count, due] of [
    ['1100', today],
    ['20', '2020-01-01'],
  ] as const)
    await statement(
      `insert into privacy_requests (account_id, kind, service, channel, status, received_on, due_on, due_by)
       select a.id, 'access', 'certfusion', 'dashboard', 'awaiting_confirmation', '2019-12-01', $2::date, 'thirty_days'
       from accounts a, generate_series(1, $1::int) where a.email = 'ada@example.com'`,
      [count, due],
    );
  expect(await unconfirmedRequests({ orm: world.database.orm, today: '2099-01-01' })).toHaveLength(1120);
  await world.sweep();
  const of = (status: string) => statement(`select 1 from privacy_requests where received_on = '2019-12-01' and status = $1`, [status]);
  expect([(await of('lapsed')).length, (await of('awaiting_confirmation')).length]).toEqual([20, 1100]);
});
