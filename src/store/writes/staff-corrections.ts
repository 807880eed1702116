import { and, eq, ne } from 'drizzle-orm';
import { cleanText, emailKey, maskEmail } from '../../policy/text.ts';
import type { Orm } from '../db.ts';
import type { PurposeKey } from '../purpose-keys.ts';
import { accounts, billingProfiles } from '../schema/index.ts';
import { openText, placeOf, seal } from '../sealing.ts';

/** What staff may put right on an account (CS-42). */
export const staffFields = ['display_name', 'email', 'phone', 'billing_name', 'billing_address'] as const;
export type StaffField = (typeof staffFields)[number];

interface Correcting {
  readonly tx: Orm;
  readonly accountId: string;
  readonly key: PurposeKey;
  readonly field: StaffField;
  readonly value: string;
}

/** Sets a field, everywhere at once. Answers what it was; null where there is no such record, or the address is another account's. */
export async function correctField({ tx, accountId, key, field, value }: Correcting): Promise<string | null> {
  const text = cleanText(value, 500);
  if (field === 'billing_name' || field === 'billing_address') {
    const [was] = await tx.select().from(billingProfiles).where(eq(billingProfiles.accountId, accountId)).for('update');
    if (!was) return null;
    const change = field === 'billing_name' ? { billingName: text } : { billingAddress: text };
    await tx.update(billingProfiles).set(change).where(eq(billingProfiles.accountId, accountId));
    return field === 'billing_name' ? was.billingName : was.billingAddress;
  }
  const [was] = await tx.select().from(accounts).where(eq(accounts.id, accountId)).for('update');
  const others = and(eq(accounts.emailKey, emailKey(text)), ne(accounts.id, accountId));
  const isTaken = field === 'email' && (await tx.select({ id: accounts.id }).from(accounts).where(others)).length > 0;
  if (!was || isTaken) return null;
  const place = placeOf('accounts.phone_sealed', accountId);
  const changes = {
    display_name: { displayName: text },
    email: { email: text, emailMasked: maskEmail(text), emailKey: emailKey(text) },
    phone: { phoneSealed: seal(key, text, place) },
  };
  await tx.update(accounts).set(changes[field]).where(eq(accounts.id, accountId));
  if (field === 'phone') return was.phoneSealed ? openText(key, was.phoneSealed, place) : '';
  return field === 'email' ? was.email : was.displayName;
}
