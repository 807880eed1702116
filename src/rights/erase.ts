import { services, type Service } from '../policy/classes.ts';
import { heldCategories, heldCategoriesOf, isHeldCategory, type HeldCategoryName } from '../policy/categories.ts';
import { erasableAlone } from '../policy/limited-requests.ts';
import type { Kept, RequestOutcome } from '../policy/requests.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { lockEveryApp } from '../store/apps/app-locks.ts';
import { revokeEveryApp } from '../store/apps/end-service.ts';
import { deleteAccount, deleteRowsOf, deleteService, emptyAccount, hasService, heldOf, isUnderHold } from '../store/rights/erasure.ts';
import { addTombstone } from '../store/rights/tombstones.ts';
import { keptForOthers, keptPayments, keptWithPayments } from './what-stays.ts';
import { tombstoneOf, type Erasable, type Tombstone } from './tombstones.ts';

export interface Erasure {
  readonly tx: Orm;
  readonly accountId: string;
  readonly service: Service;
  /** Only these categories; null for the whole service. */
  readonly categories: readonly string[] | null;
  readonly key: PurposeKey;
  /** A legal hold was there before the deletion was noted: nothing goes. */
  readonly held: boolean;
  readonly now: Date;
}

/** What an erasure buries, known before it happens. */
export function tombstonesFor({ accountId, service, categories, key }: Omit<Erasure, 'tx' | 'now' | 'held'>): Tombstone[] {
  const kinds: readonly Erasable[] = categories === null ? [service] : erasableAlone(categories);
  return kinds.map((kind) => tombstoneOf({ key, kind, id: accountId }));
}

export interface Erased {
  readonly outcome: RequestOutcome;
  /** False when a legal hold forbids it for now. */
  readonly finished: boolean;
  /** The account's row is gone, and its requests with it. */
  readonly accountGone: boolean;
}

/** Deletes what can go, in the transaction given, and says what stays, why and until when (CS-43). */
export async function erase(erasure: Erasure): Promise<Erased> {
  const { tx, accountId, service, categories, now } = erasure;
  await lockEveryApp({ tx, accountId });
  const { revoked: appsRevoked } = await revokeEveryApp({ tx, accountId, now });
  if (erasure.held || (await isUnderHold({ tx, accountId }))) {
    const held = categories === null ? heldCategoriesOf([service]) : categories.filter(isHeldCategory);
    const kept = held.map((category) => ({ category, reason: 'legal_hold' as const, promise: null, until: null }));
    return { outcome: { kept, appsRevoked }, finished: false, accountGone: false };
  }
  for (const { hash, kind } of tombstonesFor(erasure)) await addTombstone({ tx, hash, kind, now });
  if (categories !== null)
    return { outcome: { ...(await eraseCategories(erasure, categories)), appsRevoked }, finished: true, accountGone: false };
  await deleteService({ tx, accountId, service });
  const own = heldCategoriesOf([service]).filter((name) => heldCategories[name].services.length === 1);
  const { erased, kept, accountGone } = (await hasService({ tx, accountId }))
    ? { erased: own, kept: [...(await paymentsOf(erasure)), ...(await keptForOthers(erasure))], accountGone: null }
    : await closeAccount(erasure);
  const outcome = { erased: without(erased, kept), kept, appsRevoked, accountClosed: accountGone !== null };
  return { outcome, finished: true, accountGone: accountGone ?? false };
}

/** Deletes what is left of an account that has no service any more: of another that had ended before, too. */
async function closeAccount({ tx, accountId, service, now }: Erasure) {
  const all = heldCategoriesOf(services);
  const others = all.filter((name) => !heldCategoriesOf([service]).includes(name));
  const left = await heldOf({ tx, accountId, categories: others });
  for (const each of services) if (each !== service) await deleteService({ tx, accountId, service: each });
  await emptyAccount({ tx, accountId, now });
  const kept = keptWithPayments(await keptPayments({ tx, accountId }));
  const accountGone = kept.length === 0;
  if (accountGone) await deleteAccount({ tx, accountId });
  return { erased: all.filter((name) => left.includes(name) || !others.includes(name)), kept, accountGone };
}

async function paymentsOf({ tx, accountId, service }: Erasure): Promise<Kept[]> {
  return service === 'certumssl' ? keptPayments({ tx, accountId }) : [];
}

/** A payment is never erased: it stays, or there was none. */
function without(erased: readonly HeldCategoryName[], kept: readonly Kept[]): HeldCategoryName[] {
  return erased.filter((name) => name !== 'transactions' && !kept.some(({ category }) => category === name));
}

async function eraseCategories({ tx, accountId }: Erasure, categories: readonly string[]): Promise<RequestOutcome> {
  const erased = erasableAlone(categories);
  for (const name of erased) await deleteRowsOf({ tx, accountId, tables: heldCategories[name].tables });
  const others = categories.filter(isHeldCategory).filter((name) => !erased.includes(name));
  const kept = others.map((category) => ({ category, reason: 'needed_for_service' as const, promise: 'CS-34', until: null }));
  return { erased, kept };
}
