import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { asc, eq, isNull } from 'drizzle-orm';
import type { Clock } from '../policy/dates.ts';
import type { Orm } from './db.ts';
import { purposeKeys } from './schema/index.ts';

/** What a random key of its own exists for. DATA_KEY wraps them all; rotating it only rewraps. */
export const keyPurposes = ['handles', 'cursors', 'columns', 'ledger', 'cookies', 'jwks', 'tombstones'] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

export interface PurposeKey {
  readonly id: string;
  readonly bytes: Buffer;
}

export type PurposeKeys = Readonly<Record<KeyPurpose, PurposeKey>>;

/** DATA_KEY does not open the keys that the database holds. */
export class WrongDataKey extends Error {
  override readonly name = 'WrongDataKey';
}

/** Loads the current key of each purpose, making those that are missing. Several instances may start at once. */
export async function loadPurposeKeys({ orm, dataKey, clock }: { orm: Orm; dataKey: Buffer; clock: Clock }): Promise<PurposeKeys> {
  const made = keyPurposes.map((purpose) => ({ purpose, wrapped: wrap(dataKey, purpose, randomBytes(32)), createdAt: clock() }));
  await orm.insert(purposeKeys).values(made).onConflictDoNothing();
  const rows = await orm.select().from(purposeKeys).where(isNull(purposeKeys.retiredAt));
  const keyOf = (purpose: KeyPurpose): PurposeKey => {
    const row = rows.find((each) => each.purpose === purpose);
    if (!row) throw new WrongDataKey(`no key for ${purpose}`);
    return { id: row.id, bytes: unwrap(dataKey, purpose, row.wrapped) };
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
}

/** Every key that has signed heads, retired ones too. */
export async function loadLedgerKeys({ orm, dataKey }: { orm: Orm; dataKey: Buffer }): Promise<PurposeKey[]> {
  const rows = await orm.select().from(purposeKeys).where(eq(purposeKeys.purpose, 'ledger')).orderBy(asc(purposeKeys.createdAt));
  return rows.map(({ id, wrapped }) => ({ id, bytes: unwrap(dataKey, 'ledger', wrapped) }));
}

/** AES-256-GCM: 12 bytes of nonce, the key, 16 bytes of tag; the purpose is bound as associated data. */
function wrap(dataKey: Buffer, purpose: string, bytes: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce).setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(dataKey: Buffer, purpose: string, wrapped: Uint8Array): Buffer {
  const bytes = Buffer.from(wrapped);
  try {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, bytes.subarray(0, 12))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch (cause) {
    throw new WrongDataKey('DATA_KEY does not open the keys in this database', { cause });
  }
}
