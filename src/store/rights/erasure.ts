import { and, count, eq, isNull, max, sql } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import { heldCategories, type HeldCategoryName } from '../../policy/categories.ts';
import type { Orm } from '../engine/db.ts';
import { marks } from '../rules/marks.ts';
import { accounts, legalHolds, memberships, transactions } from '../schema/index.ts';
import { takeImportTurn } from '../engine/turns.ts';
import { endEverySession } from '../accounts/sessions.ts';

interface Owned {
  readonly tx: Orm;
  readonly accountId: string;
}

/** What a service holds of an account, in an order that its references allow. Rows that hang on these go with them. */
const tablesOf: Readonly<Record<Service, readonly string[]>> = {
  certfusion: [
    'verification_months',
    'certificates',
    'certificate_terms',
    'recipients',
    'recipient_terms',
    'custom_fields',
    'lists',
    'quotas',
    'issuance_counts',
  ],
  certumssl: [
    'order_contacts',
    'tls_certificates',
    'tls_orders',
    'domain_exposures',
    'domain_privacy',
    'vetting_documents',
    'billing_profiles',
  ],
};

/** What belongs to no service: gone with the last of them. */
const accountTables = [
  'support_messages',
  'contact_messages',
  'password_links',
  'oauth_artifacts',
  'outbox',
  'consent_events',
  'disclosures',
  'external_disclosures',
  'grants',
] as const;

export async function isUnderHold({ tx, accountId }: Owned): Promise<boolean> {
  const holds = await tx
    .select({ id: legalHolds.id })
    .from(legalHolds)
    .where(and(eq(legalHolds.accountId, accountId), isNull(legalHolds.liftedAt)))
    .limit(1);
  return holds.length > 0;
}

/** Deletes what a service holds of an account, and the membership. */
export async function deleteService({ tx, accountId, service }: Owned & { service: Service }): Promise<void> {
  await tx.execute(sql`set local statement_timeout = 0`);
  await takeImportTurn({ tx, accountId });
  if (service === 'certfusion') await deleteEventsOf({ tx, accountId });
  await deleteRowsOf({ tx, accountId, tables: tablesOf[service] });
  await tx.delete(memberships).where(and(eq(memberships.accountId, accountId), eq(memberships.service, service)));
}

/** Deletes an account's rows of some tables, and nothing that hangs on them. */
export async function deleteRowsOf({ tx, accountId, tables }: Owned & { tables: readonly string[] }): Promise<void> {
  for (const table of tables) {
    if (table === 'verification_events') await deleteEventsOf({ tx, accountId });
    else await deleteOwned({ tx, accountId, table });
  }
}

async function deleteEventsOf({ tx, accountId }: Owned): Promise<void> {
  await tx.execute(
    sql`delete from verification_events where certificate_id in (select c.id from certificates c where c.account_id = ${accountId})`,
  );
}

async function deleteOwned({ tx, accountId, table }: Owned & { table: string }): Promise<void> {
  await tx.execute(sql`delete from ${sql.identifier(table)} where account_id = ${accountId}`);
}

export async function hasService({ tx, accountId }: Owned): Promise<boolean> {
  const left = await tx.select({ service: memberships.service }).from(memberships).where(eq(memberships.accountId, accountId)).limit(1);
  return left.length > 0;
}

/** Of these categories, those of which the account has any. */
export async function heldOf({
  tx,
  accountId,
  categories,
}: Owned & { categories: readonly HeldCategoryName[] }): Promise<HeldCategoryName[]> {
  const held: HeldCategoryName[] = [];
  for (const name of categories) {
    const any = heldCategories[name].tables.map(
      (table) => sql`exists (select from ${sql.identifier(table)} t where t.${sql.identifier(marks[table].owner ?? '')} = ${accountId})`,
    );
    const [row] = await tx.select({ held: sql<boolean>`h.held` }).from(sql`(select ${sql.join(any, sql` or `)} as held) h`);
    if (row?.held) held.push(name);
  }
  return held;
}

/** How many transactions are kept, and the day of the last. */
export async function transactionsOf({ tx, accountId }: Owned): Promise<{ count: number; lastOn: string | null }> {
  const [row] = await tx
    .select({ count: count(), lastOn: max(transactions.occurredOn) })
    .from(transactions)
    .where(eq(transactions.accountId, accountId));
  return { count: row?.count ?? 0, lastOn: row?.lastOn ?? null };
}

/** Empties an account that has no service left: its sign-in, apps, letters and ledger content go, an empty row stays. */
export async function emptyAccount({ tx, accountId, now }: Owned & { now: Date }): Promise<void> {
  await endEverySession({ tx, accountId });
  for (const table of accountTables) await deleteOwned({ tx, accountId, table });
  await tx.execute(sql`update privacy_requests set app_id = null where account_id = ${accountId}`);
  await deleteOwned({ tx, accountId, table: 'apps' });
  await tx
    .update(accounts)
    .set({
      email: '',
      emailMasked: '',
      emailKey: `erased ${accountId}`,
      displayName: '',
      region: null,
      phoneSealed: null,
      passwordHash: null,
      mfaSecretSealed: null,
      disabledAt: now,
      hiddenAt: now,
      erasedAt: now,
    })
    .where(eq(accounts.id, accountId));
}

/** Deletes an emptied account's row, when nothing must be kept. */
export async function deleteAccount({ tx, accountId }: Owned): Promise<void> {
  for (const table of ['request_steps', 'privacy_requests', 'legal_holds']) await deleteOwned({ tx, accountId, table });
  await tx.delete(accounts).where(eq(accounts.id, accountId));
}
