import { sql } from 'drizzle-orm';
import type { Orm } from './db.ts';
import type { BulkTransaction } from './bulk.ts';

/**
 * Rows stand for what only one transaction at a time may do: nobody but the application's own login can lock them. A name leaves no
 * more than a number behind.
 */
export async function takeTurn({ tx, name }: { tx: Orm; name: string }): Promise<void> {
  await tx.execute(sql`insert into turns (number) values (hashtextextended(${name}, 0)) on conflict do nothing`);
  await tx.execute(sql`select from turns where number = hashtextextended(${name}, 0) for update`);
}

/** The turn of whatever rewrites many rows of an account: imports, restrictions, erasures. */
export async function takeImportTurn({ tx, accountId }: { tx: Orm; accountId: string }): Promise<void> {
  await takeTurn({ tx, name: `import:${accountId}` });
}

/** The same turn, for rows in bulk. */
export async function takeBulkTurn({ bulk, accountId }: { bulk: BulkTransaction; accountId: string }): Promise<void> {
  const name = `import:${accountId}`;
  await bulk.run('insert into turns (number) values (hashtextextended($1, 0)) on conflict do nothing', [name]);
  await bulk.run('select from turns where number = hashtextextended($1, 0) for update', [name]);
}
