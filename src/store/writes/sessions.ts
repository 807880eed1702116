import { and, desc, eq, gt, isNull, lt, ne, or } from 'drizzle-orm';
import type { Day } from '../../policy/dates.ts';
import type { Orm } from '../db.ts';
import { oauthArtifacts } from '../schema/index.ts';

interface SessionName {
  readonly orm: Orm;
  readonly accountId: string;
  readonly digest: Uint8Array;
}

export interface SessionRow {
  readonly digest: Uint8Array;
  readonly signedInAt: Date;
  readonly lastSeenOn: Day | null;
}

/** The account's living sign-ins, the newest first. */
export async function sessionsOf({ orm, accountId, now }: { orm: Orm; accountId: string; now: Date }): Promise<SessionRow[]> {
  return orm
    .select({ digest: oauthArtifacts.digest, signedInAt: oauthArtifacts.createdAt, lastSeenOn: oauthArtifacts.lastSeenOn })
    .from(oauthArtifacts)
    .where(and(eq(oauthArtifacts.kind, 'Session'), eq(oauthArtifacts.accountId, accountId), gt(oauthArtifacts.expiresAt, now)))
    .orderBy(desc(oauthArtifacts.createdAt));
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

/** Ends one sign-in of an account. */
export async function deleteSession({ orm, accountId, digest }: SessionName): Promise<void> {
  await orm
    .delete(oauthArtifacts)
    .where(and(eq(oauthArtifacts.kind, 'Session'), eq(oauthArtifacts.accountId, accountId), eq(oauthArtifacts.digest, digest)));
}

/** Ends an account's sign-ins, all but the one named by its digest. Answers how many ended. */
export async function deleteSessions({ orm, accountId, except }: { orm: Orm; accountId: string; except?: Uint8Array }): Promise<number> {
  const deleted = await orm
    .delete(oauthArtifacts)
    .where(
      and(
        eq(oauthArtifacts.kind, 'Session'),
        eq(oauthArtifacts.accountId, accountId),
        except === undefined ? undefined : ne(oauthArtifacts.digest, except),
      ),
    )
    .returning({ kind: oauthArtifacts.kind });
  return deleted.length;
}
