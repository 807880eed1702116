import type { Service } from './classes.ts';
import { heldCategoriesOf, type HeldCategoryName } from './categories.ts';
import type { RequestKind } from './requests.ts';

/** What a service can do without: these go alone, everything else only with the service (CS-34). */
const dispensable: readonly HeldCategoryName[] = ['support', 'identity_documents', 'verification_activity'];

/** Of these categories, those that an erasure deletes while the service goes on. */
export function erasableAlone(categories: readonly string[]): HeldCategoryName[] {
  return dispensable.filter((name) => categories.includes(name));
}

/** These take effect on all of a service: limited to some categories, they would do more than was asked. */
const allOrNothing: readonly RequestKind[] = ['restriction', 'deactivation'];

interface Limited {
  readonly kind: RequestKind;
  readonly service: Service;
  readonly categories?: readonly string[] | null | undefined;
}

/** Whether a request may be limited so: not at all, or to categories that the service holds, for a kind that then does no more than asked. */
export function mayBeLimited({ kind, service, categories }: Limited): boolean {
  const own: readonly string[] = heldCategoriesOf([service]);
  return !categories || (!allOrNothing.includes(kind) && categories.every((name) => own.includes(name)));
}
