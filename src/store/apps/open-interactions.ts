import { and, asc, count, eq, inArray, isNotNull, isNull, lt } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { oauthArtifacts } from '../schema/index.ts';

/** Of browsers that nobody is signed in on: to apps that somebody has connected, or to others. */
export type Openers = 'connected' | 'strangers';

export async function countOpenInteractions({ orm, of }: { orm: Orm; of: Openers }): Promise<number> {
  const [row] = await orm.select({ count: count() }).from(oauthArtifacts).where(open(of));
  return row?.count ?? 0;
}

interface Room {
  readonly orm: Orm;
  readonly of: Openers;
  readonly most: number;
  readonly spared: Date;
}

/** Deletes as many of the oldest as stand in the way of one more, none begun after `spared`. Answers how many; null when there is no room all the same. */
export async function makeRoomForInteraction({ orm, of, most, spared }: Room): Promise<number | null> {
  const tooMany = (await countOpenInteractions({ orm, of })) - most + 1;
  if (tooMany <= 0) return 0;
  const oldest = orm
    .select({ digest: oauthArtifacts.digest })
    .from(oauthArtifacts)
    .where(and(open(of), lt(oauthArtifacts.createdAt, spared)))
    .orderBy(asc(oauthArtifacts.createdAt))
    .limit(tooMany);
  const deleted = await orm
    .delete(oauthArtifacts)
    .where(and(eq(oauthArtifacts.kind, 'Interaction'), inArray(oauthArtifacts.digest, oldest)))
    .returning({ kind: oauthArtifacts.kind });
  return deleted.length >= tooMany ? deleted.length : null;
}

function open(of: Openers) {
  const client = of === 'connected' ? isNotNull(oauthArtifacts.clientId) : isNull(oauthArtifacts.clientId);
  return and(eq(oauthArtifacts.kind, 'Interaction'), isNull(oauthArtifacts.accountId), client);
}
