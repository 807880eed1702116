import { and, eq, sql } from 'drizzle-orm';
import { emailKey, emailTermsOf, maskEmail, nameKey, termsOf } from '../../policy/text.ts';
import type { Orm } from '../db.ts';
import type { PurposeKey } from '../purpose-keys.ts';
import { recipients } from '../schema/index.ts';
import { readdressMail } from './readdress-mail.ts';
import { lockImports } from './recipient-rights.ts';

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
  const keys = { nameKey: nameKey(name), emailKey: emailKey(email) };
  const [same] = await tx
    .select({ id: recipients.id })
    .from(recipients)
    .where(and(eq(recipients.listId, was.listId), eq(recipients.emailKey, keys.emailKey), eq(recipients.nameKey, keys.nameKey)));
  if (same && same.id !== recipientId) return null;
  const nameRank = keys.nameKey === was.nameKey ? was.nameRank : await nextRank(tx, accountId, keys.nameKey);
  await tx
    .update(recipients)
    .set({ name, email, emailMasked: maskEmail(email), ...keys, nameRank })
    .where(mine);
  await writeTerms(correcting, { name, email });
  if (field === 'recipient_name') return was.name;
  await readdressMail({ tx, key, accountId, recipientId, from: was.email, to: email });
  return was.email;
}

async function nextRank(tx: Orm, accountId: string, key: string): Promise<number> {
  const [last] = await tx
    .select({ rank: sql<number>`coalesce(max(${recipients.nameRank}), 0)::integer` })
    .from(recipients)
    .where(and(eq(recipients.accountId, accountId), eq(recipients.nameKey, key)));
  return (last?.rank ?? 0) + 1;
}

async function writeTerms({ tx, recipientId }: Correcting, { name, email }: { name: string; email: string }): Promise<void> {
  const [names, addresses] = [termsOf(name), emailTermsOf(email)].map(
    (terms) =>
      sql`select unnest(array[${sql.join(
        terms.map((term) => sql`${term}`),
        sql`, `,
      )}]::text[]) as term`,
  );
  await tx.execute(sql`delete from recipient_terms where recipient_id = ${recipientId}`);
  await tx.execute(
    sql`insert into recipient_terms (account_id, term, name_key, name_rank, source, recipient_id, hidden_at)
        select r.account_id, w.term collate "C", r.name_key, r.name_rank, w.source, r.id, r.hidden_at
        from recipients r cross join (select n.term, 'name' as source from (${names}) n union all select e.term, 'email' from (${addresses}) e) w
        where r.id = ${recipientId}`,
  );
  const theirs = sql`(select c.id from certificates c where c.recipient_id = ${recipientId})`;
  await tx.execute(sql`delete from certificate_terms where source = 'recipient_name' and certificate_id in ${theirs}`);
  await tx.execute(
    sql`insert into certificate_terms (account_id, term, issued_on, public_number, source, certificate_id, hidden_at)
        select c.account_id, w.term collate "C", c.issued_on, c.public_number, 'recipient_name', c.id, c.hidden_at
        from certificates c cross join (${names}) w where c.recipient_id = ${recipientId}`,
  );
}
