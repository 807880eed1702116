import { and, eq, gt, inArray, lt, ne, notExists } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { apps, grants, oauthArtifacts } from '../schema/index.ts';
import { lockApp } from './app-locks.ts';
import { moveApp } from './apps.ts';
import { noteConsentEvents, type ConsentEventKind } from './consent-events.ts';

export interface NewGrant {
  readonly accountId: string;
  readonly appId: string;
  readonly oidcGrantId: string;
  readonly scopes: readonly string[];
  readonly acceptedFields: readonly string[];
  readonly policyVersion: string;
  readonly noticeVersion: string | null;
  readonly appName: string;
  readonly publisherDomain: string | null;
  readonly redirectHost: string;
}

export async function addGrant({ tx, grant, now }: { tx: Orm; grant: NewGrant; now: Date }): Promise<string> {
  const [scopes, acceptedFields] = [[...grant.scopes], [...grant.acceptedFields]];
  const content = { scopes, acceptedFields, consentedScopes: scopes, consentedFields: acceptedFields };
  const [made] = await tx
    .insert(grants)
    .values({ ...grant, ...content, status: 'active', consentedAt: now })
    .returning({ id: grants.id });
  if (!made) throw new Error('an inserted grant must have an id');
  const { accountId, appId } = grant;
  await noteConsentEvents({ tx, events: [{ accountId, appId, grantId: made.id, kind: 'consented', scopes }], now });
  return made.id;
}

export interface GrantContent {
  readonly grantId: string;
  readonly oidcGrantId: string;
  readonly scopes: readonly string[];
  readonly acceptedFields: readonly string[];
}

export async function activeGrants({ tx, appId, except }: { tx: Orm; appId: string; except?: string }): Promise<GrantContent[]> {
  return tx
    .select({ grantId: grants.id, oidcGrantId: grants.oidcGrantId, scopes: grants.scopes, acceptedFields: grants.acceptedFields })
    .from(grants)
    .where(and(eq(grants.appId, appId), eq(grants.status, 'active'), except === undefined ? undefined : ne(grants.id, except)));
}

/** What an account's app holds now, all its living grants together; null when it holds none. */
export async function heldByApp({
  orm,
  accountId,
  clientId,
}: {
  orm: Orm;
  accountId: string;
  clientId: string;
}): Promise<{ readonly scopes: readonly string[]; readonly fields: readonly string[] } | null> {
  const held = await orm
    .select({ scopes: grants.scopes, fields: grants.acceptedFields })
    .from(grants)
    .innerJoin(apps, eq(apps.id, grants.appId))
    .where(and(eq(apps.accountId, accountId), eq(apps.clientId, clientId), eq(grants.status, 'active')));
  return held.length === 0 ? null : { scopes: held.flatMap(({ scopes }) => scopes), fields: held.flatMap(({ fields }) => fields) };
}

/** Writes a grant's smaller content, and carries it to the authorization server's own record, so that a refresh says the truth. */
export async function narrowGrant({ tx, grant, now }: { tx: Orm; grant: GrantContent; now: Date }): Promise<void> {
  const { grantId, scopes } = grant;
  const narrowed = await tx
    .update(grants)
    .set({ scopes: [...scopes], acceptedFields: [...grant.acceptedFields] })
    .where(eq(grants.id, grantId))
    .returning({ accountId: grants.accountId, appId: grants.appId });
  await noteConsentEvents({ tx, events: narrowed.map((each) => ({ ...each, grantId, kind: 'narrowed' as const, scopes })), now });
  const mine = and(eq(oauthArtifacts.kind, 'Grant'), eq(oauthArtifacts.oidcGrantId, grant.oidcGrantId));
  const [stored] = await tx.select({ payload: oauthArtifacts.payload }).from(oauthArtifacts).where(mine);
  if (!isRecord(stored?.payload) || !isRecord(stored.payload['resources'])) return;
  const kept = new Set(grant.scopes);
  const resources = Object.entries(stored.payload['resources']).map(([resource, scope]) => [
    resource,
    String(scope)
      .split(' ')
      .filter((each) => kept.has(each))
      .join(' '),
  ]);
  await tx
    .update(oauthArtifacts)
    .set({ payload: { ...stored.payload, resources: Object.fromEntries(resources) } })
    .where(mine);
}

/** Ends the active grants of an app and deletes their tokens, codes and the authorization server's own grants. */
export async function endGrants({ tx, appId, now }: { tx: Orm; appId: string; now: Date }): Promise<void> {
  await end({ tx, which: eq(grants.appId, appId), kind: 'revoked', now });
}

async function end({ tx, which, kind, now }: { tx: Orm; which: ReturnType<typeof and>; kind: ConsentEventKind; now: Date }): Promise<void> {
  const ended = await tx
    .update(grants)
    .set({ status: 'revoked', endedAt: now })
    .where(and(which, eq(grants.status, 'active')))
    .returning({ accountId: grants.accountId, appId: grants.appId, grantId: grants.id, oidcGrantId: grants.oidcGrantId });
  const events = ended.map(({ accountId, appId, grantId }) => ({ accountId, appId, grantId, kind, scopes: [] }));
  await noteConsentEvents({ tx, events, now });
  const ids = ended.map(({ oidcGrantId }) => oidcGrantId);
  if (ids.length > 0) await tx.delete(oauthArtifacts).where(inArray(oauthArtifacts.oidcGrantId, ids));
}

/** Ends one grant that its client gave back or that was misused. An active app without grants is revoked; a paused one stays paused. */
export async function endGrant({ orm, oidcGrantId, now }: { orm: Orm; oidcGrantId: string; now: Date }): Promise<void> {
  await orm.transaction(async (tx) => {
    const [found] = await tx.select({ appId: grants.appId }).from(grants).where(eq(grants.oidcGrantId, oidcGrantId));
    if (found) await lockApp({ tx, appId: found.appId });
    await end({ tx, which: eq(grants.oidcGrantId, oidcGrantId), kind: 'ended', now });
    await tx.delete(oauthArtifacts).where(eq(oauthArtifacts.oidcGrantId, oidcGrantId));
    if (found) await settleApp({ tx, appId: found.appId, now });
  });
}

/** An active app without a living grant is revoked: it would only look connected. */
export async function settleApp({ tx, appId, now }: { tx: Orm; appId: string; now: Date }): Promise<void> {
  if ((await activeGrants({ tx, appId })).length === 0) await moveApp({ tx, appId, from: 'active', to: 'revoked', now });
}

/** Ends grants consented to before `before` of which no token or code lives any more. Answers how many it looked at. */
export async function endLapsedGrants({ orm, now, before, limit }: { orm: Orm; now: Date; before: Date; limit: number }): Promise<number> {
  const tokens = orm
    .select({ kind: oauthArtifacts.kind })
    .from(oauthArtifacts)
    .where(
      and(
        eq(oauthArtifacts.oidcGrantId, grants.oidcGrantId),
        inArray(oauthArtifacts.kind, ['AccessToken', 'RefreshToken', 'AuthorizationCode']),
        gt(oauthArtifacts.expiresAt, now),
      ),
    );
  const lapsed = and(eq(grants.status, 'active'), lt(grants.consentedAt, before), notExists(tokens));
  const found = await orm.select({ grantId: grants.id, appId: grants.appId }).from(grants).where(lapsed).limit(limit);
  for (const { grantId, appId } of found) {
    await orm.transaction(async (tx) => {
      await lockApp({ tx, appId });
      await end({ tx, which: and(eq(grants.id, grantId), lapsed), kind: 'lapsed', now });
      await settleApp({ tx, appId, now });
    });
  }
  return found.length;
}

export async function isGrantActive({ orm, oidcGrantId }: { orm: Orm; oidcGrantId: string }): Promise<boolean> {
  const found = await orm
    .select({ id: grants.id })
    .from(grants)
    .where(and(eq(grants.oidcGrantId, oidcGrantId), eq(grants.status, 'active')));
  return found.length === 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
