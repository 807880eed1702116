import { sql } from 'drizzle-orm';
import type { Orm } from './db.ts';

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
  return orm.transaction(async (tx) => {
    const [row] = await tx
      .select({ taken: sql<boolean>`l.taken` })
      .from(sql`(select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as taken) l`);
    return row?.taken ? work(tx) : null;
  });
}
