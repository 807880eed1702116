import { CannotOpen, open as openBytes, seal as sealBytes } from '../../crypto/sealed.ts';
import type { PurposeKey } from './purpose-keys.ts';

const keyIdBytes = 16;

/**
 * Seals a value for a `*_sealed` column (CS-55c): the key's id, then AES-256-GCM.
 * `context` names the place (`placeOf`); only the same context opens it.
 */
export function seal(key: PurposeKey, value: string | Uint8Array, context: string): Uint8Array {
  const keyId = idBytes(key);
  return Buffer.concat([keyId, sealBytes(key.bytes, value, associated(keyId, context))]);
}

/**
 * Opens what this key, or one that it replaced, has sealed.
 * @throws CannotOpen for another key, another context, or a changed byte
 */
export function open(key: PurposeKey, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed);
  const keyId = bytes.subarray(0, keyIdBytes);
  const sealer = [key, ...(key.retired ?? [])].find((each) => idBytes(each).equals(keyId));
  if (!sealer) throw new CannotOpen('sealed by another key');
  return openBytes(sealer.bytes, bytes.subarray(keyIdBytes), associated(keyId, context));
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
