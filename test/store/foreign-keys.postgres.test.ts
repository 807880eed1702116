import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

/** Foreign keys that no index leads with, and why deleting what they point to scans no large table. */
const unindexed: Readonly<Record<string, string>> = {
  'legal_holds.account_id': 'a hold is placed by staff: a handful of rows in the whole installation',
  'password_links.account_id': 'a link lives for a day and is then swept away: few rows at any time',
};

/** The first column of a key, and of an index over every row. */
const withoutIndex = `
  select f.conrelid::regclass || '.' || a.attname as name
  from pg_constraint f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
  where f.contype = 'f' and f.connamespace = 'public'::regnamespace and not exists (
    select from pg_index i
    where i.indrelid = f.conrelid and i.indisvalid and i.indpred is null and i.indkey[0] = any (f.conkey))
  order by 1`;

describe('foreign keys', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await openTestDatabase();
  });
  afterAll(() => db.close());

  it('are led by an index, or listed with the reason why none is needed: no sweep or erasure scans a table for each row that goes', async () => {
    const found = await db.database.statement<{ name: string }>(withoutIndex, []);
    expect(found.map(({ name }) => name)).toEqual(Object.keys(unindexed));
    const [all] = await db.database.statement<{ n: number }>(`select count(*)::int as n from pg_constraint where contype = 'f'`, []);
    expect(all?.n).toBeGreaterThan(20);
  });
});
