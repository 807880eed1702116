import { AppError } from '../errors.ts';
import type { Service } from '../policy/classes.ts';
import { dayOf, type Day } from '../words/dates.ts';
import {
  transitions,
  type ErasureGround,
  type RefusalReason,
  type Region,
  type RequestKind,
  type StaffChannel,
} from '../policy/requests.ts';
import { isPlausibleEmail } from '../policy/shapes/email-address.ts';
import { cleanText } from '../words/text.ts';
import { usesService } from '../store/rights/corrections.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { addRequest, lockRequest, moveRequest, type By, type RequestRow } from '../store/rights/requests.ts';
import { correctRecipient, recipientFields, type RecipientField } from '../store/certificates/recipient-corrections.ts';
import { correctField, staffFields, type StaffField } from '../store/accounts/staff-corrections.ts';
import { corrected, type Carried } from './carry-out.ts';
import { deadlineOf } from './deadlines.ts';
import { begin, carryOutErasure, mustFind, undo, type Named, type RightsDeps, type Stepped } from './request-steps.ts';

export interface StaffFiling {
  readonly accountId: string;
  /** Somebody without a sign-in, whose record the account holds; null for the account's owner. */
  readonly recipientId: string | null;
  readonly kind: RequestKind;
  readonly service: Service;
  readonly channel: StaffChannel;
  readonly receivedOn: Day;
  readonly region: Region | null;
  readonly ground: ErasureGround | null;
}

/** A value put right: an owner's, or of the recipient that the request is about. */
export interface Correction {
  readonly field: StaffField | RecipientField;
  readonly value: string;
}

interface Step extends Named {
  readonly staffName: string;
}

/** What staff do about requests, each step under their name. Each throws AppError not_available for a step that can't be taken. */
export interface StaffRights {
  /** Files what came by post, e-mail or phone (CS-28, CF-24); its clock runs from the day of receipt, whatever is asked to prove identity (CS-48). */
  file(filing: StaffFiling & { readonly staffName: string }): Promise<RequestRow>;
  /** The identity is proved, and the request carried out where nobody has to look into it; or what staff looked into is done. */
  advance(step: Step & { readonly correction?: Correction; readonly places?: readonly string[] }): Promise<Stepped>;
  /** A confirmed erasure can't be refused any more. */
  refuse(step: Step & { readonly reason: RefusalReason }): Promise<RequestRow>;
  /** Lifts a recipient's restriction, or takes their request back. */
  withdraw(step: Step): Promise<RequestRow>;
}

export interface StaffDeps extends RightsDeps {
  /** Of sealed columns. */
  readonly columnsKey: PurposeKey;
}

export function makeStaffRights(deps: StaffDeps): StaffRights {
  return {
    file: (filing) => file(deps, filing),
    advance: (step) => advance(deps, step),
    refuse: (step) => end(deps, step, 'refused', step.reason),
    withdraw: (step) => end(deps, step, 'withdrawn', null),
  };
}

async function file({ orm, clock }: StaffDeps, { staffName, ground, ...filing }: StaffFiling & { staffName: string }): Promise<RequestRow> {
  const now = clock();
  const { accountId, service, kind, receivedOn } = filing;
  if (receivedOn > dayOf(now) || (kind === 'erasure') !== (ground !== null)) throw new AppError('invalid_input');
  // Only after a sign-in and the authenticated form (CS-30).
  if (kind === 'deactivation') throw new AppError('forbidden');
  return orm.transaction(async (tx) => {
    if (!(await usesService({ tx, accountId, service }))) throw new AppError('not_available');
    const deadline = deadlineOf({ service, receivedOn });
    const request = { ...filing, categories: null, status: 'identity_check' as const, reasonCode: ground, ...deadline };
    const requestId = await addRequest({ tx, request, by: { actor: 'staff', staffName, now } });
    return mustFind(tx, { accountId, requestId });
  });
}

type Advance = Parameters<StaffRights['advance']>[0];

async function advance(deps: StaffDeps, { staffName, correction, places, ...name }: Advance): Promise<Stepped> {
  const by: By = { actor: 'staff', staffName, now: deps.clock() };
  const details = places ? { places } : {};
  const request = await deps.orm.transaction(async (tx) => {
    const before = await lockRequest({ orm: tx, ...name });
    if (before?.status === 'in_progress') return before.kind === 'erasure' ? before : finish({ deps, tx, request: before, correction, by });
    if (before?.status !== 'identity_check') throw new AppError('not_available');
    const { requestId } = name;
    await moveRequest({ tx, requestId, from: ['identity_check'], to: 'in_progress', by, changes: { confirmedAt: by.now } });
    const begun = await begin({ tx, name, details, by });
    return correction && begun.status === 'in_progress' ? finish({ deps, tx, request: begun, correction, by }) : begun;
  });
  if (request.kind !== 'erasure') return { request, accountGone: false };
  const stepped = await carryOutErasure(deps, request, by);
  if (!stepped) throw new AppError('not_available');
  return stepped;
}

interface Finishing {
  readonly deps: StaffDeps;
  readonly tx: RightsDeps['orm'];
  readonly request: RequestRow;
  readonly correction: Correction | undefined;
  readonly by: By;
}

/** What staff looked into is done: a copy sent, a value put right, an objection upheld. */
async function finish({ deps, tx, request, correction, by }: Finishing): Promise<RequestRow> {
  const { requestId, accountId, kind } = request;
  if ((kind === 'rectification') !== (correction !== undefined)) throw new AppError('invalid_input');
  const done = correction && (await correct(deps, tx, request, correction));
  const changes = { ...done?.changes, closedAt: by.now, ...(done && { outcome: done.outcome }) };
  await moveRequest({ tx, requestId, from: ['in_progress'], to: 'done', by, changes });
  return mustFind(tx, { accountId, requestId });
}

async function correct(deps: StaffDeps, tx: RightsDeps['orm'], request: RequestRow, { field, value }: Correction): Promise<Carried> {
  const { accountId, recipientId } = request;
  const text = cleanText(value, 500);
  const isAddress = field === 'email' || field === 'recipient_email';
  if (text === '' || (isAddress && !isPlausibleEmail(text))) throw new AppError('invalid_input');
  const common = { tx, accountId, key: deps.columnsKey, value: text };
  const theirs = recipientFields.find((each) => each === field);
  const own = staffFields.find((each) => each === field);
  let was: string | null;
  if (recipientId !== null && theirs) was = await correctRecipient({ ...common, recipientId, field: theirs });
  else if (recipientId === null && own) was = await correctField({ ...common, field: own, now: deps.clock() });
  else throw new AppError('invalid_input');
  if (was === null) throw new AppError('not_available');
  return corrected(field, was, text);
}

async function end(
  { orm, clock }: StaffDeps,
  { staffName, ...name }: Step,
  to: 'refused' | 'withdrawn',
  reason: RefusalReason | null,
): Promise<RequestRow> {
  const now = clock();
  const { accountId, requestId } = name;
  return orm.transaction(async (tx) => {
    const request = await lockRequest({ orm: tx, accountId, requestId });
    if (!request || !mayEnd(request, to)) throw new AppError('not_available');
    const changes = { closedAt: now, ...(reason && { reasonCode: reason }), ...(request.effectiveAt && { liftedAt: now }) };
    await moveRequest({ tx, requestId, from: [request.status], to, by: { actor: 'staff', staffName, now }, changes });
    await undo({ tx, request });
    return mustFind(tx, { accountId, requestId });
  });
}

/** An owner takes back their own; staff end what a recipient asked for. */
function mayEnd({ kind, status, recipientId }: RequestRow, to: 'refused' | 'withdrawn'): boolean {
  if (!transitions[status].includes(to) || (kind === 'erasure' && status !== 'awaiting_confirmation' && status !== 'identity_check'))
    return false;
  if (to === 'refused') return true;
  return recipientId !== null && (status !== 'done' || kind === 'restriction' || kind === 'objection');
}
