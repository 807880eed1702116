import { and, eq, sql } from 'drizzle-orm';
import { emailKey, maskEmail, nameKey } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';
import { certificates, recipients } from '../schema/index.ts';
import { readdressMail } from '../mail/readdress-mail.ts';
import { lockImports } from '../visibility/recipient-rights.ts';
import { beginIndexing, indexCertificates, indexRecipients } from '../search/index-words.ts';

/** What staff may put right on a recipient's record (CS-42). */
export const recipientFields = ['recipient_name', 'recipient_email'] as const;
export type RecipientField = (typeof recipientFields)[number];

interface Correcting {
  readonly tx: Orm;
  readonly accountId: string;
  readonly recipientId: string;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly field: RecipientField;
  /** Clean text; a plausible address where it is one. */
  readonly value: string;
}

/**
 * Sets a recipient's name or address in their record, its order and its search terms. Answers what it was; null where there is no
 * such record, or where another record of the same list is this person under the right value already.
 */
export async function correctRecipient(correcting: Correcting): Promise<string | null> {
  const { tx, accountId, recipientId, key, field, value } = correcting;
  await lockImports({ tx, accountId });
  const mine = and(eq(recipients.id, recipientId), eq(recipients.accountId, accountId));
  const [was] = await tx.select().from(recipients).where(mine).for('update');
  if (!was) return null;
  const name = field === 'recipient_name' ? value : was.name;
  const email = field === 'recipient_email' ? value : was.email;
  const keys = { identityKey: nameKey(name), emailKey: emailKey(email) };
  const identity = sql`coalesce(${recipients.identityKey}, ${recipients.nameKey})`;
  const [same] = await tx
    .select({ id: recipients.id })
    .from(recipients)
    .where(and(eq(recipients.listId, was.listId), eq(recipients.emailKey, keys.emailKey), eq(identity, keys.identityKey)));
  if (same && same.id !== recipientId) return null;
  await tx
    .update(recipients)
    .set({ name, email, emailMasked: maskEmail(email), ...keys })
    .where(mine);
  await beginIndexing(tx);
  await indexRecipients({ tx, where: mine });
  await indexCertificates({ tx, where: eq(certificates.recipientId, recipientId) });
  if (field === 'recipient_name') return was.name;
  await readdressMail({ tx, key, accountId, recipientId, from: was.email, to: email });
  return was.email;
}
