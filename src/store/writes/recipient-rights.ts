import { and, eq, sql } from 'drizzle-orm';
import { emailKey } from '../../policy/text.ts';
import type { Orm } from '../db.ts';
import { recipients } from '../schema/index.ts';

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

/** What hangs on a recipient, by the column that says so. */
function rowsOf(recipientId: string) {
  const theirs = sql`(select c.id from certificates c where c.recipient_id = ${recipientId})`;
  return [
    { table: 'certificate_terms', where: sql`certificate_id in ${theirs}` },
    { table: 'custom_values', where: sql`certificate_id in ${theirs}` },
    { table: 'recipient_terms', where: sql`recipient_id = ${recipientId}` },
    { table: 'certificates', where: sql`recipient_id = ${recipientId}` },
    { table: 'recipients', where: sql`id = ${recipientId}` },
  ];
}

/** Hides a recipient and their certificates under one stamp (CS-44). */
export async function hideRecipient({ tx, accountId, recipientId, at }: Recipient & { at: Date }): Promise<void> {
  await lockImports({ tx, accountId });
  for (const { table, where } of rowsOf(recipientId))
    await tx.execute(
      sql`update ${sql.identifier(table)} set hidden_at = ${at.toISOString()}::timestamptz
          where account_id = ${accountId} and ${where} and hidden_at is null`,
    );
}

/** Shows again what was hidden under this stamp. */
export async function showRecipient({ tx, accountId, recipientId, at }: Recipient & { at: Date }): Promise<void> {
  await lockImports({ tx, accountId });
  for (const { table, where } of rowsOf(recipientId))
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
  for (const { table, where } of rowsOf(recipientId))
    await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId} and ${where}`);
}

async function lockImports({ tx, accountId }: Pick<Recipient, 'tx' | 'accountId'>): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`import:${accountId}`}, 0))`);
}
