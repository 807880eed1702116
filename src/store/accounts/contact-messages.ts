import { randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { ContactKind } from '../../policy/contact-form.ts';
import type { Orm } from '../engine/db.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';
import { accounts, contactMessages } from '../schema/index.ts';
import { openText, placeOf, seal } from '../engine/sealing.ts';

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

/** What nobody has resolved: about people under 18 first, then security, then the oldest. */
export async function waitingMessageIds({ orm, kind }: { orm: Orm; kind?: ContactKind }): Promise<string[]> {
  const rank = sql`array_position(array['under_18', 'security'], ${contactMessages.kind})`;
  const waiting = await orm
    .select({ id: contactMessages.id })
    .from(contactMessages)
    .where(and(isNull(contactMessages.resolvedAt), kind === undefined ? undefined : eq(contactMessages.kind, kind)))
    .orderBy(sql`${rank} nulls last`, asc(contactMessages.receivedAt), asc(contactMessages.id));
  return waiting.map(({ id }) => id);
}

/** These messages in their order, read a part at a time. */
export async function* readMessages({
  orm,
  key,
  ids,
}: {
  orm: Orm;
  key: PurposeKey;
  ids: readonly string[];
}): AsyncGenerator<WaitingMessage> {
  for (let at = 0; at < ids.length; at += readAtOnce) {
    const part = ids.slice(at, at + readAtOnce);
    const rows = await orm
      .select({ message: contactMessages, email: accounts.email })
      .from(contactMessages)
      .leftJoin(accounts, eq(accounts.id, contactMessages.accountId))
      .where(inArray(contactMessages.id, part));
    const byId = new Map(rows.map((row) => [row.message.id, row]));
    for (const each of part) {
      const row = byId.get(each);
      if (row) yield waiting(key, row);
    }
  }
}

const readAtOnce = 200;

interface MessageRow {
  readonly message: typeof contactMessages.$inferSelect;
  readonly email: string | null;
}

function waiting(key: PurposeKey, { email, message: { id, kind, channel, body, receivedAt, senderSealed } }: MessageRow): WaitingMessage {
  return {
    messageId: id,
    kind,
    channel,
    body,
    receivedAt,
    signedIn: email !== null,
    from: email ?? (senderSealed && openText(key, senderSealed, placeOf('contact_messages.sender_sealed', id))),
  };
}

/** Notes who answered a message; from then on its clock runs (CS-54). False when nobody waits for it. */
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
