import { randomUUID } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { verificationLinkMail } from '../../policy/mail.ts';
import type { Orm } from '../engine/db.ts';
import { certificates, recipients } from '../schema/index.ts';
import { isOpen } from '../verification/certificate-by-code.ts';
import { queueMail } from '../mail/outbox.ts';
import type { MailContext } from '../accounts/password-links.ts';

interface Wanted extends MailContext {
  readonly certificateId: string;
  /** The link that whoever asks has. */
  readonly code: string;
}

/**
 * Gives a certificate a new link and mails it to the recipient's stored address, both or neither: what can't be mailed leaves
 * the link as it is. Does nothing when the code holds no more, so that of several at once one counts. True when mail was queued.
 */
export async function mailNewLink({ orm, key, publicUrl, now, certificateId, code }: Wanted): Promise<boolean> {
  return orm.transaction(async (tx) => {
    const found = await lockedAddress({ tx, certificateId, code, now });
    if (!found) return false;
    const verificationCode = randomUUID();
    const message = verificationLinkMail({ publicUrl, link: `${publicUrl}/v/${verificationCode}` });
    const { accountId, email: to } = found;
    if ((await queueMail({ tx, key, now, to, message, accountId, certificateId })) !== 'queued') return false;
    await tx.update(certificates).set({ verificationCode }).where(eq(certificates.id, certificateId));
    return true;
  });
}

interface Address {
  readonly accountId: string;
  readonly email: string;
}

/** Locks the certificate for this transaction. Null when the code is another by now, or its link opens nothing any more. */
async function lockedAddress({
  tx,
  certificateId,
  code,
  now,
}: {
  tx: Orm;
  certificateId: string;
  code: string;
  now: Date;
}): Promise<Address | null> {
  const [found] = await tx
    .select({ accountId: certificates.accountId, email: recipients.email })
    .from(certificates)
    .innerJoin(recipients, eq(recipients.id, certificates.recipientId))
    .where(
      and(
        eq(certificates.id, certificateId),
        eq(certificates.verificationCode, code),
        isNull(certificates.hiddenAt),
        isOpen(certificates.id, now),
      ),
    )
    .for('update', { of: certificates });
  return found ?? null;
}
