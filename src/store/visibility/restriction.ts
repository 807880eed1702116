import { sql } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import type { TableName } from '../../policy/tables/all.ts';
import { heldCategories, heldCategoriesOf, type HeldCategoryName } from '../../policy/categories.ts';
import type { Orm } from '../engine/db.ts';
import { takeImportTurn } from '../engine/turns.ts';

/** Tables of a service whose rows carry `hidden_at`; dependent rows too, so that every index and read leaves them out (CS-44). */
const tablesOf: Readonly<Record<Service, readonly string[]>> = {
  certfusion: [
    'lists',
    'custom_fields',
    'recipients',
    'certificates',
    'certificate_terms',
    'recipient_terms',
    'custom_values',
    'verification_months',
    'quotas',
  ],
  certumssl: ['tls_orders', 'tls_certificates', 'tls_names', 'domain_privacy', 'domain_exposures'],
};

/** The categories of which a restriction of a service hides something: their records, or what is published of them. */
export function hiddenCategoriesOf(service: Service): HeldCategoryName[] {
  const isHidden = (table: TableName) => tablesOf[service].includes(table === 'verification_events' ? 'verification_months' : table);
  return heldCategoriesOf([service]).filter((name) => heldCategories[name].tables.some(isHidden));
}

interface Restriction {
  readonly tx: Orm;
  readonly accountId: string;
  readonly service: Service;
  readonly at: Date;
}

/** Hides what a service holds of the account under one stamp. What was hidden before stays under its own. */
export async function hideService({ tx, accountId, service, at }: Restriction): Promise<void> {
  await tx.execute(sql`set local statement_timeout = 0`);
  await takeImportTurn({ tx, accountId });
  for (const table of tablesOf[service])
    await tx.execute(
      sql`update ${sql.identifier(table)} set hidden_at = ${at.toISOString()}::timestamptz where account_id = ${accountId} and hidden_at is null`,
    );
}

/** Shows again what was hidden under this stamp, and nothing else. */
export async function showService({ tx, accountId, service, at }: Restriction): Promise<void> {
  await tx.execute(sql`set local statement_timeout = 0`);
  await takeImportTurn({ tx, accountId });
  for (const table of tablesOf[service])
    await tx.execute(
      sql`update ${sql.identifier(table)} set hidden_at = null where account_id = ${accountId} and hidden_at = ${at.toISOString()}::timestamptz`,
    );
}
