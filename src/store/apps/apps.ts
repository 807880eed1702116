import { and, asc, eq, ne } from 'drizzle-orm';
import { dayOf } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { apps } from '../schema/index.ts';
import { lockApp } from './app-locks.ts';
import { noteConsentEvents } from './consent-events.ts';
import { noteConnected } from './unused-clients.ts';

export type AppStatus = 'active' | 'paused' | 'revoked';

export interface AppName {
  readonly accountId: string;
  readonly appId: string;
}

export interface AppIdentity {
  readonly accountId: string;
  readonly clientId: string;
  readonly name: string;
  readonly publisherDomain: string | null;
  readonly redirectHost: string;
}

/** Makes the account's row of this client, or renews it: a revoked app is active again, a paused one stays paused. Locks the app. */
export async function connectApp({ tx, app, now }: { tx: Orm; app: AppIdentity; now: Date }): Promise<string> {
  const connected = { connectedAt: now, connectedOn: dayOf(now), statusChangedAt: now };
  const made = await tx
    .insert(apps)
    .values({ ...app, status: 'active', ...connected })
    .onConflictDoNothing()
    .returning({ id: apps.id });
  await noteConnected({ tx, clientId: app.clientId, now });
  const appId = made[0]?.id ?? (await findAppId({ tx, accountId: app.accountId, clientId: app.clientId }));
  await lockApp({ tx, appId });
  const { name, publisherDomain, redirectHost } = app;
  await tx.update(apps).set({ name, publisherDomain, redirectHost }).where(eq(apps.id, appId));
  await tx
    .update(apps)
    .set({ status: 'active', ...connected })
    .where(and(eq(apps.id, appId), eq(apps.status, 'revoked')));
  return appId;
}

async function findAppId({ tx, accountId, clientId }: { tx: Orm; accountId: string; clientId: string }): Promise<string> {
  const [row] = await tx
    .select({ id: apps.id })
    .from(apps)
    .where(and(eq(apps.accountId, accountId), eq(apps.clientId, clientId)));
  if (!row) throw new Error('an app that conflicts on insert must exist');
  return row.id;
}

/** The status of the account's own app; null for an unknown or a foreign one. */
export async function appStatus({ orm, accountId, appId }: AppName & { orm: Orm }): Promise<AppStatus | null> {
  const [row] = await orm
    .select({ status: apps.status })
    .from(apps)
    .where(and(eq(apps.id, appId), eq(apps.accountId, accountId)));
  return row ? statusOf(row.status) : null;
}

const moves = { paused: 'paused', active: 'resumed', revoked: null } as const;

/** Moves an app from one status to another; any other status stays. */
export async function moveApp({
  tx,
  appId,
  from,
  to,
  now,
}: {
  tx: Orm;
  appId: string;
  from: AppStatus;
  to: AppStatus;
  now: Date;
}): Promise<void> {
  const moved = await tx
    .update(apps)
    .set({ status: to, statusChangedAt: now })
    .where(and(eq(apps.id, appId), eq(apps.status, from)))
    .returning({ accountId: apps.accountId });
  const kind = moves[to];
  const events = moved.flatMap(({ accountId }) => (kind === null ? [] : [{ accountId, appId, grantId: null, kind, scopes: [] }]));
  await noteConsentEvents({ tx, events, now });
}

export async function markRevoked({ tx, appId, now }: { tx: Orm; appId: string; now: Date }): Promise<void> {
  const revoked = await tx
    .update(apps)
    .set({ status: 'revoked', statusChangedAt: now })
    .where(and(eq(apps.id, appId), ne(apps.status, 'revoked')))
    .returning({ accountId: apps.accountId });
  const events = revoked.map(({ accountId }) => ({ accountId, appId, grantId: null, kind: 'revoked' as const, scopes: [] }));
  await noteConsentEvents({ tx, events, now });
}

/** The account's apps that are not revoked, as they were named when they were connected. */
export async function connectedApps({ orm, accountId }: { orm: Orm; accountId: string }): Promise<Omit<AppIdentity, 'accountId'>[]> {
  const { clientId, name, publisherDomain, redirectHost } = apps;
  return orm
    .select({ clientId, name, publisherDomain, redirectHost })
    .from(apps)
    .where(and(eq(apps.accountId, accountId), ne(apps.status, 'revoked')));
}

/** The account's apps that are not revoked, in the order in which they must be locked. */
export async function liveAppIds({ orm, accountId }: { orm: Orm; accountId: string }): Promise<string[]> {
  const rows = await orm
    .select({ id: apps.id })
    .from(apps)
    .where(and(eq(apps.accountId, accountId), ne(apps.status, 'revoked')))
    .orderBy(asc(apps.id));
  return rows.map(({ id }) => id);
}

function statusOf(text: string): AppStatus {
  if (text === 'active' || text === 'paused' || text === 'revoked') return text;
  throw new Error('the database holds an unknown app status');
}
