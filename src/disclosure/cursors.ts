import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Clock } from '../words/dates.ts';

/** Where a page ended: the visible sort keys of its last row, never an id. */
export type Position = readonly (string | number | null)[];

export interface Cursors {
  seal(position: Position): string;
  /** @throws AppError expired_cursor, whatever is wrong with it */
  open(cursor: string): Position;
}

interface CursorBinding {
  readonly grantId: string;
  readonly tool: string;
  /** The call's arguments without `limit` and `cursor`. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The names of the fields that the call returns. */
  readonly fields: readonly string[];
}

const ttlSeconds = 3600;
const contents = z.tuple([z.int(), z.array(z.union([z.string(), z.number(), z.null()])).max(4)]);

/** AES-256-GCM under a key of the grant, with tool, arguments and field set as associated data. */
export function makeCursors({ cursorKey, clock }: { cursorKey: Buffer; clock: Clock }): (binding: CursorBinding) => Cursors {
  return ({ grantId, tool, arguments: given, fields }) => {
    const key = () => Buffer.from(hkdfSync('sha256', cursorKey, '', `cursor ${grantId}`, 32));
    const bound = () =>
      createHash('sha256')
        .update(JSON.stringify([tool, sortedEntries(given), [...fields].sort()]))
        .digest();
    return {
      seal(position) {
        const nonce = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', key(), nonce).setAAD(bound());
        const plain = JSON.stringify([Math.floor(clock().getTime() / 1000) + ttlSeconds, position]);
        return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
      },
      open(cursor) {
        const plain = decrypt(cursor, key(), bound());
        const [expiresAt, position] = contents.parse(JSON.parse(plain));
        if (expiresAt * 1000 <= clock().getTime()) throw new AppError('expired_cursor');
        return position;
      },
    };
  };
}

function decrypt(cursor: string, key: Buffer, bound: Buffer): string {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length < 29 || bytes.toString('base64url') !== cursor) throw new AppError('expired_cursor');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(bound).setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new AppError('expired_cursor', cause);
  }
}

function sortedEntries(given: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(given)
    .filter(([name, value]) => name !== 'limit' && name !== 'cursor' && name !== 'fields' && value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
