import { PGlite } from '@electric-sql/pglite';
import postgres from 'postgres';
import type { TestDatabase } from './engines.ts';

/** Runs statements as an administrator: the only session of PGlite, a superuser of Postgres. */
export async function asAdministrator<Result>(
  { database, adminUrl }: Pick<TestDatabase, 'database' | 'adminUrl'>,
  work: (run: (text: string) => Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  if (database.driver instanceof PGlite) {
    const { driver } = database;
    return work((text) => driver.exec(text));
  }
  const client = postgres(adminUrl ?? '', { max: 1, onnotice: () => undefined });
  try {
    return await work((text) => client.unsafe(text).simple());
  } finally {
    await client.end();
  }
}
