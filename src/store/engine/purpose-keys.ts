import { randomBytes } from 'node:crypto';
import { open, seal } from '../../crypto/sealed.ts';
import { asc, desc, eq, sql } from 'drizzle-orm';
import type { Clock } from '../../words/dates.ts';
import type { Orm } from './db.ts';
import { purposeKeys } from '../schema/index.ts';

/** What a random key of its own exists for. DATA_KEY wraps them all; rotating it only rewraps. */
export const keyPurposes = ['handles', 'cursors', 'columns', 'ledger', 'cookies', 'jwks', 'tombstones'] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

export interface PurposeKey {
  readonly id: string;
  readonly bytes: Buffer;
  /** The keys that it replaced: they open what they sealed, and seal no more. */
  readonly retired?: readonly PurposeKey[];
}

export type PurposeKeys = Readonly<Record<KeyPurpose, PurposeKey>>;

/** DATA_KEY does not open the keys that the database holds. */
export class WrongDataKey extends Error {
  override readonly name = 'WrongDataKey';
}

/**
 * Loads the current key of each purpose, making those that are missing. Several instances may start at once.
 * @throws WrongDataKey, and leaves nothing behind that this key wrapped
 */
export async function loadPurposeKeys({ orm, dataKey, clock }: { orm: Orm; dataKey: Buffer; clock: Clock }): Promise<PurposeKeys> {
  const made = keyPurposes.map((purpose) => ({ purpose, wrapped: wrap(dataKey, purpose, randomBytes(32)), createdAt: clock() }));
  return orm.transaction(async (tx) => {
    await tx.insert(purposeKeys).values(made).onConflictDoNothing();
    const rows = await tx.select().from(purposeKeys).orderBy(desc(purposeKeys.createdAt));
    const keyOf = (purpose: KeyPurpose): PurposeKey => {
      const own = rows.filter((each) => each.purpose === purpose);
      const row = own.find(({ retiredAt }) => retiredAt === null);
      if (!row) throw new WrongDataKey(`no key for ${purpose}`);
      return { ...opened(dataKey, row), retired: own.filter((each) => each !== row).map((each) => opened(dataKey, each)) };
    };
    return {
      handles: keyOf('handles'),
      cursors: keyOf('cursors'),
      columns: keyOf('columns'),
      ledger: keyOf('ledger'),
      cookies: keyOf('cookies'),
      jwks: keyOf('jwks'),
      tombstones: keyOf('tombstones'),
    };
  });
}

/** Every key that has signed heads, retired ones too. */
export async function loadLedgerKeys({ orm, dataKey }: { orm: Orm; dataKey: Buffer }): Promise<PurposeKey[]> {
  const rows = await orm.select().from(purposeKeys).where(eq(purposeKeys.purpose, 'ledger')).orderBy(asc(purposeKeys.createdAt));
  return rows.map((row) => opened(dataKey, row));
}

/**
 * Wraps every purpose key, the retired ones too, by `next` instead: all or none. False when `next` wraps them already.
 * @throws WrongDataKey, and changes nothing, when `dataKey` does not open each of them
 */
export async function rewrapPurposeKeys({ orm, dataKey, next }: { orm: Orm; dataKey: Buffer; next: Buffer }): Promise<boolean> {
  return orm.transaction(async (tx) => {
    // An instance that starts meanwhile makes its missing keys before, or is refused after.
    await tx.execute(sql`lock table ${purposeKeys} in share row exclusive mode`);
    const rows = await tx.select().from(purposeKeys);
    if (opensAll(next, rows)) return false;
    for (const row of rows) {
      const { id, bytes } = opened(dataKey, row);
      await tx
        .update(purposeKeys)
        .set({ wrapped: wrap(next, row.purpose, bytes) })
        .where(eq(purposeKeys.id, id));
    }
    return true;
  });
}

/** Does this DATA_KEY open every key in the database? */
export async function opensPurposeKeys({ orm, dataKey }: { orm: Orm; dataKey: Buffer }): Promise<boolean> {
  return opensAll(dataKey, await orm.select().from(purposeKeys));
}

type WrappedKey = typeof purposeKeys.$inferSelect;

function opened(dataKey: Buffer, { id, purpose, wrapped }: WrappedKey): PurposeKey {
  return { id, bytes: unwrap(dataKey, purpose, wrapped) };
}

function opensAll(dataKey: Buffer, rows: readonly WrappedKey[]): boolean {
  return rows.every((row) => {
    try {
      return opened(dataKey, row).id === row.id;
    } catch (error) {
      if (error instanceof WrongDataKey) return false;
      throw error;
    }
  });
}

/** The purpose is bound as associated data. */
function wrap(dataKey: Buffer, purpose: string, bytes: Buffer): Buffer {
  return seal(dataKey, bytes, purpose);
}

function unwrap(dataKey: Buffer, purpose: string, wrapped: Uint8Array): Buffer {
  try {
    return open(dataKey, wrapped, purpose);
  } catch (cause) {
    throw new WrongDataKey('DATA_KEY does not open the keys in this database', { cause });
  }
}
