import { and, asc, count, eq, inArray, isNotNull, isNull, lt } from 'drizzle-orm';
import { isStorable } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { oauthClients } from '../schema/index.ts';

/** True when one of the clients was connected by somebody. */
export async function isConnectedClient({ orm, clientIds }: { orm: Orm; clientIds: readonly string[] }): Promise<boolean> {
  const found = await orm
    .select({ clientId: oauthClients.clientId })
    .from(oauthClients)
    .where(and(inArray(oauthClients.clientId, clientIds.filter(isStorable)), isNotNull(oauthClients.connectedAt)));
  return found.length > 0;
}

/** From now on the client is somebody's, and makes room for no other. */
export async function noteConnected({ tx, clientId, now }: { tx: Orm; clientId: string; now: Date }): Promise<void> {
  await tx
    .update(oauthClients)
    .set({ connectedAt: now })
    .where(and(eq(oauthClients.clientId, clientId), isNull(oauthClients.connectedAt)));
}

export async function countUnusedClients({ orm }: { orm: Orm }): Promise<number> {
  const [row] = await orm.select({ count: count() }).from(oauthClients).where(isNull(oauthClients.connectedAt));
  return row?.count ?? 0;
}

/** Deletes as many of the oldest unused clients as stand in the way of one more, none made after `spared`. Answers how many; null when there is no room all the same. */
export async function makeRoomForClient({ orm, most, spared }: { orm: Orm; most: number; spared: Date }): Promise<number | null> {
  const tooMany = (await countUnusedClients({ orm })) - most + 1;
  if (tooMany <= 0) return 0;
  const oldest = orm
    .select({ clientId: oauthClients.clientId })
    .from(oauthClients)
    .where(and(isNull(oauthClients.connectedAt), lt(oauthClients.createdAt, spared)))
    .orderBy(asc(oauthClients.createdAt))
    .limit(tooMany);
  const deleted = await orm
    .delete(oauthClients)
    .where(and(inArray(oauthClients.clientId, oldest), isNull(oauthClients.connectedAt)))
    .returning({ clientId: oauthClients.clientId });
  return deleted.length >= tooMany ? deleted.length : null;
}
