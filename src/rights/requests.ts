import { AppError } from '../errors.ts';
import type { Service } from '../policy/classes.ts';
import { dayOf, type Clock } from '../policy/dates.ts';
import { mayWithdraw, type ErasureGround, type Region, type RequestChannel, type RequestKind } from '../policy/rights.ts';
import type { Orm } from '../store/db.ts';
import type { PurposeKey } from '../store/purpose-keys.ts';
import { isUnderHold } from '../store/writes/erasure.ts';
import { endObjection, isActive, usesService } from '../store/writes/corrections.ts';
import { addRequest, lockRequest, moveRequest, requestOf, requestsWith, type By, type RequestRow } from '../store/writes/requests.ts';
import { showService } from '../store/writes/restriction.ts';
import { carryOut, type Details } from './carry-out.ts';
import { deadlineOf } from './deadlines.ts';
import { erase, tombstonesFor } from './erase.ts';
import { appendDeletions } from './tombstones.ts';

export interface RightsDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly key: PurposeKey;
  /** DELETIONS_LOG. */
  readonly deletionsLog: string;
}

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

interface Named {
  readonly accountId: string;
  readonly requestId: string;
}

/** A request after a step: its row, unless that went with the account. */
export interface Stepped {
  readonly request: RequestRow;
  readonly accountGone: boolean;
}

/** What a signed-in person does about their requests. Each throws AppError not_available for one that isn't theirs or can't take the step. */
export interface Rights {
  file(filing: Filing): Promise<RequestRow>;
  /** Only after a fresh sign-in. What is asked for is done at once where nobody has to look into it. */
  confirm(which: Named & { readonly confirmation: Confirmation }): Promise<Stepped>;
  /** Takes a request back; a restriction in force is lifted by it, an objection ended. */
  withdraw(which: Named): Promise<RequestRow>;
  /** Deactivates services at once, as requests of the dashboard (CS-30). Answers which were active. */
  deactivate(which: { readonly accountId: string; readonly services: readonly Service[] }): Promise<Service[]>;
  /** Carries out erasures that were confirmed and not finished, and lets lapse what wasn't confirmed by its due day. */
  settle(): Promise<void>;
}

export function makeRights(deps: RightsDeps): Rights {
  return {
    file: (filing) => file(deps, filing),
    confirm: (which) => confirm(deps, which),
    withdraw: (which) => withdraw(deps, which),
    deactivate: (which) => deactivate(deps, which),
    settle: () => settle(deps),
  };
}

async function file({ orm, clock }: RightsDeps, filing: Filing): Promise<RequestRow> {
  const now = clock();
  const receivedOn = dayOf(now);
  const { accountId, service } = filing;
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
    const ground = before.kind === 'erasure' ? (confirmation.ground ?? 'no_longer_necessary') : null;
    const changes = { confirmedAt: now, reasonCode: ground, region: confirmation.region ?? null };
    if (before.status !== 'awaiting_confirmation' || before.dueOn < dayOf(now)) throw new AppError('not_available');
    if (!(await moveRequest({ tx, requestId, from: ['awaiting_confirmation'], to: 'in_progress', by, changes })))
      throw new AppError('not_available');
    const request = await mustFind(tx, name);
    if (request.kind === 'erasure') return request;
    const carried = await carryOut({ tx, request, service: serviceOf(request), details: confirmation, now });
    const done = carried.done ? { to: 'done' as const, closedAt: now } : { to: 'in_progress' as const, closedAt: null };
    const { to, closedAt } = done;
    await moveRequest({
      tx,
      requestId,
      from: ['in_progress'],
      to,
      by,
      changes: { ...carried.changes, closedAt, outcome: carried.outcome },
    });
    return mustFind(tx, name);
  });
  if (begun.kind !== 'erasure') return { request: begun, accountGone: false };
  const stepped = await carryOutErasure(deps, begun, by);
  if (!stepped) throw new AppError('not_available');
  return stepped;
}

/**
 * A confirmed erasure can't be taken back: it is first noted outside the database, then done in one transaction. Whatever stops it
 * between, `settle` takes it up again. Null when somebody else has done it.
 */
async function carryOutErasure({ orm, key, deletionsLog }: RightsDeps, request: RequestRow, by: By): Promise<Stepped | null> {
  const { accountId, requestId, categories } = request;
  const { now } = by;
  const erasure = { accountId, service: serviceOf(request), categories, key };
  const tombstones = tombstonesFor(erasure);
  const held = await isUnderHold({ tx: orm, accountId });
  if (!held && tombstones.length > 0) await appendDeletions({ file: deletionsLog, tombstones, now });
  return orm.transaction(async (tx) => {
    const current = await lockRequest({ orm: tx, accountId, requestId });
    if (current?.status !== 'in_progress') return null;
    const { outcome, finished, accountGone } = await erase({ tx, ...erasure, held, now });
    if (accountGone) return { request: { ...current, status: 'done', closedAt: now, effectiveAt: now, outcome }, accountGone };
    const changes = finished ? { outcome, closedAt: now, effectiveAt: now } : { outcome };
    await moveRequest({ tx, requestId, from: ['in_progress'], to: finished ? 'done' : 'in_progress', by, changes });
    return { request: await mustFind(tx, { accountId, requestId }), accountGone };
  });
}

async function withdraw({ orm, clock }: RightsDeps, name: Named): Promise<RequestRow> {
  const now = clock();
  return orm.transaction(async (tx) => {
    const request = await mustFind(tx, name);
    const { kind, status, effectiveAt, accountId } = request;
    if (!mayWithdraw(kind, status)) throw new AppError('not_available');
    const service = serviceOf(request);
    const changes = { closedAt: now, ...(effectiveAt && { liftedAt: now }) };
    if (!(await moveRequest({ tx, requestId: name.requestId, from: [status], to: 'withdrawn', by: { actor: 'owner', now }, changes })))
      throw new AppError('not_available');
    if (kind === 'restriction' && effectiveAt) await showService({ tx, accountId, service, at: effectiveAt });
    if (kind === 'objection' && effectiveAt) await endObjection({ tx, accountId, service });
    return mustFind(tx, name);
  });
}

async function deactivate(
  deps: RightsDeps,
  { accountId, services }: { accountId: string; services: readonly Service[] },
): Promise<Service[]> {
  const ended: Service[] = [];
  for (const service of services) {
    if (!(await isActive({ orm: deps.orm, accountId, service }))) continue;
    const { requestId } = await file(deps, { accountId, kind: 'deactivation', service, categories: null, channel: 'dashboard' });
    await confirm(deps, { accountId, requestId, confirmation: {} });
    ended.push(service);
  }
  return ended;
}

async function settle(deps: RightsDeps): Promise<void> {
  const { orm, clock } = deps;
  const now = clock();
  const by: By = { actor: 'job', now };
  const today = dayOf(now);
  for (const { requestId, dueOn } of await requestsWith({ orm, status: 'awaiting_confirmation', dueBefore: today })) {
    if (dueOn >= today) continue;
    await orm.transaction((tx) =>
      moveRequest({ tx, requestId, from: ['awaiting_confirmation'], to: 'lapsed', by, changes: { closedAt: now } }),
    );
  }
  for (const request of await requestsWith({ orm, status: 'in_progress', kind: 'erasure' })) {
    if (!(await isUnderHold({ tx: orm, accountId: request.accountId }))) await carryOutErasure(deps, request, by);
  }
}

async function mustFind(tx: Orm, { accountId, requestId }: Named): Promise<RequestRow> {
  const row = await requestOf({ orm: tx, accountId, requestId });
  if (!row) throw new AppError('not_available');
  return row;
}

function serviceOf({ service }: RequestRow): Service {
  if (service === 'certfusion' || service === 'certumssl') return service;
  throw new Error('the database holds an unknown service');
}
