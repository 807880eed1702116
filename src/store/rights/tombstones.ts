import { asc, gt, sql } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { accounts, recipients, tombstones } from '../schema/index.ts';

/** Notes a deletion; of one that happened again the last time counts. */
export async function addTombstone({ tx, hash, kind, now }: { tx: Orm; hash: Uint8Array; kind: string; now: Date }): Promise<void> {
  const latest = { deletedAt: sql`greatest(${tombstones.deletedAt}, excluded.deleted_at)` };
  await tx.insert(tombstones).values({ hash, kind, deletedAt: now }).onConflictDoUpdate({ target: tombstones.hash, set: latest });
}

export interface Buried {
  readonly hash: Uint8Array;
  readonly kind: string;
  readonly deletedAt: Date;
}

export async function allTombstones({ orm }: { orm: Orm }): Promise<Buried[]> {
  return orm.select().from(tombstones);
}

/** Every account that the database holds, for a deletion to be found by its hash. */
export async function allAccountIds({ orm }: { orm: Orm }): Promise<string[]> {
  return (await orm.select({ id: accounts.id }).from(accounts)).map(({ id }) => id);
}

/** The next recipients that the database holds, by id. */
export async function recipientIds({ orm, after, limit }: { orm: Orm; after: string | null; limit: number }) {
  return orm
    .select({ id: recipients.id, accountId: recipients.accountId })
    .from(recipients)
    .where(after === null ? undefined : gt(recipients.id, after))
    .orderBy(asc(recipients.id))
    .limit(limit);
}
