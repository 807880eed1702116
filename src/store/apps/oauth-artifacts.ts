import { and, eq, gt, inArray, isNotNull, isNull, lt, lte, notExists, or, sql } from 'drizzle-orm';
import { isStorable } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
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

/** Saves what may exist once only. False when a living one is there already. */
export async function saveNewArtifact({ orm, now, artifact }: { orm: Orm; now: Date; artifact: Artifact }): Promise<boolean> {
  const { kind: _kind, digest: _digest, ...changes } = artifact;
  const saved = await orm
    .insert(oauthArtifacts)
    .values({ ...artifact, createdAt: now })
    .onConflictDoUpdate({
      target: [oauthArtifacts.kind, oauthArtifacts.digest],
      set: changes,
      setWhere: lte(oauthArtifacts.expiresAt, now),
    })
    .returning({ kind: oauthArtifacts.kind });
  return saved.length === 1;
}

export interface Issue {
  readonly orm: Orm;
  readonly now: Date;
  /** The code or refresh token that is used up. */
  readonly used: { readonly kind: string; readonly digest: Uint8Array };
  readonly issued: readonly Artifact[];
  /** The answer, for a retry within the window. */
  readonly sealed: Uint8Array | null;
}

/** Uses a code or refresh token up and saves what it gave, all or nothing. False when it was used before, or its grant has ended. */
export async function issueArtifacts({ orm, now, used, issued, sealed }: Issue): Promise<boolean> {
  return orm.transaction(async (tx) => {
    const grantId = await grantIdOf({ orm: tx, ...used });
    if (grantId === null || !(await holdActiveGrant({ tx, oidcGrantId: grantId }))) return false;
    const consumed = await tx
      .update(oauthArtifacts)
      .set({ consumedAt: now, replaySealed: sealed })
      .where(and(named(used.kind, used.digest), isNull(oauthArtifacts.consumedAt)))
      .returning({ kind: oauthArtifacts.kind });
    if (consumed.length === 0) return false;
    for (const artifact of issued) await saveArtifact({ orm: tx, now, artifact });
    return true;
  });
}

/** Keeps a grant from ending until the transaction is over. False when it has ended. */
async function holdActiveGrant({ tx, oidcGrantId }: { tx: Orm; oidcGrantId: string }): Promise<boolean> {
  const held = await tx
    .select({ id: grants.id })
    .from(grants)
    .where(and(eq(grants.oidcGrantId, oidcGrantId), eq(grants.status, 'active')))
    .for('share');
  return held.length === 1;
}

export async function deleteArtifact({ orm, kind, digest }: Named): Promise<void> {
  await orm.delete(oauthArtifacts).where(named(kind, digest));
}

export async function grantIdOf({ orm, kind, digest }: Named): Promise<string | null> {
  const [row] = await orm.select({ oidcGrantId: oauthArtifacts.oidcGrantId }).from(oauthArtifacts).where(named(kind, digest));
  return row?.oidcGrantId ?? null;
}

/** The sealed answer that a used artifact gave. Null when it is gone. */
export async function findReplay({ orm, kind, digest }: Named): Promise<Uint8Array | null> {
  const [row] = await orm.select({ sealed: oauthArtifacts.replaySealed }).from(oauthArtifacts).where(named(kind, digest));
  return row?.sealed ?? null;
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
