import { createHash } from 'node:crypto';
import { z } from 'zod';
import { derive } from '../crypto/derive.ts';
import { open, seal } from '../crypto/sealed.ts';
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
    const key = () => derive(cursorKey, `cursor ${grantId}`);
    const bound = () =>
      createHash('sha256')
        .update(JSON.stringify([tool, sortedEntries(given), [...fields].sort()]))
        .digest();
    return {
      seal(position) {
        const plain = JSON.stringify([Math.floor(clock().getTime() / 1000) + ttlSeconds, position]);
        return seal(key(), plain, bound()).toString('base64url');
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
  if (bytes.toString('base64url') !== cursor) throw new AppError('expired_cursor');
  try {
    return open(key, bytes, bound).toString('utf8');
  } catch (cause) {
    throw new AppError('expired_cursor', cause);
  }
}

function sortedEntries(given: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(given)
    .filter(([name, value]) => name !== 'limit' && name !== 'cursor' && name !== 'fields' && value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
