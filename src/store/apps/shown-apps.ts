import { and, eq, gt, sql } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { oauthArtifacts } from '../schema/index.ts';

interface Shown {
  readonly orm: Orm;
  /** Of a living interaction. */
  readonly digest: Uint8Array;
  readonly now: Date;
}

const living = ({ digest, now }: Shown) =>
  and(eq(oauthArtifacts.kind, 'Interaction'), eq(oauthArtifacts.digest, digest), gt(oauthArtifacts.expiresAt, now));

/** Keeps with an interaction which page a person was shown. */
export async function saveShownApp({ page, ...shown }: Shown & { readonly page: string }): Promise<void> {
  await shown.orm
    .update(oauthArtifacts)
    .set({ payload: sql`${oauthArtifacts.payload} || jsonb_build_object('shown', ${page}::text)` })
    .where(living(shown));
}

/** Null when none was shown. */
export async function findShownApp(shown: Shown): Promise<string | null> {
  const [row] = await shown.orm
    .select({ page: sql<string | null>`${oauthArtifacts.payload} ->> 'shown'` })
    .from(oauthArtifacts)
    .where(living(shown));
  return row?.page ?? null;
}
