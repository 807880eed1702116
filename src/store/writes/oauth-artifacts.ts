import { and, eq, gt, inArray, isNotNull, isNull, lt, notExists, or, sql } from 'drizzle-orm';
import { isStorable } from '../../policy/text.ts';
import type { Orm } from '../db.ts';
import { apps, grants, oauthArtifacts, oauthClients } from '../schema/index.ts';

/** What the authorization server keeps of one code, token, session, interaction or grant. */
export interface Artifact {
  readonly kind: string;
  readonly digest: Uint8Array;
  readonly payload: object;
  readonly accountId: string | null;
  readonly clientId: string | null;
  readonly oidcGrantId: string | null;
  readonly uid: string | null;
  readonly scope: string | null;
  readonly resource: string | null;
  readonly expiresAt: Date | null;
}

interface Named {
  readonly orm: Orm;
  readonly kind: string;
  readonly digest: Uint8Array;
}

export interface StoredArtifact {
  readonly payload: unknown;
  readonly consumedAt: Date | null;
}

export async function saveArtifact({ orm, now, artifact }: { orm: Orm; now: Date; artifact: Artifact }): Promise<void> {
  const { kind: _kind, digest: _digest, ...changes } = artifact;
  await orm
    .insert(oauthArtifacts)
    .values({ ...artifact, createdAt: now })
    .onConflictDoUpdate({ target: [oauthArtifacts.kind, oauthArtifacts.digest], set: changes });
}

export async function findArtifact({ orm, kind, digest, now }: Named & { now: Date }): Promise<StoredArtifact | null> {
  const [row] = await orm
    .select({ payload: oauthArtifacts.payload, consumedAt: oauthArtifacts.consumedAt })
    .from(oauthArtifacts)
    .where(and(named(kind, digest), lives(now)));
  return row ?? null;
}

export async function findArtifactByUid({
  orm,
  kind,
  uid,
  now,
}: {
  orm: Orm;
  kind: string;
  uid: string;
  now: Date;
}): Promise<StoredArtifact | null> {
  const [row] = await orm
    .select({ payload: oauthArtifacts.payload, consumedAt: oauthArtifacts.consumedAt })
    .from(oauthArtifacts)
    .where(and(eq(oauthArtifacts.kind, kind), eq(oauthArtifacts.uid, uid), lives(now)));
  return row ?? null;
}

/** Marks a one-time artifact as used. False when somebody else was first. */
export async function consumeArtifact({ orm, kind, digest, now }: Named & { now: Date }): Promise<boolean> {
  const consumed = await orm
    .update(oauthArtifacts)
    .set({ consumedAt: now })
    .where(and(named(kind, digest), isNull(oauthArtifacts.consumedAt)))
    .returning({ kind: oauthArtifacts.kind });
  return consumed.length === 1;
}

export async function deleteArtifact({ orm, kind, digest }: Named): Promise<void> {
  await orm.delete(oauthArtifacts).where(named(kind, digest));
}

export async function grantIdOf({ orm, kind, digest }: Named): Promise<string | null> {
  const [row] = await orm.select({ oidcGrantId: oauthArtifacts.oidcGrantId }).from(oauthArtifacts).where(named(kind, digest));
  return row?.oidcGrantId ?? null;
}

export async function keepReplay({ orm, kind, digest, sealed }: Named & { sealed: Uint8Array }): Promise<void> {
  await orm.update(oauthArtifacts).set({ replaySealed: sealed }).where(named(kind, digest));
}

/** Null when the artifact is gone; `sealed` is null while its first answer is still being made. */
export async function findReplay({ orm, kind, digest }: Named): Promise<{ sealed: Uint8Array | null } | null> {
  const [row] = await orm.select({ sealed: oauthArtifacts.replaySealed }).from(oauthArtifacts).where(named(kind, digest));
  return row ?? null;
}

export async function saveClient({
  orm,
  clientId,
  payload,
  now,
}: {
  orm: Orm;
  clientId: string;
  payload: object;
  now: Date;
}): Promise<void> {
  await orm
    .insert(oauthClients)
    .values({ clientId, payload, createdAt: now })
    .onConflictDoUpdate({ target: oauthClients.clientId, set: { payload } });
}

/** The metadata of a registered client. A client that publishes a document isn't found here. */
export async function findClient({ orm, clientId }: { orm: Orm; clientId: string }): Promise<unknown> {
  if (!isStorable(clientId)) return undefined;
  const [row] = await orm
    .select({ payload: oauthClients.payload })
    .from(oauthClients)
    .where(and(eq(oauthClients.clientId, clientId), isNull(oauthClients.freshUntil)));
  return row?.payload;
}

export async function deleteClient({ orm, clientId }: { orm: Orm; clientId: string }): Promise<void> {
  await orm.delete(oauthClients).where(eq(oauthClients.clientId, clientId));
}

interface Batch {
  readonly orm: Orm;
  readonly now: Date;
  readonly limit: number;
}

/** Deletes expired artifacts, and those of grants that ended. Answers how many. */
export async function deleteStaleArtifacts({ orm, now, limit }: Batch): Promise<number> {
  const ended = orm
    .select({ id: grants.oidcGrantId })
    .from(grants)
    .where(and(eq(grants.oidcGrantId, oauthArtifacts.oidcGrantId), eq(grants.status, 'revoked')));
  const stale = await orm
    .select({ kind: oauthArtifacts.kind, digest: oauthArtifacts.digest })
    .from(oauthArtifacts)
    .where(or(lt(oauthArtifacts.expiresAt, now), sql`exists ${ended}`))
    .limit(limit);
  let count = 0;
  for (const kind of new Set(stale.map((each) => each.kind))) {
    const digests = stale.filter((each) => each.kind === kind).map((each) => each.digest);
    const deleted = await orm
      .delete(oauthArtifacts)
      .where(and(eq(oauthArtifacts.kind, kind), inArray(oauthArtifacts.digest, digests)))
      .returning({ kind: oauthArtifacts.kind });
    count += deleted.length;
  }
  return count;
}

/** Forgets kept answers of tokens rotated before `before`. */
export async function forgetReplays({ orm, before }: { orm: Orm; before: Date }): Promise<void> {
  await orm
    .update(oauthArtifacts)
    .set({ replaySealed: null })
    .where(and(isNotNull(oauthArtifacts.replaySealed), lt(oauthArtifacts.consumedAt, before)));
}

/** Deletes clients registered before `before` that no account ever connected. Answers how many. */
export async function deleteUnusedClients({ orm, before, limit }: { orm: Orm; before: Date; limit: number }): Promise<number> {
  const used = orm.select({ id: apps.id }).from(apps).where(eq(apps.clientId, oauthClients.clientId));
  const stale = orm
    .select({ clientId: oauthClients.clientId })
    .from(oauthClients)
    .where(and(lt(oauthClients.createdAt, before), notExists(used)))
    .limit(limit);
  const deleted = await orm
    .delete(oauthClients)
    .where(inArray(oauthClients.clientId, stale))
    .returning({ clientId: oauthClients.clientId });
  return deleted.length;
}

function named(kind: string, digest: Uint8Array) {
  return and(eq(oauthArtifacts.kind, kind), eq(oauthArtifacts.digest, digest));
}

function lives(now: Date) {
  return or(isNull(oauthArtifacts.expiresAt), gt(oauthArtifacts.expiresAt, now));
}
