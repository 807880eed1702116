import { createHash } from 'node:crypto';

/** What stands for a bearer token in the database: its SHA-256. The token itself is stored nowhere (CF-09). */
export function tokenDigest(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}
