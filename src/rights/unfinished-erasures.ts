import type { Orm } from '../store/engine/db.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { requestsWith, type RequestRow } from '../store/rights/requests.ts';
import type { Deletion } from './deletions-log.ts';
import { tombstonesOf } from './request-steps.ts';

/** Every erasure that was confirmed and not finished, oldest first. */
export function confirmedErasures({ orm }: { orm: Orm }): Promise<RequestRow[]> {
  return everyRequest({ orm, status: 'in_progress', kind: 'erasure' });
}

/** Every request that wasn't confirmed and was due before `today`, oldest first. */
export function unconfirmedRequests({ orm, today }: { orm: Orm; today: string }): Promise<RequestRow[]> {
  return everyRequest({ orm, status: 'awaiting_confirmation', dueBefore: today });
}

async function everyRequest(which: Omit<Parameters<typeof requestsWith>[0], 'after'>): Promise<RequestRow[]> {
  const found: RequestRow[] = [];
  for (let page: RequestRow[] | null = null; page === null || page.length > 0;) {
    page = await requestsWith({ ...which, after: found.at(-1)?.ordinal ?? 0 });
    found.push(...page);
  }
  return found;
}

/**
 * Of these deletions, those that no erasure of this database will still carry out under the moment noted: it has forgotten them, as
 * after the restore of a backup.
 */
export async function forgotten({
  orm,
  key,
  deletions,
}: {
  orm: Orm;
  key: PurposeKey;
  deletions: readonly Deletion[];
}): Promise<Deletion[]> {
  const underWay = new Set<string>();
  for (const request of await confirmedErasures({ orm }))
    for (const { hash } of request.effectiveAt ? tombstonesOf(request, key) : [])
      underWay.add(`${Buffer.from(hash).toString('hex')} ${request.effectiveAt?.toISOString()}`);
  return deletions.filter(({ hash, deletedAt }) => !underWay.has(`${hash} ${deletedAt.toISOString()}`));
}
