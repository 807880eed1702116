import { eq, ne } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { deletionLogs } from '../schema/index.ts';
import { takeTurn } from '../engine/turns.ts';

/** Stands for the log of the version before, which isn't chained and of which the database knows no end. */
const unchained = '00000000-0000-0000-0000-000000000000';

export interface KnownLog {
  readonly id: string;
  readonly records: number;
  readonly chain: Uint8Array;
}

export interface KnownLogs {
  readonly logs: readonly KnownLog[];
  /** The database is older than its first chained log. */
  readonly isOlder: boolean;
}

/** What the database knows of its logs; from now until the transaction ends, nobody else of it writes one. */
export async function lockLogs({ tx }: { tx: Orm }): Promise<KnownLogs> {
  await takeTurn({ tx, name: 'deletions log' });
  const rows = await tx.select().from(deletionLogs);
  return { logs: rows.filter(({ id }) => id !== unchained), isOlder: rows.some(({ id }) => id === unchained) };
}

/** Notes how far a log goes. From then on it is one of the database's own. */
export async function saveLog({ tx, id, records, chain }: KnownLog & { readonly tx: Orm }): Promise<void> {
  await tx.insert(deletionLogs).values({ id, records, chain }).onConflictDoUpdate({ target: deletionLogs.id, set: { records, chain } });
  await tx.delete(deletionLogs).where(eq(deletionLogs.id, unchained));
}

/** The logs that were known before this one are lost, and count no more. */
export async function forgetOtherLogs({ tx, id }: { tx: Orm; id: string }): Promise<void> {
  await tx.delete(deletionLogs).where(ne(deletionLogs.id, id));
}
