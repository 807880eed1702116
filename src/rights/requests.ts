import { AppError } from '../errors.ts';
import type { Service } from '../policy/classes.ts';
import { dayOf } from '../words/dates.ts';
import { mayBeLimited } from '../policy/limited-requests.ts';
import { mayWithdraw, type ErasureGround, type Region, type RequestChannel, type RequestKind } from '../policy/requests.ts';
import { isUnderHold } from '../store/rights/erasure.ts';
import { isActive, usesService } from '../store/rights/corrections.ts';
import { addRequest, moveRequest, type By, type RequestRow } from '../store/rights/requests.ts';
import type { Details } from './carry-out.ts';
import { deadlineOf } from './deadlines.ts';
import { begin, carryOutErasure, mustFind, undo, type Named, type RightsDeps, type Stepped } from './request-steps.ts';
import { confirmedErasures, unconfirmedRequests } from './unfinished-erasures.ts';

export interface Filing {
  readonly accountId: string;
  readonly kind: RequestKind;
  readonly service: Service;
  readonly categories: readonly string[] | null;
  readonly channel: RequestChannel;
}

export interface Confirmation extends Details {
  readonly ground?: ErasureGround;
  readonly region?: Region;
}

interface Deactivation {
  readonly accountId: string;
  readonly services: readonly Service[];
  readonly channel?: 'dashboard' | 'contact';
}

/** What a signed-in person does about their requests. Each throws AppError not_available for one that isn't theirs or can't take the step. */
export interface Rights {
  file(filing: Filing): Promise<RequestRow>;
  /** Only after a fresh sign-in. What is asked for is done at once where nobody has to look into it. */
  confirm(which: Named & { readonly confirmation: Confirmation }): Promise<Stepped>;
  /** Takes a request back; a restriction in force is lifted by it, an objection ended. */
  withdraw(which: Named): Promise<RequestRow>;
  /** Deactivates services at once, as requests of the dashboard or the contact form (CS-30). Answers which were active. */
  deactivate(which: Deactivation): Promise<Service[]>;
  /**
   * Carries out erasures that were confirmed and not finished, and lets lapse what wasn't confirmed by its due day. What fails is told
   * to `failed` and stays for the next time; the others go on.
   */
  settle(failed: (error: unknown) => void): Promise<void>;
}

export function makeRights(deps: RightsDeps): Rights {
  return {
    file: (filing) => file(deps, filing),
    confirm: (which) => confirm(deps, which),
    withdraw: (which) => withdraw(deps, which),
    deactivate: (which) => deactivate(deps, which),
    settle: (failed) => settle(deps, failed),
  };
}

async function file({ orm, clock }: RightsDeps, filing: Filing): Promise<RequestRow> {
  const now = clock();
  const receivedOn = dayOf(now);
  const { accountId, service } = filing;
  if (!mayBeLimited(filing)) throw new AppError('invalid_input');
  return orm.transaction(async (tx) => {
    if (!(await usesService({ tx, accountId, service }))) throw new AppError('not_available');
    const deadline = deadlineOf({ service, receivedOn });
    const request = { ...filing, status: 'awaiting_confirmation' as const, receivedOn, ...deadline };
    const requestId = await addRequest({ tx, request, by: { actor: 'owner', now } });
    return mustFind(tx, { accountId, requestId });
  });
}

async function confirm(deps: RightsDeps, { confirmation, ...name }: Named & { confirmation: Confirmation }): Promise<Stepped> {
  const { orm, clock } = deps;
  const now = clock();
  const by: By = { actor: 'owner', now };
  const begun = await orm.transaction(async (tx) => {
    const { requestId } = name;
    const before = await mustFind(tx, name);
    const { ground, region } = confirmation;
    if (before.recipientId !== null || before.status !== 'awaiting_confirmation' || before.dueOn < dayOf(now))
      throw new AppError('not_available');
    // Which ground it is nobody may guess for the person (CS-43).
    if (before.kind === 'erasure' && !ground) throw new AppError('invalid_input');
    const reasonCode = before.kind === 'erasure' && ground ? ground : null;
    const changes = { confirmedAt: now, reasonCode, ...(region && { region }) };
    if (!(await moveRequest({ tx, requestId, from: ['awaiting_confirmation'], to: 'in_progress', by, changes })))
      throw new AppError('not_available');
    return begin({ tx, name, details: confirmation, by });
  });
  if (begun.kind !== 'erasure') return { request: begun, accountGone: false };
  const stepped = await carryOutErasure(deps, begun, by);
  if (!stepped) throw new AppError('not_available');
  return stepped;
}

async function withdraw({ orm, clock }: RightsDeps, name: Named): Promise<RequestRow> {
  const now = clock();
  return orm.transaction(async (tx) => {
    const request = await mustFind(tx, name);
    const { kind, status, effectiveAt, recipientId } = request;
    if (recipientId !== null || !mayWithdraw(kind, status)) throw new AppError('not_available');
    const changes = { closedAt: now, ...(effectiveAt && { liftedAt: now }) };
    if (!(await moveRequest({ tx, requestId: name.requestId, from: [status], to: 'withdrawn', by: { actor: 'owner', now }, changes })))
      throw new AppError('not_available');
    await undo({ tx, request });
    return mustFind(tx, name);
  });
}

async function deactivate(deps: RightsDeps, { accountId, services, channel = 'dashboard' }: Deactivation): Promise<Service[]> {
  const ended: Service[] = [];
  for (const service of services) {
    if (!(await isActive({ orm: deps.orm, accountId, service }))) continue;
    const { requestId } = await file(deps, { accountId, kind: 'deactivation', service, categories: null, channel });
    await confirm(deps, { accountId, requestId, confirmation: {} });
    ended.push(service);
  }
  return ended;
}

async function settle(deps: RightsDeps, failed: (error: unknown) => void): Promise<void> {
  const { orm, clock } = deps;
  const now = clock();
  const by: By = { actor: 'job', now };
  const today = dayOf(now);
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch(failed);
  };
  for (const { requestId } of await unconfirmedRequests({ orm, today })) {
    const changes = { closedAt: now };
    await attempt(() =>
      orm.transaction((tx) => moveRequest({ tx, requestId, from: ['awaiting_confirmation'], to: 'lapsed', by, changes })),
    );
  }
  for (const request of await confirmedErasures({ orm })) {
    await attempt(async () => {
      if (request.effectiveAt !== null || !(await isUnderHold({ tx: orm, accountId: request.accountId })))
        await carryOutErasure(deps, request, by);
    });
  }
}
