import { sql } from 'drizzle-orm';
import type { Orm } from './db.ts';
import { turns } from '../schema/index.ts';

/** Does the work in one transaction, unless another instance is at it: then null. Give the work's statements its handle. */
export async function underLock<Result>({
  orm,
  name,
  work,
}: {
  orm: Orm;
  name: string;
  work: (tx: Orm) => Promise<Result>;
}): Promise<Result | null> {
  return orm.transaction(async (tx) => ((await takeTurnNow(tx, name)) ? work(tx) : null));
}

/** Takes a turn that nobody has. */
async function takeTurnNow(tx: Orm, name: string): Promise<boolean> {
  const number = sql`hashtextextended(${name}, 0)`;
  const found = await tx
    .select({ number: turns.number })
    .from(turns)
    .where(sql`${turns.number} = ${number}`)
    .for('update', { skipLocked: true });
  if (found.length > 0) return true;
  const made = await tx
    .insert(turns)
    .select(sql`select ${number}`)
    .onConflictDoNothing()
    .returning({ number: turns.number });
  return made.length > 0;
}
