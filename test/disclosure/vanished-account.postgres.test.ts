import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRights, type Rights } from '../../src/rights/requests.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { getAccountSummary } from '../../src/tools/get-account-summary.ts';
import { addOwner } from '../support/account-data.ts';
import { connect } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { callerOf, openGate } from '../support/gate.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a call in flight whose account is erased meanwhile (CS-43)', () => {
  let world: World;
  let rights: Rights;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    const { orm } = world.database;
    const keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock: world.clock });
    rights = makeRights({ orm, clock: world.clock, key: keys.tombstones, deletionsLog: world.deletionsLog });
  });
  afterAll(() => world.close());

  async function erase(accountId: string): Promise<void> {
    for (const service of ['certfusion', 'certumssl'] as const) {
      const { requestId } = await rights.file({ accountId, kind: 'erasure', service, categories: null, channel: 'dashboard' });
      await rights.confirm({ accountId, requestId, confirmation: { ground: 'no_longer_necessary' } });
    }
  }

  it('is answered by a fixed text and nothing of the account, while calls of others in the same batch go through', async () => {
    const owner = await addOwner(world, 'vanishing@owner.example', 'Vanishing School');
    const accountId = (await accountWith({ orm: world.database.orm, email: owner.email })) ?? '';
    const vanishing = await connect(world, { owner, name: 'Vanishing app' });
    const staying = await connect(world, { name: 'Staying app' });
    let reads = 0;
    let allRead = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      allRead = resolve;
    }).then(() => erase(accountId));
    const tool = {
      ...getAccountSummary,
      run: async (...[call, input]: Parameters<typeof getAccountSummary.run>) => {
        const rows = await getAccountSummary.run(call, input);
        if (rows !== null) reads += 1;
        if (reads === 5) allRead();
        await gone;
        return rows;
      },
    };
    const gate = await openGate(world, { tools: [tool] });
    const callers = await Promise.all([staying, vanishing, staying, vanishing, staying].map((app) => callerOf(world, app.accessToken)));
    const rowsOf = async () =>
      world.database.statement(`select 1 from disclosures d join apps a on a.id = d.app_id where a.name = 'Staying app'`, []);
    const before = (await rowsOf()).length;
    const calls = callers.map((caller) => gate.disclose(caller, 'get_account_summary', {}));
    const answers = await Promise.all(calls);
    expect(await world.database.statement('select 1 from accounts where id = $1', [accountId])).toEqual([]);
    const ofOthers = answers.filter((_, at) => at % 2 === 0);
    const ofTheirs = answers.filter((_, at) => at % 2 === 1);
    for (const { structured } of ofOthers) expect(structured).toMatchObject({ display_name: 'Ada Lovelace Academy' });
    for (const { structured, code } of ofTheirs)
      expect([structured, ['not_available', 'try_later'].includes(String(code))]).toEqual([null, true]);
    expect(JSON.stringify(ofTheirs)).not.toContain('Vanishing');
    expect((await rowsOf()).length).toBe(before + 3);
    expect(
      (await gate.disclose(callers[0] ?? (await callerOf(world, staying.accessToken)), 'get_account_summary', {})).structured,
    ).not.toBeNull();
  });
});
