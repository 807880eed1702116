import { z } from 'zod';
import type { Handles } from '../../disclosure/handles.ts';
import { AppError } from '../../errors.ts';
import { heldCategories, isHeldCategory } from '../../policy/categories.ts';
import { keptReasonNames, mayWithdraw, nextStepOf, type RequestKind, type RequestOutcome } from '../../policy/requests.ts';
import type { Orm } from '../../store/engine/db.ts';
import { requestOf, requestsOf, type RequestGroup, type RequestRow } from '../../store/rights/requests.ts';

/** What each kind is called, and what confirming it does. */
export const kindWords: Readonly<Record<RequestKind, { readonly name: string; readonly right: string; readonly does: string }>> = {
  access: { name: 'A copy of my data', right: 'access and a copy', does: 'You can download what is held about you.' },
  portability: {
    name: 'My data to take elsewhere',
    right: 'to take your data elsewhere',
    does: 'You can download it in a form that other programs read.',
  },
  rectification: { name: 'Correct something', right: 'correction', does: 'What you enter replaces what we hold, everywhere at once.' },
  erasure: {
    name: 'Delete my data',
    right: 'erasure',
    does: 'The service ends, its data is deleted and every connected app is cut off. This can’t be undone.',
  },
  restriction: {
    name: 'Restrict its use',
    right: 'restriction',
    does: 'The service’s records leave every app, page and job until you lift the restriction. Nothing is deleted.',
  },
  objection: {
    name: 'Object',
    right: 'to object',
    does: 'Marketing ends at once. What we do for our own legitimate interests stops until it has been reviewed; what can’t stop you are shown, with the reason.',
  },
  deactivation: {
    name: 'Deactivate the service',
    right: 'to end the service',
    does: 'The service ends and apps get nothing of it any more. Nothing is deleted by it; you can still sign in to see and file requests.',
  },
  complaint_help: {
    name: 'Where to complain',
    right: 'to complain to an authority',
    does: 'We name the data protection authorities you can turn to.',
  },
};

/** The labels of categories. */
export function wordsOf(names: readonly string[]): string {
  return names.map((name) => (isHeldCategory(name) ? heldCategories[name].label : name)).join('; ');
}

export const serviceNames: Readonly<Record<string, string>> = { certfusion: 'CertFusion', certumssl: 'CertumSSL' };

const outcomeShape = z.object({
  erased: z.array(z.string()).optional(),
  kept: z
    .array(
      z.object({
        category: z.string(),
        reason: z.enum(keptReasonNames),
        promise: z.string().nullable(),
        until: z.string().nullable(),
      }),
    )
    .optional(),
  appsRevoked: z.number().optional(),
  accountClosed: z.boolean().optional(),
  stopped: z.array(z.string()).optional(),
  goesOn: z.array(z.string()).optional(),
  corrected: z.array(z.string()).optional(),
  authorities: z.array(z.string()).optional(),
});

/** A request as its person sees it. `requestId` stays on the server; `request` is its name outside. */
export interface RequestView extends Omit<RequestRow, 'outcome'> {
  readonly request: string;
  readonly nextStep: ReturnType<typeof nextStepOf>;
  readonly canWithdraw: boolean;
  readonly outcome: RequestOutcome | null;
}

export function viewOf(handles: Handles, row: RequestRow): RequestView {
  const parsed = outcomeShape.safeParse(row.outcome);
  return {
    ...row,
    request: handles.encode('req', row.requestId),
    nextStep: nextStepOf(row.kind, row.status),
    // What a recipient asked for is theirs; staff take it back.
    canWithdraw: row.recipientId === null && mayWithdraw(row.kind, row.status),
    // What the store holds was written as an outcome.
    outcome: parsed.success ? (parsed.data as RequestOutcome) : null,
  };
}

interface Mine {
  readonly orm: Orm;
  readonly accountId: string;
  readonly handles: Handles;
}

/** @throws AppError not_available, the same for an unknown and for a foreign one */
export async function ownRequest({ orm, accountId, handles }: Mine, handle: string): Promise<RequestView> {
  const requestId = handles.decode('req', handle);
  const row = requestId === null ? undefined : await requestOf({ orm, accountId, requestId });
  if (!row) throw new AppError('not_available');
  return viewOf(handles, row);
}

interface Page {
  readonly after: string | undefined;
  readonly limit: number;
  readonly group?: RequestGroup;
}

/** A page of them, newest first, from the one after `after` on. */
export async function ownRequests(
  mine: Mine,
  { after, limit, group }: Page,
): Promise<{ readonly requests: readonly RequestView[]; readonly next: string | null }> {
  const { orm, accountId, handles } = mine;
  const before = after === undefined ? null : (await ownRequest(mine, after)).ordinal;
  const rows = await requestsOf({ orm, accountId, before, limit: limit + 1, ...(group && { group }) });
  const requests = rows.slice(0, limit).map((row) => viewOf(handles, row));
  return { requests, next: rows.length > limit ? (requests.at(-1)?.request ?? null) : null };
}

/** The field names of the tools (product.md). */
export function requestJson(view: RequestView) {
  return {
    request: view.request,
    kind: view.kind,
    service: view.service,
    categories: view.categories,
    status: view.status,
    received_on: view.receivedOn,
    due_on: view.dueOn,
    next_step: view.nextStep,
    outcome: view.outcome && {
      erased: view.outcome.erased ?? [],
      kept: view.outcome.kept ?? [],
      stopped: view.outcome.stopped ?? [],
      goes_on: view.outcome.goesOn ?? [],
      corrected: view.outcome.corrected ?? [],
      authorities: view.outcome.authorities ?? [],
      apps_revoked: view.outcome.appsRevoked ?? 0,
      account_closed: view.outcome.accountClosed ?? false,
    },
  };
}
