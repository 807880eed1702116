import { createHmac } from 'node:crypto';
import { services, type Service } from '../policy/classes.ts';
import { isHeldCategory, type HeldCategoryName } from '../policy/categories.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';

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
