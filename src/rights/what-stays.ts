import { services } from '../policy/classes.ts';
import { heldCategories, heldCategoriesOf, type HeldCategoryName } from '../policy/categories.ts';
import { dueOn, retentionClasses } from '../policy/retention.ts';
import type { Kept } from '../policy/requests.ts';
import type { Orm } from '../store/engine/db.ts';
import { heldOf, transactionsOf } from '../store/rights/erasure.ts';

interface Owned {
  readonly tx: Orm;
  readonly accountId: string;
}

/** Of the categories that belong to no single service, all but the requests themselves. */
const shared = heldCategoriesOf(services).filter((name) => heldCategories[name].services.length > 1 && name !== 'privacy_requests');

const requests: Kept = { category: 'privacy_requests', reason: 'record_of_rights', promise: null, until: null };

/** Records of payments stay after an account (CS-52). */
export async function keptPayments({ tx, accountId }: Owned): Promise<Kept[]> {
  const { count, lastOn } = await transactionsOf({ tx, accountId });
  if (count === 0 || lastOn === null) return [];
  return [{ category: 'transactions', reason: 'tax_law', promise: 'CS-52', until: dueOn(retentionClasses.transaction.period, lastOn) }];
}

/** What an emptied account keeps: payments, and with them what it asked for, at the latest until they go. */
export function keptWithPayments(payments: readonly Kept[]): Kept[] {
  return payments.flatMap((each) => [each, { ...requests, until: each.until }]);
}

/** What stays beside a service that is gone, while another is used: none of it is that service's alone. */
export async function keptForOthers({ tx, accountId }: Owned): Promise<Kept[]> {
  const held = await heldOf({ tx, accountId, categories: shared });
  return [...held.map((category) => ({ category, reason: 'shared' as const, promise: promiseOf(category), until: null })), requests];
}

function promiseOf(category: HeldCategoryName): string | null {
  return category === 'account' ? 'CS-34' : retentionClasses[heldCategories[category].retention].promise;
}
