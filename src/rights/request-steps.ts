import { AppError } from '../errors.ts';
import type { Service } from '../policy/classes.ts';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { endObjection } from '../store/rights/corrections.ts';
import { isUnderHold } from '../store/rights/erasure.ts';
import { addTombstone } from '../store/rights/tombstones.ts';
import { deleteRecipient, showRecipient } from '../store/visibility/recipient-rights.ts';
import { lockRequest, moveRequest, requestOf, setEffective, type By, type RequestRow } from '../store/rights/requests.ts';
import { showService } from '../store/visibility/restriction.ts';
import { hideWhatStands } from '../store/visibility/standing-restrictions.ts';
import { carryOut, type Details } from './carry-out.ts';
import type { Noted } from './deletions-log.ts';
import { erase, tombstonesFor, type Erased } from './erase.ts';
import { appendNoted } from './deletions-known.ts';
import { tombstoneOf, type Tombstone } from './tombstones.ts';

export interface RightsDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly key: PurposeKey;
  /** DELETIONS_LOG. */
  readonly deletionsLog: string;
}

export interface Named {
  readonly accountId: string;
  readonly requestId: string;
}

/** A request after a step: its row, unless that went with the account. */
export interface Stepped {
  readonly request: RequestRow;
  readonly accountGone: boolean;
}

/** Carries out a request that has just been confirmed, in the transaction that confirms it; an erasure waits for `carryOutErasure`. */
export async function begin({ tx, name, details, by }: { tx: Orm; name: Named; details: Details; by: By }): Promise<RequestRow> {
  const request = await mustFind(tx, name);
  if (request.kind === 'erasure') return request;
  const { now } = by;
  const { done, outcome, changes } = await carryOut({ tx, request, service: serviceOf(request), details, now });
  await moveRequest({
    tx,
    requestId: name.requestId,
    from: ['in_progress'],
    to: done ? 'done' : 'in_progress',
    by,
    changes: { ...changes, closedAt: done ? now : null, outcome },
  });
  return mustFind(tx, name);
}

/**
 * A confirmed erasure can't be taken back: it is announced, noted outside the database, and done, each in a transaction of its own, so
 * that a crash between two is finished later and never forgotten. Whatever stops it, `settle` takes it up again. Null when somebody
 * else has done it.
 */
export async function carryOutErasure(deps: RightsDeps, request: RequestRow, by: By): Promise<Stepped | null> {
  const { orm, key } = deps;
  const { accountId, requestId, categories, recipientId } = request;
  const erasure = { accountId, service: serviceOf(request), categories, key };
  if ((await announce(deps, request, by)) === 'gone') return null;
  await note(deps, request);
  return orm.transaction(async (tx) => {
    const current = await lockRequest({ orm: tx, accountId, requestId });
    if (current?.status !== 'in_progress') return null;
    const now = current.effectiveAt ?? by.now;
    const held = current.effectiveAt === null || (await isUnderHold({ tx, accountId }));
    const whose = { tx, accountId, key, held, now };
    const { outcome, finished, accountGone } = recipientId
      ? await eraseRecipient({ ...whose, recipientId })
      : await erase({ ...erasure, ...whose });
    if (accountGone) return { request: { ...current, status: 'done', closedAt: by.now, outcome }, accountGone };
    const changes = finished ? { outcome, closedAt: by.now } : { outcome };
    await moveRequest({ tx, requestId, from: ['in_progress'], to: finished ? 'done' : 'in_progress', by, changes });
    return { request: await mustFind(tx, { accountId, requestId }), accountGone };
  });
}

/** Notes what was announced, unless a legal hold has come in between. */
async function note({ orm, key, deletionsLog }: RightsDeps, request: RequestRow): Promise<void> {
  const { accountId, requestId } = request;
  await orm.transaction(async (tx) => {
    const current = await lockRequest({ orm: tx, accountId, requestId });
    if (current?.status !== 'in_progress' || current.effectiveAt === null || (await isUnderHold({ tx, accountId }))) return;
    const noted = notedOf(request, { key, at: current.effectiveAt, done: true });
    if (noted.length > 0) await appendNoted({ tx, file: deletionsLog, key, noted });
  });
}

function notedOf(request: RequestRow, { key, at, done }: { key: PurposeKey; at: Date; done: boolean }): Noted[] {
  return tombstonesOf(request, key).map(({ kind, hash }) => ({ kind, hash: Buffer.from(hash).toString('hex'), deletedAt: at, done }));
}

/** What an erasure that was asked for buries. */
export function tombstonesOf(request: RequestRow, key: PurposeKey): Tombstone[] {
  const { accountId, categories, recipientId } = request;
  if (recipientId) return [tombstoneOf({ key, kind: 'recipient', id: recipientId })];
  return tombstonesFor({ accountId, service: serviceOf(request), categories, key });
}

/**
 * Says in the database under which moment the erasure will be noted outside it, so that what was noted and never done is known for it.
 * Under a legal hold it won't be for now: what an attempt before the hold noted is marked in the file as not done.
 */
async function announce({ orm, key, deletionsLog }: RightsDeps, request: RequestRow, by: By): Promise<'announced' | 'held' | 'gone'> {
  const { accountId, requestId } = request;
  return orm.transaction(async (tx) => {
    const current = await lockRequest({ orm: tx, accountId, requestId });
    if (current?.status !== 'in_progress') return 'gone';
    const held = await isUnderHold({ tx, accountId });
    if (held && current.effectiveAt !== null) {
      const noted = notedOf(request, { key, at: current.effectiveAt, done: false });
      await appendNoted({ tx, file: deletionsLog, key, noted });
    }
    await setEffective({ tx, requestId, at: held ? null : (current.effectiveAt ?? by.now) });
    return held ? 'held' : 'announced';
  });
}

interface RecipientErasure {
  readonly tx: Orm;
  readonly accountId: string;
  readonly recipientId: string;
  readonly key: PurposeKey;
  readonly held: boolean;
  readonly now: Date;
}

async function eraseRecipient({ tx, accountId, recipientId, key, held, now }: RecipientErasure): Promise<Erased> {
  if (held || (await isUnderHold({ tx, accountId }))) {
    const kept = [{ category: 'recipients', reason: 'legal_hold' as const, promise: null, until: null }];
    return { outcome: { kept }, finished: false, accountGone: false };
  }
  await addTombstone({ tx, ...tombstoneOf({ key, kind: 'recipient', id: recipientId }), now });
  await deleteRecipient({ tx, accountId, recipientId });
  return { outcome: { erased: ['recipients'] }, finished: true, accountGone: false };
}

/** Ends what a request has in force, once it is taken back or refused. */
export async function undo({ tx, request }: { tx: Orm; request: RequestRow }): Promise<void> {
  const { kind, accountId, recipientId, effectiveAt } = request;
  if (!effectiveAt || (kind !== 'restriction' && kind !== 'objection')) return;
  const service = serviceOf(request);
  if (recipientId) await showRecipient({ tx, accountId, recipientId, at: effectiveAt });
  else if (kind === 'restriction') await showService({ tx, accountId, service, at: effectiveAt });
  else await endObjection({ tx, accountId, service });
  await hideWhatStands({ tx, accountId, service });
}

export async function mustFind(tx: Orm, { accountId, requestId }: Named): Promise<RequestRow> {
  const row = await requestOf({ orm: tx, accountId, requestId });
  if (!row) throw new AppError('not_available');
  return row;
}

export function serviceOf({ service }: RequestRow): Service {
  if (service === 'certfusion' || service === 'certumssl') return service;
  throw new Error('the database holds an unknown service');
}
