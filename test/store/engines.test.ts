import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { accounts, quotas } from '../../src/store/schema/index.ts';
import { makeTestClock } from '../support/clock.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

const ada = { email: 'ada@example.com', emailMasked: 'a…@example.com', emailKey: 'ada@example.com', displayName: 'Ada' };

describe('a database on either engine', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.close());

  it('is the engine that the project names', () => {
    expect(opened.database.engine).toBe(inject('databases').engine);
  });

  it('keeps instants to the millisecond and days as text', async () => {
    const at = new Date('2026-01-31T23:59:59.987Z');
    const { orm } = opened.database;
    const [account] = await orm
      .insert(accounts)
      .values({ ...ada, createdAt: at, lastActivityAt: at })
      .returning();
    if (!account) throw new Error('no account');
    await orm.insert(quotas).values({ accountId: account.id, used: 1, monthlyLimit: 10, periodEndsOn: '2026-02-28' });
    const [row] = await orm.select().from(accounts).innerJoin(quotas, eq(quotas.accountId, accounts.id)).where(eq(accounts.id, account.id));
    expect(row?.accounts.createdAt).toEqual(at);
    expect(row?.quotas.periodEndsOn).toBe('2026-02-28');
  });

  it('runs a prepared statement with text, days, arrays, bytes and null', async () => {
    const rows = await opened.database.statement<{ bytes: Uint8Array }>(
      `select $1::text as word, $2::date as day, $3::text[] as words, $4::bytea as bytes, $5::text as nothing`,
      ['w', '2026-02-28', ['a', 'b'], new Uint8Array([1, 2]), null],
    );
    expect(rows.map((row) => ({ ...row, bytes: [...row.bytes] }))).toEqual([
      { word: 'w', day: '2026-02-28', words: ['a', 'b'], bytes: [1, 2], nothing: null },
    ]);
  });

  it('rolls a transaction back as a whole', async () => {
    const at = makeTestClock()();
    const failing = opened.database.orm.transaction(async (tx) => {
      await tx.insert(accounts).values({ ...ada, emailKey: 'gone@example.com', createdAt: at, lastActivityAt: at });
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    expect(await opened.database.orm.select().from(accounts).where(eq(accounts.emailKey, 'gone@example.com'))).toEqual([]);
  });

  it('starts empty whatever another file wrote', async () => {
    const other = await openTestDatabase();
    expect(await other.database.orm.select().from(accounts)).toEqual([]);
    await other.close();
  });
});
