import { and, eq, ne } from 'drizzle-orm';
import type { Orm } from '../db.ts';
import { oauthArtifacts } from '../schema/index.ts';

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
