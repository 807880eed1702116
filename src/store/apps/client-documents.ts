import { eq, isNotNull } from 'drizzle-orm';
import { isStorable } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { oauthClients } from '../schema/index.ts';

/** What is kept of a client's metadata document. */
export interface KeptDocument {
  readonly payload: unknown;
  /** When its host last served it; null when it never did. */
  readonly fetchedAt: Date | null;
  /** From then on its host is asked again. */
  readonly freshUntil: Date;
}

export interface NamedDocument {
  readonly clientId: string;
  readonly payload: object;
  readonly freshUntil: Date;
}

interface Keeping {
  readonly orm: Orm;
  readonly document: NamedDocument;
  readonly now: Date;
}

export async function findDocument({ orm, clientId }: { orm: Orm; clientId: string }): Promise<KeptDocument | null> {
  if (!isStorable(clientId)) return null;
  const [row] = await orm
    .select({ payload: oauthClients.payload, fetchedAt: oauthClients.fetchedAt, freshUntil: oauthClients.freshUntil })
    .from(oauthClients)
    .where(eq(oauthClients.clientId, clientId));
  return row?.freshUntil ? { ...row, freshUntil: row.freshUntil } : null;
}

/** Keeps what the host served just now. */
export async function keepDocument({ orm, document, now }: Keeping): Promise<void> {
  const { payload, freshUntil } = document;
  await orm
    .insert(oauthClients)
    .values({ ...document, fetchedAt: now, createdAt: now })
    .onConflictDoUpdate({
      target: oauthClients.clientId,
      set: { payload, freshUntil, fetchedAt: now },
      setWhere: isNotNull(oauthClients.freshUntil),
    });
}

/** Puts off asking a host that does not answer. What it served before stays. */
export async function putOffDocument({ orm, document, now }: Keeping): Promise<void> {
  await orm
    .insert(oauthClients)
    .values({ ...document, createdAt: now })
    .onConflictDoUpdate({
      target: oauthClients.clientId,
      set: { freshUntil: document.freshUntil },
      setWhere: isNotNull(oauthClients.freshUntil),
    });
}
