import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounts } from '../../src/store/schema/index.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

describe('a test database with the demo data', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
  });
  afterAll(() => opened.close());

  it('holds both owners', async () => {
    const rows = await opened.database.orm.select({ email: accounts.email }).from(accounts);
    expect(rows.map(({ email }) => email).sort()).toEqual(['ada@example.com', 'grace@example.com']);
  });

  it('is copied, not shared: what one file deletes another still has', async () => {
    const other = await openTestDatabase({ demo: true });
    await other.database.orm.update(accounts).set({ displayName: 'Changed' });
    await other.close();
    const rows = await opened.database.orm.select({ name: accounts.displayName }).from(accounts);
    expect(rows.map(({ name }) => name)).not.toContain('Changed');
  });
});
