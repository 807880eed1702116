import { and, eq, gt, inArray, isNull, or } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { grants, oauthArtifacts } from '../schema/index.ts';

interface TokenNamed {
  readonly orm: Orm;
  readonly kinds: readonly string[];
  readonly digest: Uint8Array;
  readonly now: Date;
}

/** Whether a code or token may still do something, which includes ending the grant of one that was stolen. */
export async function isLiveArtifact({ orm, kinds, digest, now }: TokenNamed): Promise<boolean> {
  const found = await orm
    .select({ kind: oauthArtifacts.kind })
    .from(oauthArtifacts)
    .innerJoin(grants, and(eq(grants.oidcGrantId, oauthArtifacts.oidcGrantId), eq(grants.status, 'active')))
    .where(
      and(
        inArray(oauthArtifacts.kind, [...kinds]),
        eq(oauthArtifacts.digest, digest),
        or(isNull(oauthArtifacts.expiresAt), gt(oauthArtifacts.expiresAt, now)),
      ),
    );
  return found.length > 0;
}
