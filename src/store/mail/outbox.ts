import { randomUUID } from 'node:crypto';
import { and, asc, eq, gt, inArray, isNull, lt, lte, ne, or } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import { mailKinds, nextAttempt, type MailKind, type MailMessage } from '../../policy/mail.ts';
import { isPlausibleEmail } from '../../policy/shapes/email-address.ts';
import type { Orm } from '../engine/db.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';
import { accounts, memberships, outbox } from '../schema/index.ts';
import { CannotOpen } from '../../crypto/sealed.ts';
import { openText, placeOf, seal } from '../engine/sealing.ts';
import { isOpen } from '../verification/certificate-by-code.ts';

export interface QueuedMail {
  /** The transaction of what causes the mail. */
  readonly tx: Orm;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly now: Date;
  readonly to: string;
  readonly message: MailMessage;
  /** Whose flags count; null for somebody without an account. */
  readonly accountId: string | null;
  /** Of a recipient's mail: the certificate whose link it tells, with which it goes and waits. */
  readonly certificateId?: string;
  /** Of non-essential mail: the service whose opt-out counts beside the account's wish for no contact. */
  readonly service?: Service;
  /** When it says nothing any more that holds, such as a link's end. */
  readonly expiresAt?: Date;
}

/** Puts a mail into the outbox together with what causes it; it is sent after the commit. Non-essential mail isn't queued for those who asked for none (CS-07). */
export async function queueMail(mail: QueuedMail): Promise<'queued' | 'opted_out' | 'not_an_address'> {
  const { tx, key, now, to, message, accountId, certificateId, service, expiresAt } = mail;
  if (!isSendable(to)) return 'not_an_address';
  if (!mailKinds[message.kind].essential && (await isLeftAlone({ orm: tx, accountId, service: service ?? null }))) return 'opted_out';
  const id = randomUUID();
  await tx.insert(outbox).values({
    id,
    accountId,
    certificateId: certificateId ?? null,
    service: service ?? null,
    kind: message.kind,
    recipientSealed: seal(key, to, placeOf('outbox.recipient_sealed', id)),
    contentSealed: seal(key, JSON.stringify([message.subject, message.text]), placeOf('outbox.content_sealed', id)),
    createdAt: now,
    expiresAt: expiresAt ?? null,
    attempts: 0,
    nextAttemptAt: now,
  });
  return 'queued';
}

/** No control character, no second address: nothing that could become a header or a command. */
function isSendable(to: string): boolean {
  return isPlausibleEmail(to) && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(to);
}

async function isLeftAlone({ orm, accountId, service }: { orm: Orm; accountId: string | null; service: string | null }): Promise<boolean> {
  if (accountId === null) return true;
  const [account] = await orm.select({ noContactAt: accounts.noContactAt }).from(accounts).where(eq(accounts.id, accountId));
  if (!account || account.noContactAt !== null) return true;
  const joined = await orm
    .select({ optOutAt: memberships.marketingOptOutAt })
    .from(memberships)
    .where(and(eq(memberships.accountId, accountId), service === null ? undefined : eq(memberships.service, service)));
  return !joined.some(({ optOutAt }) => optOutAt === null);
}

export interface WaitingMail {
  readonly id: string;
  readonly kind: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly attempts: number;
  readonly createdAt: Date;
}

interface Box {
  readonly orm: Orm;
  readonly key: PurposeKey;
  readonly now: Date;
}

type Row = typeof outbox.$inferSelect;

/**
 * Takes the next mail that is due and keeps other senders from it for `leaseMinutes`, so that one which is lost with its sender
 * is tried again. Closes what can't be opened, and what is not wanted any more. Null when nothing is due.
 */
export async function claimMail({ orm, key, now, leaseMinutes }: Box & { readonly leaseMinutes: number }): Promise<WaitingMail | null> {
  for (;;) {
    const row = await takeDue({ orm, now, leaseMinutes });
    if (!row) return null;
    const unwanted = !isEssential(row.kind) && (await isLeftAlone({ orm, ...row }));
    const mail = unwanted ? null : opened(key, row);
    if (mail) return mail;
    await closeMail({ orm, id: row.id, now, errorCode: unwanted ? 'opted_out' : 'not_readable' });
  }
}

async function takeDue({ orm, now, leaseMinutes }: Omit<Box, 'key'> & { readonly leaseMinutes: number }): Promise<Row | null> {
  return orm.transaction(async (tx) => {
    const [due] = await tx
      .select()
      .from(outbox)
      .where(and(lte(outbox.nextAttemptAt, now), isReady(now)))
      .orderBy(asc(outbox.nextAttemptAt))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!due) return null;
    const taken = { attempts: due.attempts + 1, nextAttemptAt: new Date(now.getTime() + leaseMinutes * 60_000) };
    await tx.update(outbox).set(taken).where(eq(outbox.id, due.id));
    return { ...due, ...taken };
  });
}

function isEssential(kind: string): boolean {
  return kind in mailKinds && mailKinds[kind as MailKind].essential;
}

export async function markDelivered({ orm, id, now }: { orm: Orm; id: string; now: Date }): Promise<void> {
  await orm
    .update(outbox)
    .set({ ...closed(now), sentAt: now, errorCode: null })
    .where(eq(outbox.id, id));
}

/** An attempt failed. Answers when the next will be; null when it is given up, at once for what can't become better. */
export async function markFailed({
  orm,
  mail: { id, attempts },
  now,
  errorCode,
  forGood,
}: {
  orm: Orm;
  mail: Pick<WaitingMail, 'id' | 'attempts'>;
  now: Date;
  errorCode: string;
  forGood: boolean;
}): Promise<Date | null> {
  const next = forGood ? null : nextAttempt(now, attempts);
  if (next === null) await closeMail({ orm, id, now, errorCode });
  else await orm.update(outbox).set({ nextAttemptAt: next, errorCode }).where(eq(outbox.id, id));
  return next;
}

async function closeMail({ orm, id, now, errorCode }: { orm: Orm; id: string; now: Date; errorCode: string }): Promise<void> {
  await orm
    .update(outbox)
    .set({ ...closed(now), errorCode })
    .where(eq(outbox.id, id));
}

/** Whom it was for and what it said are forgotten. */
function closed(now: Date) {
  return { closedAt: now, nextAttemptAt: null, recipientSealed: null, contentSealed: null };
}

/** What waits and may be sent, the oldest first. Staff read it: one-time links stand in it. */
export async function waitingMail({ orm, key, now }: Box): Promise<WaitingMail[]> {
  const rows = await orm
    .select()
    .from(outbox)
    .where(and(isNull(outbox.closedAt), isReady(now)))
    .orderBy(asc(outbox.createdAt), asc(outbox.id));
  return rows.flatMap((row) => opened(key, row) ?? []);
}

/** It isn't over, and the link that it tells opens something: what is hidden waits (CS-44). */
function isReady(now: Date) {
  const opens = or(ne(outbox.kind, 'verification_link'), isOpen(outbox.certificateId, now));
  return and(or(isNull(outbox.expiresAt), gt(outbox.expiresAt, now)), opens);
}

/** Null when it was emptied, or sealed by another key. */
function opened(key: PurposeKey, { id, kind, attempts, createdAt, recipientSealed, contentSealed }: Row): WaitingMail | null {
  if (recipientSealed === null || contentSealed === null) return null;
  try {
    const to = openText(key, recipientSealed, placeOf('outbox.recipient_sealed', id));
    const content: unknown = JSON.parse(openText(key, contentSealed, placeOf('outbox.content_sealed', id)));
    const [subject, text] = Array.isArray(content) ? content.map(String) : [];
    return subject === undefined || text === undefined ? null : { id, kind, attempts, createdAt, to, subject, text };
  } catch (error) {
    if (error instanceof CannotOpen) return null;
    throw error;
  }
}

/** Gives up what has expired, and what has waited since before `olderThan`. */
export async function giveUpMail({ orm, now, olderThan }: { orm: Orm; now: Date; olderThan: Date }): Promise<void> {
  await orm
    .update(outbox)
    .set({ ...closed(now), errorCode: 'expired' })
    .where(and(isNull(outbox.closedAt), or(lte(outbox.expiresAt, now), lt(outbox.createdAt, olderThan))));
}

/** Deletes what was closed before `before`. Answers how many. */
export async function deleteClosedMail({ orm, before, limit }: { orm: Orm; before: Date; limit: number }): Promise<number> {
  const old = orm.select({ id: outbox.id }).from(outbox).where(lt(outbox.closedAt, before)).limit(limit);
  return (await orm.delete(outbox).where(inArray(outbox.id, old)).returning({ id: outbox.id })).length;
}
