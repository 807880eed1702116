import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger, type Disclosure } from '../../src/disclosure/ledger.ts';
import { makeIdentify } from '../../src/disclosure/callers.ts';
import { tokenDigest } from '../../src/crypto/digest.ts';
import type { Statement } from '../../src/store/engine/db.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { connect } from '../support/connect.ts';
import { soundLedger } from '../support/ledger-chain.ts';
import { testDataKey } from '../support/templates.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a ledger that does not learn whether its batch was committed', () => {
  let world: World;
  let disclosure: Disclosure;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    const { accessToken } = await connect(world);
    const digest = tokenDigest(accessToken);
    const caller = await makeIdentify({ statement: world.database.tools, clock: world.clock })(digest);
    if (!caller) throw new Error('the token is dead');
    const { account_id: accountId, app_id: appId, grant_id: grantId } = caller.grant;
    const what = { tool: 'get_account_summary', purpose: 'fulfil_request', outcome: 'answered' } as const;
    disclosure = { digest, accountId, appId, grantId, scopes: ['account:read'], fieldNames: ['display_name'], recordCount: 1, ...what };
  });
  afterAll(() => world.close());

  const ledgerOver = async (tools: Statement) => {
    const { ledger: key } = await loadPurposeKeys({ orm: world.database.orm, dataKey: testDataKey, clock: world.clock });
    return openLedger({ orm: world.database.orm, tools, key, clock: world.clock });
  };
  const rows = async () => (await soundLedger(world.database)).length;
  /** Commits the first batch of several rows, and loses the answer. */
  const losingAnAnswer = (): Statement => {
    let lost = false;
    return async <Row>(text: string, parameters: Parameters<Statement>[1]): Promise<Row[]> => {
      const answer = await world.database.tools<Row>(text, parameters);
      if (lost || !text.includes('append_disclosures') || !String(parameters[2]).includes('},{')) return answer;
      lost = true;
      throw Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' });
    };
  };

  it('answers none of it, writes none of it twice, and goes on with a new chain', async () => {
    const before = await rows();
    const ledger = await ledgerOver(losingAnAnswer());
    const first = await Promise.allSettled([1, 2, 3, 4].map(() => ledger.record(disclosure)));
    expect(first.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(await rows()).toBe(before + 4);
    expect(await ledger.record(disclosure)).toBe(true);
    expect(await rows()).toBe(before + 5);
  });

  it('tries each alone when the database refused the batch, so that one bad row costs one answer', async () => {
    const before = await rows();
    const ledger = await ledgerOver(world.database.tools);
    const bad = { ...disclosure, tool: 'a tool\0' };
    const all = await Promise.allSettled([disclosure, disclosure, bad, disclosure].map((each) => ledger.record(each)));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await rows()).toBe(before + 3);
  });
});
