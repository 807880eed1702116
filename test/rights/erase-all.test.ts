import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '../../src/policy/classes.ts';
import { addDays, dayOf } from '../../src/words/dates.ts';
import { eraseMinor } from '../../src/rights/minors.ts';
import type { RightsDeps } from '../../src/rights/request-steps.ts';
import { makeRights } from '../../src/rights/requests.ts';
import { heldCategoriesOf } from '../../src/policy/categories.ts';
import type { RequestRow } from '../../src/store/rights/requests.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { makeTestClock } from '../support/clock.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';
import { fillAccount, rowsOf } from '../support/retention-data.ts';

describe('erasing one service after the other', () => {
  let db: TestDatabase;
  let deps: RightsDeps;
  const clock = makeTestClock();
  const paidOn = addDays(dayOf(clock()), -40);

  beforeAll(async () => {
    db = await openTestDatabase();
    const { orm } = db.database;
    const { tombstones: key } = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    deps = { orm, clock, key, deletionsLog: join(await mkdtemp(join(tmpdir(), 'certveil-')), 'deletions.log') };
  });
  afterAll(() => db.close());

  const query = (text: string, ...given: string[]) => db.database.statement<Record<string, unknown>>(text, given);
  const arrive = async () => (await fillAccount({ database: db.database, from: paidOn })).accountId;

  async function erase(accountId: string, service: Service) {
    const rights = makeRights(deps);
    const { requestId } = await rights.file({ accountId, kind: 'erasure', service, categories: null, channel: 'dashboard' });
    return (await rights.confirm({ accountId, requestId, confirmation: { ground: 'no_longer_necessary' } })).request;
  }

  const categoriesOf = ({ outcome }: RequestRow) => (outcome as { erased: string[] }).erased;

  async function leftOf(accountId: string) {
    const { privacy_requests: _requests, request_steps: _steps, ...rows } = await rowsOf(db.database, accountId);
    return Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0));
  }

  const emptied = { email: '', display_name: '', password_hash: null };
  const accountOf = async (accountId: string) =>
    (await query('select email, display_name, password_hash from accounts where id = $1', accountId))[0];
  const paid = {
    category: 'transactions',
    reason: 'tax_law',
    promise: 'CS-52',
    until: `${Number(paidOn.slice(0, 4)) + 7}${paidOn.slice(4)}`,
  };

  it.each([
    ['certumssl', 'certfusion'],
    ['certfusion', 'certumssl'],
  ] as const)('CS-43, CS-52: %s and then %s: an empty row stays while a payment must be kept, and nothing else', async (first, second) => {
    const accountId = await arrive();
    const beside = { reason: 'shared', until: null };
    const asked = { category: 'privacy_requests', reason: 'record_of_rights', promise: null };
    expect(await erase(accountId, first)).toMatchObject({
      status: 'done',
      outcome: {
        accountClosed: false,
        kept: [
          ...(first === 'certumssl' ? [paid] : []),
          { ...beside, category: 'account', promise: 'CS-34' },
          { ...beside, category: 'support', promise: 'CS-54' },
          { ...beside, category: 'connected_apps', promise: null },
          { ...asked, until: null },
        ],
      },
    });
    const last = await erase(accountId, second);
    const kept = [paid, { ...asked, until: paid.until }];
    expect(last).toMatchObject({ status: 'done', outcome: { accountClosed: true, kept } });
    expect(categoriesOf(last).toSorted()).toEqual(
      heldCategoriesOf([second])
        .filter((name) => name !== 'transactions' && name !== 'privacy_requests')
        .toSorted(),
    );
    expect(await leftOf(accountId)).toEqual({ transactions: 1, accounts: 1 });
    expect(await accountOf(accountId)).toEqual(emptied);
  });

  it('CS-58: what is held of a minor goes in both services, though a payment must be kept', async () => {
    const accountId = await arrive();
    const outcomes = await eraseMinor(deps, { accountId, recipientIds: null, staffName: 'R' });
    expect(outcomes).toHaveLength(2);
    expect(await leftOf(accountId)).toEqual({ transactions: 1, accounts: 1 });
    expect(await accountOf(accountId)).toEqual(emptied);
  });

  it('CS-43: with the last service goes what an ended one had left behind; without payments the row goes too', async () => {
    for (const [ended, last] of [
      ['certumssl', 'certfusion'],
      ['certfusion', 'certumssl'],
    ] as const) {
      const accountId = await arrive();
      await query('delete from transactions where account_id = $1', accountId);
      await query('delete from memberships where account_id = $1 and service = $2', accountId, ended);
      const request = await erase(accountId, last);
      expect(request.outcome).toMatchObject({ accountClosed: true, kept: [] });
      const erased = categoriesOf(request);
      expect(erased).toEqual(expect.arrayContaining(['tls_certificates', 'lists_and_certificates', 'account', 'privacy_requests']));
      expect(erased).not.toContain('transactions');
      expect(await leftOf(accountId)).toEqual({});
    }
  });
});
