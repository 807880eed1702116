import { createHmac } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { services, type Service } from '../policy/classes.ts';
import { isHeldCategory, type HeldCategoryName } from '../policy/held.ts';
import type { PurposeKey } from '../store/purpose-keys.ts';

/** What was erased: all that a service held of an account, one category of it, or one recipient. */
export type Erasable = Service | HeldCategoryName | 'recipient';

/** What retention ended: an account of a service. */
const ended = ['account_certfusion', 'account_certumssl'] as const;
export type Buried = Erasable | (typeof ended)[number];

export function isBuried(kind: string): kind is Buried {
  return [...services, ...ended, 'recipient'].some((each) => each === kind) || isHeldCategory(kind);
}

export interface Tombstone {
  readonly kind: Buried;
  /** HMAC-SHA256 over kind and id under the installation's tombstone key: says nothing of whose it was. */
  readonly hash: Uint8Array;
}

/** `id` is the account's, or the recipient's. */
export function tombstoneOf({ key, kind, id }: { key: PurposeKey; kind: Buried; id: string }): Tombstone {
  return { kind, hash: createHmac('sha256', key.bytes).update(`${kind}:${id}`).digest() };
}

interface Noting {
  readonly file: string;
  readonly tombstones: readonly Tombstone[];
  readonly now: Date;
}

/**
 * Appends deletions to the file outside the database, one JSON object a line, and returns once they are on the disk. To be called
 * when a deletion can't be taken back any more and before it happens: a crash between the two is finished later, never forgotten.
 */
export async function appendDeletions(noting: Noting): Promise<void> {
  await append(noting, 'deleted_at');
}

/** Marks what `appendDeletions` noted under this moment as not done: a legal hold forbids it. */
export async function appendNotDone(noting: Noting): Promise<void> {
  await append(noting, 'not_deleted_at');
}

async function append({ file, tombstones, now }: Noting, says: 'deleted_at' | 'not_deleted_at'): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const lines = tombstones.map(({ kind, hash }) =>
    JSON.stringify({ kind, hash: Buffer.from(hash).toString('hex'), [says]: now.toISOString() }),
  );
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(`${lines.join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
