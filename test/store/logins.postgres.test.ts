import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

describe('the logins of a Postgres test database', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.close());

  async function as<Row>(url: string | null, text: string): Promise<Row[]> {
    if (url === null) throw new Error('no URL');
    const client = postgres(url, { max: 1 });
    try {
      return (await client.unsafe(text)) as unknown as Row[];
    } finally {
      await client.end();
    }
  }

  it('own the database without being superuser', async () => {
    const [owner] = await as(opened.url, 'select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user');
    expect(owner).toEqual({ rolsuper: false, rolcreaterole: true, rolcreatedb: false });
  });

  it('let the tools read no table', async () => {
    await expect(as(opened.toolsUrl, 'select * from accounts')).rejects.toThrow('permission denied for table accounts');
    await expect(as(opened.toolsUrl, 'select * from certificates')).rejects.toThrow('permission denied for table certificates');
  });
});
