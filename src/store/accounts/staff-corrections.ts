import { and, eq, ne } from 'drizzle-orm';
import { emailKey, maskEmail } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';
import { accounts, billingProfiles } from '../schema/index.ts';
import { openText, placeOf, seal } from '../engine/sealing.ts';
import { endPasswordLinks, readdressMail } from '../mail/readdress-mail.ts';

/** What staff may put right on an account (CS-42). */
export const staffFields = ['display_name', 'email', 'phone', 'billing_name', 'billing_address'] as const;
export type StaffField = (typeof staffFields)[number];

interface Correcting {
  readonly tx: Orm;
  readonly accountId: string;
  readonly key: PurposeKey;
  readonly field: StaffField;
  /** Clean text; a plausible address where it is one. */
  readonly value: string;
  readonly now: Date;
}

/** Sets a field, everywhere at once. Answers what it was; null where there is no such record, or the address is another account's. */
export async function correctField({ tx, accountId, key, field, value, now }: Correcting): Promise<string | null> {
  if (field === 'billing_name' || field === 'billing_address') {
    const [was] = await tx.select().from(billingProfiles).where(eq(billingProfiles.accountId, accountId)).for('update');
    if (!was) return null;
    const change = field === 'billing_name' ? { billingName: value } : { billingAddress: value };
    await tx.update(billingProfiles).set(change).where(eq(billingProfiles.accountId, accountId));
    return field === 'billing_name' ? was.billingName : was.billingAddress;
  }
  const [was] = await tx.select().from(accounts).where(eq(accounts.id, accountId)).for('no key update');
  const others = and(eq(accounts.emailKey, emailKey(value)), ne(accounts.id, accountId));
  const isTaken = field === 'email' && (await tx.select({ id: accounts.id }).from(accounts).where(others)).length > 0;
  if (!was || isTaken) return null;
  const place = placeOf('accounts.phone_sealed', accountId);
  const changes = {
    display_name: { displayName: value },
    email: { email: value, emailMasked: maskEmail(value), emailKey: emailKey(value) },
    phone: { phoneSealed: seal(key, value, place) },
  };
  await tx.update(accounts).set(changes[field]).where(eq(accounts.id, accountId));
  if (field === 'phone') return was.phoneSealed ? openText(key, was.phoneSealed, place) : '';
  if (field !== 'email') return was.displayName;
  await endPasswordLinks({ tx, accountId, now });
  await readdressMail({ tx, key, accountId, recipientId: null, from: was.email, to: value });
  return was.email;
}
