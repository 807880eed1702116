import { randomUUID } from 'node:crypto';
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { ContactKind } from '../../policy/contact.ts';
import type { Orm } from '../db.ts';
import type { PurposeKey } from '../purpose-keys.ts';
import { accounts, contactMessages } from '../schema/index.ts';
import { openText, placeOf, seal } from '../sealing.ts';

export interface NewMessage {
  readonly orm: Orm;
  readonly key: PurposeKey;
  /** Who is signed in; nobody is looked up by the address that a stranger gives. */
  readonly accountId: string | null;
  readonly kind: ContactKind;
  readonly sender: string | null;
  readonly body: string;
  readonly now: Date;
}

/** Stores what the contact form brought, its sender sealed (CS-06, CS-55c). */
export async function addContactMessage({ orm, key, accountId, kind, sender, body, now }: NewMessage): Promise<void> {
  const id = randomUUID();
  const senderSealed = sender === null ? null : seal(key, sender, placeOf('contact_messages.sender_sealed', id));
  await orm.insert(contactMessages).values({ id, accountId, channel: 'form', kind, senderSealed, body, receivedAt: now });
}

export interface WaitingMessage {
  readonly messageId: string;
  readonly kind: string;
  readonly channel: string;
  readonly from: string | null;
  readonly signedIn: boolean;
  readonly body: string;
  readonly receivedAt: Date;
}

/** What nobody has resolved, the oldest first. */
export async function waitingMessages({ orm, key }: { orm: Orm; key: PurposeKey }): Promise<WaitingMessage[]> {
  const rows = await orm
    .select({ message: contactMessages, email: accounts.email })
    .from(contactMessages)
    .leftJoin(accounts, eq(accounts.id, contactMessages.accountId))
    .where(isNull(contactMessages.resolvedAt))
    .orderBy(asc(contactMessages.receivedAt))
    .limit(500);
  return rows.map(({ email, message: { id, kind, channel, body, receivedAt, senderSealed } }) => ({
    messageId: id,
    kind,
    channel,
    body,
    receivedAt,
    signedIn: email !== null,
    from: email ?? (senderSealed && openText(key, senderSealed, placeOf('contact_messages.sender_sealed', id))),
  }));
}

/** Notes who answered a message; from then on its three years run (CS-54). False when nobody waits for it. */
export async function resolveMessage({
  orm,
  messageId,
  staffName,
  now,
}: {
  orm: Orm;
  messageId: string;
  staffName: string;
  now: Date;
}): Promise<boolean> {
  const resolved = await orm
    .update(contactMessages)
    .set({ resolvedAt: now, resolvedBy: staffName })
    .where(and(eq(contactMessages.id, messageId), isNull(contactMessages.resolvedAt)))
    .returning({ id: contactMessages.id });
  return resolved.length > 0;
}
