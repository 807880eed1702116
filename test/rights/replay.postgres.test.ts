import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayDeletions } from '../../src/rights/replay.ts';
import { tombstoneOf, type Erasable } from '../../src/rights/tombstones.ts';
import { loadPurposeKeys, type PurposeKey } from '../../src/store/engine/purpose-keys.ts';
import { liftHolds, placeHold } from '../../src/store/rights/holds.ts';
import { makeTestClock } from '../support/clock.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';

describe('a replay of deletions over a restored backup', () => {
  const clock = makeTestClock();
  const email = 'ada@example.com';
  let restored: TestDatabase;
  let key: PurposeKey;

  beforeAll(async () => {
    restored = await openTestDatabase({ demo: true });
    key = (await loadPurposeKeys({ orm: restored.database.orm, dataKey: testDataKey, clock })).tombstones;
  });
  afterAll(() => restored.close());

  it('deletes neither a recipient nor a service nor a category that a legal hold keeps, and does so once it is lifted', async () => {
    const { orm, statement } = restored.database;
    const [found] = await statement<{ account: string; recipient: string }>(
      `select a.id as account, min(r.id::text) as recipient from accounts a join recipients r on r.account_id = a.id where a.email = $1 group by 1`,
      [email],
    );
    const { account = '', recipient = '' } = found ?? {};
    const deletion = (kind: Erasable, id: string) => {
      const hash = Buffer.from(tombstoneOf({ key, kind, id }).hash).toString('hex');
      return { kind, hash, deletedAt: clock() };
    };
    const deletions = [deletion('recipient', recipient), deletion('support', account), deletion('certumssl', account)];
    const replay = () => replayDeletions({ orm, clock, key, deletions });
    const left = () =>
      statement(
        `select (select count(*)::integer from recipients where id = $2::uuid) as recipient,
           (select count(*) > 0 from support_messages where account_id = $1::uuid) as support,
           (select count(*) > 0 from tls_certificates where account_id = $1::uuid) as tls`,
        [account, recipient],
      );

    await placeHold({ orm, email, reason: 'claim 7', now: clock() });
    expect(await replay()).toMatchObject({ missing: 3, erased: 0, held: 3 });
    expect(await left()).toEqual([{ recipient: 1, support: true, tls: true }]);
    await liftHolds({ orm, email, now: clock() });
    expect(await replay()).toMatchObject({ missing: 3, erased: 3, held: 0 });
    expect(await left()).toEqual([{ recipient: 0, support: false, tls: false }]);
  });
});
