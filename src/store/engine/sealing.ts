import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PurposeKey } from './purpose-keys.ts';

/** A sealed value that this key and context do not open. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}

const keyIdBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals a value for a `*_sealed` column with AES-256-GCM (CS-55c): key id, nonce, ciphertext, tag.
 * `context` names the place (`placeOf`); only the same context opens it.
 */
export function seal(key: PurposeKey, value: string | Uint8Array, context: string): Uint8Array {
  const keyId = idBytes(key);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(associated(keyId, context));
  const body = Buffer.concat([cipher.update(typeof value === 'string' ? Buffer.from(value) : value), cipher.final()]);
  return Buffer.concat([keyId, nonce, body, cipher.getAuthTag()]);
}

/**
 * Opens what this key, or one that it replaced, has sealed.
 * @throws CannotOpen for another key, another context, or a changed byte
 */
export function open(key: PurposeKey, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed);
  const keyId = bytes.subarray(0, keyIdBytes);
  const sealer = [key, ...(key.retired ?? [])].find((each) => idBytes(each).equals(keyId));
  if (bytes.length < keyIdBytes + nonceBytes + tagBytes || !sealer) throw new CannotOpen('sealed by another key');
  const nonce = bytes.subarray(keyIdBytes, keyIdBytes + nonceBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealer.bytes, nonce, { authTagLength: tagBytes })
      .setAAD(associated(keyId, context))
      .setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(keyIdBytes + nonceBytes, -tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new CannotOpen('changed, or sealed for another place', { cause });
  }
}

export function openText(key: PurposeKey, sealed: Uint8Array, context: string): string {
  return open(key, sealed, context).toString('utf8');
}

/** The context of a sealed column of one row. */
export function placeOf(column: `${string}.${string}_sealed`, rowId: string): string {
  return `${column}:${rowId}`;
}

function idBytes(key: PurposeKey): Buffer {
  return Buffer.from(key.id.replaceAll('-', ''), 'hex');
}

function associated(keyId: Buffer, context: string): Buffer {
  return Buffer.concat([keyId, Buffer.from(context)]);
}
