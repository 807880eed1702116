import { and, desc, eq, gt, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import type { Day } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, oauthArtifacts } from '../schema/index.ts';
import { saveArtifact, type Artifact } from '../apps/oauth-artifacts.ts';

interface Owner {
  readonly orm: Orm;
  readonly accountId: string;
}

export interface SessionRow {
  readonly digest: Uint8Array;
  /** Stays while the id changes. */
  readonly uid: string | null;
  readonly signedInAt: Date;
  readonly lastSeenOn: Day | null;
}

/** When the password was given. The row itself is made anew with each new id. */
const signedInAt = sql<Date>`to_timestamp((${oauthArtifacts.payload} ->> 'loginTs')::double precision)`;

/** The account's living sign-ins, the newest first. */
export async function sessionsOf({ orm, accountId, now }: { orm: Orm; accountId: string; now: Date }): Promise<SessionRow[]> {
  return orm
    .select({
      digest: oauthArtifacts.digest,
      uid: oauthArtifacts.uid,
      signedInAt: signedInAt.mapWith(oauthArtifacts.createdAt),
      lastSeenOn: oauthArtifacts.lastSeenOn,
    })
    .from(oauthArtifacts)
    .where(and(eq(oauthArtifacts.kind, 'Session'), eq(oauthArtifacts.accountId, accountId), gt(oauthArtifacts.expiresAt, now)))
    .orderBy(desc(signedInAt), desc(oauthArtifacts.createdAt));
}

/** Writes the first page of a day down, nothing finer. */
export async function noteSeen({ orm, digest, day }: { orm: Orm; digest: Uint8Array; day: Day }): Promise<void> {
  await orm
    .update(oauthArtifacts)
    .set({ lastSeenOn: day })
    .where(
      and(
        eq(oauthArtifacts.kind, 'Session'),
        eq(oauthArtifacts.digest, digest),
        or(isNull(oauthArtifacts.lastSeenOn), lt(oauthArtifacts.lastSeenOn, day)),
      ),
    );
}

/** How often sign-ins of an account were ended. A sign-in keeps the count that it began with and is good while the count stands. Null for an unknown account. */
export async function countEndings({ orm, accountId }: Owner): Promise<number | null> {
  const [row] = await orm.select({ ended: accounts.signInsEnded }).from(accounts).where(eq(accounts.id, accountId));
  return row?.ended ?? null;
}

interface SessionSave {
  readonly orm: Orm;
  readonly now: Date;
  readonly session: Artifact;
  /** The count that its sign-in began with. */
  readonly endings: number;
}

/** Saves a session, under a new id in place of the old. One that was ended meanwhile is not saved: neither its row is there, nor is its sign-in younger than the last ending. */
export async function saveSession({ orm, now, session, endings }: SessionSave): Promise<void> {
  const { accountId, uid, digest } = session;
  if (uid === null) throw new Error('a session must have a uid');
  const mine = and(eq(oauthArtifacts.kind, 'Session'), eq(oauthArtifacts.uid, uid));
  await orm.transaction(async (tx) => {
    if (accountId !== null) {
      const [account] = await tx.select({ ended: accounts.signInsEnded }).from(accounts).where(eq(accounts.id, accountId)).for('share');
      const there = await tx.select({ kind: oauthArtifacts.kind }).from(oauthArtifacts).where(mine);
      if (there.length === 0 && account?.ended !== endings) return;
    }
    await tx.delete(oauthArtifacts).where(and(mine, ne(oauthArtifacts.digest, digest)));
    await saveArtifact({ orm: tx, now, artifact: session });
  });
}

/** Ends one sign-in of an account, and every one that isn't finished. */
export async function endSession({ orm, accountId, uid }: Owner & { readonly uid: string }): Promise<void> {
  await orm.transaction((tx) => endSessions(tx, accountId, eq(oauthArtifacts.uid, uid)));
}

/** Ends an account's sign-ins, all but the one named by its digest, and every one that isn't finished. Answers how many ended. */
export async function endEverySession({ tx, accountId, except }: { tx: Orm; accountId: string; except?: Uint8Array }): Promise<number> {
  return endSessions(tx, accountId, except && ne(oauthArtifacts.digest, except));
}

async function endSessions(tx: Orm, accountId: string, which: SQL | undefined): Promise<number> {
  await tx
    .update(accounts)
    .set({ signInsEnded: sql`${accounts.signInsEnded} + 1` })
    .where(eq(accounts.id, accountId));
  const ended = await tx
    .delete(oauthArtifacts)
    .where(and(eq(oauthArtifacts.kind, 'Session'), eq(oauthArtifacts.accountId, accountId), which))
    .returning({ kind: oauthArtifacts.kind });
  return ended.length;
}
