import { services, type Service } from '../policy/classes.ts';
import { dayOf } from '../words/dates.ts';
import type { ErasureGround, RequestOutcome } from '../policy/requests.ts';
import type { Orm } from '../store/engine/db.ts';
import { usesService } from '../store/rights/corrections.ts';
import { isUnderHold } from '../store/rights/erasure.ts';
import { noteMinorErasure } from '../store/rights/minor-erasures.ts';
import { addRequest, type By, type RequestRow } from '../store/rights/requests.ts';
import { deadlineOf } from './deadlines.ts';
import { carryOutErasure, mustFind, type RightsDeps } from './request-steps.ts';

export interface Minor {
  readonly accountId: string;
  /** The recipients' records that are theirs; null when the account itself is. */
  readonly recipientIds: readonly string[] | null;
  /** Who of the staff confirmed it. */
  readonly staffName: string;
}

/**
 * Deletes at once, outside every clock, what is held of somebody found to be under 18 (CS-58), as erasures that staff confirmed: one
 * that a crash cuts short is finished like any other. Null when a legal hold forbids it.
 */
export async function eraseMinor(deps: RightsDeps, minor: Minor): Promise<RequestOutcome[] | null> {
  const { orm, clock } = deps;
  const { accountId, recipientIds, staffName } = minor;
  if (await isUnderHold({ tx: orm, accountId })) return null;
  const by: By = { actor: 'staff', staffName, now: clock() };
  const subject = recipientIds === null ? 'account' : 'recipient';
  const filed = await orm.transaction(async (tx) => {
    await noteMinorErasure({ tx, at: by.now, staffName, subject, recordCount: recipientIds?.length ?? 1 });
    const requests: RequestRow[] = [];
    for (const [service, recipientId] of await partsOf(tx, minor)) {
      const requestId = await fileConfirmed({ tx, accountId, service, recipientId, by });
      requests.push(await mustFind(tx, { accountId, requestId }));
    }
    return requests;
  });
  const outcomes: RequestOutcome[] = [];
  for (const request of filed) outcomes.push(((await carryOutErasure(deps, request, by))?.request.outcome ?? {}) as RequestOutcome);
  return outcomes;
}

async function partsOf(tx: Orm, { accountId, recipientIds }: Minor): Promise<[service: Service, recipientId: string | null][]> {
  if (recipientIds) return recipientIds.map((id) => ['certfusion', id]);
  const used: [Service, null][] = [];
  for (const service of services) if (await usesService({ tx, accountId, service })) used.push([service, null]);
  return used;
}

interface Confirmed {
  readonly tx: Orm;
  readonly accountId: string;
  readonly service: Service;
  readonly recipientId: string | null;
  readonly by: By;
}

async function fileConfirmed({ tx, accountId, service, recipientId, by }: Confirmed): Promise<string> {
  const receivedOn = dayOf(by.now);
  const request = {
    accountId,
    service,
    recipientId,
    kind: 'erasure' as const,
    categories: null,
    channel: 'contact' as const,
    status: 'in_progress' as const,
    reasonCode: 'unlawful' satisfies ErasureGround,
    receivedOn,
    ...deadlineOf({ service, receivedOn }),
  };
  return addRequest({ tx, request, by });
}
