import { services, type Service } from '../policy/classes.ts';
import type { RequestOutcome } from '../policy/rights.ts';
import { usesService } from '../store/writes/corrections.ts';
import { isUnderHold } from '../store/writes/erasure.ts';
import { deleteRecipient } from '../store/writes/recipient-rights.ts';
import { addTombstone } from '../store/writes/tombstones.ts';
import { erase, tombstonesFor } from './erase.ts';
import type { RightsDeps } from './request-steps.ts';
import { appendDeletions, tombstoneOf } from './tombstones.ts';

export interface Minor {
  readonly accountId: string;
  /** The recipients' records that are theirs; null when the account itself is. */
  readonly recipientIds: readonly string[] | null;
}

/**
 * Deletes at once, outside every clock, what is held of somebody found to be under 18 (CS-58): noted outside the database first.
 * Null when a legal hold forbids it.
 */
export async function eraseMinor(deps: RightsDeps, { accountId, recipientIds }: Minor): Promise<RequestOutcome[] | null> {
  const { orm, key, clock, deletionsLog } = deps;
  const now = clock();
  if (await isUnderHold({ tx: orm, accountId })) return null;
  const used = await servicesOf(deps, accountId);
  const tombstones = recipientIds
    ? recipientIds.map((id) => tombstoneOf({ key, kind: 'recipient', id }))
    : used.flatMap((service) => tombstonesFor({ accountId, service, categories: null, key }));
  await appendDeletions({ file: deletionsLog, tombstones, now });
  return orm.transaction(async (tx) => {
    if (recipientIds === null) {
      const outcomes: RequestOutcome[] = [];
      for (const service of used) {
        const { outcome } = await erase({ tx, accountId, service, categories: null, key, held: false, now });
        outcomes.push(outcome);
      }
      return outcomes;
    }
    for (const stone of tombstones) await addTombstone({ tx, ...stone, now });
    for (const recipientId of recipientIds) await deleteRecipient({ tx, accountId, recipientId });
    return [{ erased: ['recipients'] }];
  });
}

async function servicesOf({ orm }: RightsDeps, accountId: string): Promise<Service[]> {
  const used: Service[] = [];
  for (const service of services) if (await usesService({ tx: orm, accountId, service })) used.push(service);
  return used;
}
