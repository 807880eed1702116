import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, not, sql, type SQL } from 'drizzle-orm';
import type { RequestChannel, RequestKind, RequestStatus } from '../../policy/requests.ts';
import type { Orm } from '../engine/db.ts';
import { isTold } from '../rules/due.ts';
import { apps, privacyRequests, requestSteps } from '../schema/index.ts';

export type Actor = 'app' | 'owner' | 'staff' | 'job';

export interface RequestRow {
  readonly requestId: string;
  readonly accountId: string;
  readonly ordinal: number;
  readonly kind: RequestKind;
  readonly service: string;
  readonly categories: readonly string[] | null;
  readonly channel: RequestChannel;
  /** The name of the app that filed it, as the app calls itself; null when none did. */
  readonly appName: string | null;
  readonly status: RequestStatus;
  readonly receivedOn: string;
  readonly dueOn: string;
  readonly dueBy: string | null;
  readonly reasonCode: string | null;
  readonly region: string | null;
  /** The recipient that it is about; null for the account itself. */
  readonly recipientId: string | null;
  readonly effectiveAt: Date | null;
  readonly closedAt: Date | null;
  readonly outcome: unknown;
}

export const requestColumns = {
  requestId: privacyRequests.id,
  accountId: privacyRequests.accountId,
  ordinal: privacyRequests.ordinal,
  kind: sql<RequestKind>`${privacyRequests.kind}`,
  service: privacyRequests.service,
  categories: privacyRequests.categories,
  channel: sql<RequestChannel>`${privacyRequests.channel}`,
  appName: sql<string | null>`(select ${apps.name} from ${apps} where ${apps.id} = ${privacyRequests.appId})`,
  status: sql<RequestStatus>`${privacyRequests.status}`,
  receivedOn: privacyRequests.receivedOn,
  dueOn: privacyRequests.dueOn,
  dueBy: privacyRequests.dueBy,
  reasonCode: privacyRequests.reasonCode,
  region: privacyRequests.region,
  recipientId: sql<string | null>`case when ${privacyRequests.recordKind} = 'recipient' then ${privacyRequests.recordId} end`,
  effectiveAt: privacyRequests.effectiveAt,
  closedAt: privacyRequests.closedAt,
  outcome: privacyRequests.outcome,
};

/** Who filed a request: its person or staff, an app, or an app that took it back since. */
export type RequestGroup = 'own' | 'apps' | 'taken_back';

const takenBack = eq(privacyRequests.status, 'withdrawn');
const inGroup: Readonly<Record<RequestGroup, SQL | undefined>> = {
  own: isNull(privacyRequests.appId),
  apps: and(isNotNull(privacyRequests.appId), not(takenBack)),
  taken_back: and(isNotNull(privacyRequests.appId), takenBack),
};

/** An account's requests, newest first, from the one after `before` on: all of them, or those of a group. */
export async function requestsOf({
  orm,
  accountId,
  before,
  limit,
  group,
}: {
  orm: Orm;
  accountId: string;
  before: number | null;
  limit: number;
  group?: RequestGroup;
}): Promise<RequestRow[]> {
  const told = isTold({ table: 'privacy_requests', row: 'privacy_requests', now: null });
  const older = before === null ? undefined : lt(privacyRequests.ordinal, before);
  return orm
    .select(requestColumns)
    .from(privacyRequests)
    .where(and(eq(privacyRequests.accountId, accountId), older, group && inGroup[group], told))
    .orderBy(desc(privacyRequests.ordinal))
    .limit(limit);
}

interface Named {
  readonly orm: Orm;
  readonly accountId: string;
  readonly requestId: string;
}

function named(orm: Orm, accountId: string, requestId: string, only?: SQL) {
  return orm
    .select(requestColumns)
    .from(privacyRequests)
    .where(and(eq(privacyRequests.accountId, accountId), eq(privacyRequests.id, requestId), only));
}

/** One of an account's own; undefined for an unknown and for a foreign one. */
export async function requestOf({ orm, accountId, requestId }: Named): Promise<RequestRow | undefined> {
  const told = isTold({ table: 'privacy_requests', row: 'privacy_requests', now: null });
  return (await named(orm, accountId, requestId, told))[0];
}

/** The same, and nobody else moves it before the transaction ends. */
export async function lockRequest({ orm, accountId, requestId }: Named): Promise<RequestRow | undefined> {
  return (await named(orm, accountId, requestId).for('update'))[0];
}

/** The oldest requests of a status, of those due before a day, of a kind, or filed after another. */
export async function requestsWith({
  orm,
  status,
  dueBefore,
  kind,
  after,
}: {
  orm: Orm;
  status: RequestStatus;
  dueBefore?: string;
  kind?: RequestKind;
  after?: number;
}): Promise<RequestRow[]> {
  return orm
    .select(requestColumns)
    .from(privacyRequests)
    .where(
      and(
        eq(privacyRequests.status, status),
        dueBefore === undefined ? undefined : lt(privacyRequests.dueOn, dueBefore),
        kind === undefined ? undefined : eq(privacyRequests.kind, kind),
        after === undefined ? undefined : gt(privacyRequests.ordinal, after),
      ),
    )
    .orderBy(asc(privacyRequests.ordinal))
    .limit(500);
}

export interface NewRequest {
  readonly accountId: string;
  readonly kind: RequestKind;
  readonly service: string;
  readonly categories: readonly string[] | null;
  readonly channel: RequestChannel;
  readonly status: RequestStatus;
  readonly receivedOn: string;
  readonly dueOn: string;
  readonly dueBy: string;
  readonly region?: string | null;
  readonly reasonCode?: string | null;
  readonly recipientId?: string | null;
}

export interface By {
  readonly actor: Actor;
  readonly staffName?: string;
  readonly now: Date;
}

export async function addRequest({ tx, request, by }: { tx: Orm; request: NewRequest; by: By }): Promise<string> {
  const { categories, recipientId = null, ...rest } = request;
  const record = { recordKind: recipientId && 'recipient', recordId: recipientId };
  const [made] = await tx
    .insert(privacyRequests)
    .values({ ...rest, ...record, categories: categories && [...categories] })
    .returning({ id: privacyRequests.id });
  if (!made) throw new Error('an inserted request must have an id');
  await note({ tx, accountId: request.accountId, requestId: made.id, status: request.status, by });
  return made.id;
}

export interface Move {
  readonly tx: Orm;
  readonly requestId: string;
  readonly from: readonly RequestStatus[];
  readonly to: RequestStatus;
  readonly by: By;
  readonly changes?: Partial<
    Pick<
      typeof privacyRequests.$inferInsert,
      'confirmedAt' | 'closedAt' | 'effectiveAt' | 'liftedAt' | 'reasonCode' | 'region' | 'outcome' | 'beforeHash' | 'afterHash'
    >
  >;
}

/** Moves a request from one of these statuses, or not at all: false when somebody else was first. */
export async function moveRequest({ tx, requestId, from, to, by, changes = {} }: Move): Promise<boolean> {
  const [moved] = await tx
    .update(privacyRequests)
    .set({ ...changes, status: to })
    .where(and(eq(privacyRequests.id, requestId), inArray(privacyRequests.status, [...from])))
    .returning({ accountId: privacyRequests.accountId });
  if (!moved) return false;
  await note({ tx, accountId: moved.accountId, requestId, status: to, by });
  return true;
}

export async function setEffective({ tx, requestId, at }: { tx: Orm; requestId: string; at: Date | null }): Promise<void> {
  await tx.update(privacyRequests).set({ effectiveAt: at }).where(eq(privacyRequests.id, requestId));
}

interface Step {
  readonly tx: Orm;
  readonly accountId: string;
  readonly requestId: string;
  readonly status: RequestStatus;
  readonly by: By;
}

async function note({ tx, accountId, requestId, status, by: { actor, staffName, now } }: Step): Promise<void> {
  await tx.insert(requestSteps).values({ accountId, requestId, at: now, actor, staffName: staffName ?? null, status });
}
