import { and, eq, inArray, ne } from 'drizzle-orm';
import type { Orm } from '../db.ts';
import { grants, oauthArtifacts } from '../schema/index.ts';
import { lockApp, moveApp } from './apps.ts';

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

/** Writes a grant's smaller content, and carries it to the authorization server's own record, so that a refresh says the truth. */
export async function narrowGrant({ tx, grant }: { tx: Orm; grant: GrantContent }): Promise<void> {
  await tx
    .update(grants)
    .set({ scopes: [...grant.scopes], acceptedFields: [...grant.acceptedFields] })
    .where(eq(grants.id, grant.grantId));
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
  const ended = await tx
    .update(grants)
    .set({ status: 'revoked', endedAt: now })
    .where(and(eq(grants.appId, appId), eq(grants.status, 'active')))
    .returning({ oidcGrantId: grants.oidcGrantId });
  const ids = ended.map(({ oidcGrantId }) => oidcGrantId);
  if (ids.length > 0) await tx.delete(oauthArtifacts).where(inArray(oauthArtifacts.oidcGrantId, ids));
}

/** Ends one grant that its client gave back or that was misused. An active app without grants is revoked; a paused one stays paused. */
export async function endGrant({ orm, oidcGrantId, now }: { orm: Orm; oidcGrantId: string; now: Date }): Promise<void> {
  await orm.transaction(async (tx) => {
    const [found] = await tx.select({ appId: grants.appId }).from(grants).where(eq(grants.oidcGrantId, oidcGrantId));
    if (found) await lockApp({ tx, appId: found.appId });
    await tx
      .update(grants)
      .set({ status: 'revoked', endedAt: now })
      .where(and(eq(grants.oidcGrantId, oidcGrantId), eq(grants.status, 'active')));
    await tx.delete(oauthArtifacts).where(eq(oauthArtifacts.oidcGrantId, oidcGrantId));
    if (found && (await activeGrants({ tx, appId: found.appId })).length === 0) {
      await moveApp({ tx, appId: found.appId, from: 'active', to: 'revoked', now });
    }
  });
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
