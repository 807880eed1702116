import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/** Bytes that this key and this associated data do not open. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}

/** AES-256-GCM (NIST SP 800-38D) under a 32-byte key: 12 bytes of random nonce, the ciphertext, 16 bytes of tag. */
export function seal(key: Uint8Array, plain: string | Uint8Array, associated: string | Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(bytesOf(associated));
  return Buffer.concat([nonce, cipher.update(bytesOf(plain)), cipher.final(), cipher.getAuthTag()]);
}

/** @throws CannotOpen for another key, other associated data, or a changed byte */
export function open(key: Uint8Array, sealed: Uint8Array, associated: string | Uint8Array): Buffer {
  const bytes = bytesOf(sealed);
  if (bytes.length < nonceBytes + tagBytes) throw new CannotOpen('too short');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(bytesOf(associated))
      .setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new CannotOpen('changed, or sealed for something else', { cause });
  }
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : value;
}
