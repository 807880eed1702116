import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { emailKey } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';
import { certificates, outbox, passwordLinks } from '../schema/index.ts';
import { openText, placeOf, seal } from '../engine/sealing.ts';

interface Readdressing {
  readonly tx: Orm;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly accountId: string;
  /** Whose address is corrected; null for the account's owner. */
  readonly recipientId: string | null;
  readonly from: string;
  readonly to: string;
}

/** What waits in the outbox for a corrected address goes to the right one; what waits there for somebody else stays. */
export async function readdressMail({ tx, key, accountId, recipientId, from, to }: Readdressing): Promise<void> {
  const theirs = tx
    .select({ id: certificates.id })
    .from(certificates)
    .where(eq(certificates.recipientId, sql`${recipientId}::uuid`));
  const about = recipientId === null ? isNull(outbox.certificateId) : inArray(outbox.certificateId, theirs);
  const waiting = await tx
    .select({ id: outbox.id, recipientSealed: outbox.recipientSealed })
    .from(outbox)
    .where(and(isNull(outbox.closedAt), eq(outbox.accountId, accountId), about))
    .for('update');
  for (const { id, recipientSealed } of waiting) {
    const place = placeOf('outbox.recipient_sealed', id);
    if (recipientSealed === null || emailKey(openText(key, recipientSealed, place)) !== emailKey(from)) continue;
    await tx
      .update(outbox)
      .set({ recipientSealed: seal(key, to, place) })
      .where(eq(outbox.id, id));
  }
}

/** Ends the links that set a password, also those that wait in the outbox: they were made for an address that was wrong. */
export async function endPasswordLinks({ tx, accountId, now }: { tx: Orm; accountId: string; now: Date }): Promise<void> {
  await tx
    .update(passwordLinks)
    .set({ usedAt: now })
    .where(and(eq(passwordLinks.accountId, accountId), isNull(passwordLinks.usedAt)));
  const links = inArray(outbox.kind, ['password_first', 'password_reset']);
  await tx.delete(outbox).where(and(eq(outbox.accountId, accountId), isNull(outbox.closedAt), links));
}
