import { and, eq, sql, type SQL } from 'drizzle-orm';
import { emailKey } from '../../words/text.ts';
import type { Orm } from '../engine/db.ts';
import { recipients } from '../schema/index.ts';
import { takeImportTurn } from '../engine/turns.ts';

interface Recipient {
  readonly tx: Orm;
  readonly accountId: string;
  readonly recipientId: string;
}

/** The recipients of an account under an e-mail address, one for each list they are in. */
export async function recipientsWith({ orm, accountId, email }: { orm: Orm; accountId: string; email: string }): Promise<string[]> {
  const rows = await orm
    .select({ id: recipients.id })
    .from(recipients)
    .where(and(eq(recipients.accountId, accountId), eq(recipients.emailKey, emailKey(email))))
    .orderBy(recipients.id);
  return rows.map(({ id }) => id);
}

/** What hangs on recipients, by the column that says so. */
function rowsOf(them: SQL) {
  const theirs = sql`(select c.id from certificates c where c.recipient_id in ${them})`;
  return [
    { table: 'certificate_terms', where: sql`certificate_id in ${theirs}` },
    { table: 'custom_values', where: sql`certificate_id in ${theirs}` },
    { table: 'recipient_terms', where: sql`recipient_id in ${them}` },
    { table: 'certificates', where: sql`recipient_id in ${them}` },
    { table: 'recipients', where: sql`id in ${them}` },
  ];
}

/** The person of a recipient's record: all records of the account under their address. */
function samePerson({ accountId, recipientId }: Omit<Recipient, 'tx'>) {
  return sql`(select p.id from recipients p join recipients one on one.email_key = p.email_key and one.account_id = p.account_id
              where p.account_id = ${accountId} and one.id = ${recipientId})`;
}

/** Hides a recipient, in whichever lists, and their certificates under one stamp (CS-44). What was hidden before stays under its own. */
export async function hideRecipient({ tx, accountId, recipientId, at }: Recipient & { at: Date }): Promise<void> {
  await lockImports({ tx, accountId });
  for (const { table, where } of rowsOf(samePerson({ accountId, recipientId })))
    await tx.execute(
      sql`update ${sql.identifier(table)} set hidden_at = ${at.toISOString()}::timestamptz
          where account_id = ${accountId} and ${where} and hidden_at is null`,
    );
}

/** Shows again what was hidden under this stamp. */
export async function showRecipient({ tx, accountId, recipientId, at }: Recipient & { at: Date }): Promise<void> {
  await lockImports({ tx, accountId });
  for (const { table, where } of rowsOf(samePerson({ accountId, recipientId })))
    await tx.execute(
      sql`update ${sql.identifier(table)} set hidden_at = null
          where account_id = ${accountId} and ${where} and hidden_at = ${at.toISOString()}::timestamptz`,
    );
}

/** Deletes a recipient, their certificates, and the openings of their verification links. */
export async function deleteRecipient({ tx, accountId, recipientId }: Recipient): Promise<void> {
  await lockImports({ tx, accountId });
  await tx.execute(
    sql`delete from verification_events where certificate_id in (
          select c.id from certificates c where c.account_id = ${accountId} and c.recipient_id = ${recipientId})`,
  );
  for (const { table, where } of rowsOf(sql`(${recipientId}::uuid)`))
    await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId} and ${where}`);
}

/** Until the transaction ends nothing is imported into the account. */
export async function lockImports({ tx, accountId }: Pick<Recipient, 'tx' | 'accountId'>): Promise<void> {
  await takeImportTurn({ tx, accountId });
}
