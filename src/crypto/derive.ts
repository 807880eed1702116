import { hkdfSync } from 'node:crypto';

/** HKDF-SHA-256 (RFC 5869) without a salt: a key of so many bytes for one use, which `info` names. */
export function derive(key: Uint8Array | string, info: string, bytes = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', info, bytes));
}
