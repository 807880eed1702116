import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Orm } from '../engine/db.ts';
import * as schema from '../schema/index.ts';

type Rows<Table extends PgTable> = readonly Table['$inferInsert'][];

/** Rows that only the demo makes as they are: everything but what comes through the import. */
export interface DemoRows {
  readonly accounts: Rows<typeof schema.accounts>;
  readonly memberships: Rows<typeof schema.memberships>;
  readonly passwordLinks: Rows<typeof schema.passwordLinks>;
  readonly quotas: Rows<typeof schema.quotas>;
  readonly billingProfiles: Rows<typeof schema.billingProfiles>;
  readonly transactions: Rows<typeof schema.transactions>;
  readonly contactMessages: Rows<typeof schema.contactMessages>;
  readonly supportMessages: Rows<typeof schema.supportMessages>;
  readonly vettingDocuments: Rows<typeof schema.vettingDocuments>;
  readonly tlsOrders: Rows<typeof schema.tlsOrders>;
  readonly orderContacts: Rows<typeof schema.orderContacts>;
  readonly domainPrivacy: Rows<typeof schema.domainPrivacy>;
  readonly domainExposures: Rows<typeof schema.domainExposures>;
  readonly privacyRequests: Rows<typeof schema.privacyRequests>;
  readonly legalHolds: Rows<typeof schema.legalHolds>;
}

export async function writeDemoRows(orm: Orm, rows: DemoRows): Promise<void> {
  await orm.transaction(async (tx) => {
    await insertAll(tx, schema.accounts, rows.accounts);
    await insertAll(tx, schema.memberships, rows.memberships);
    await insertAll(tx, schema.passwordLinks, rows.passwordLinks);
    await insertAll(tx, schema.quotas, rows.quotas);
    await insertAll(tx, schema.billingProfiles, rows.billingProfiles);
    await insertAll(tx, schema.transactions, rows.transactions);
    await insertAll(tx, schema.contactMessages, rows.contactMessages);
    await insertAll(tx, schema.supportMessages, rows.supportMessages);
    await insertAll(tx, schema.vettingDocuments, rows.vettingDocuments);
    await insertAll(tx, schema.tlsOrders, rows.tlsOrders);
    await insertAll(tx, schema.orderContacts, rows.orderContacts);
    await insertAll(tx, schema.domainPrivacy, rows.domainPrivacy);
    await insertAll(tx, schema.domainExposures, rows.domainExposures);
    await insertAll(tx, schema.privacyRequests, rows.privacyRequests);
    await insertAll(tx, schema.legalHolds, rows.legalHolds);
  });
}

const begun = { name: 'demo', hash: 'begun' } as const;

/** Notes that demo data is being made: it takes several transactions, and a process may die between two. */
export async function beginDemo(orm: Orm, now: Date): Promise<void> {
  await orm.insert(schema.databaseRules).values({ ...begun, appliedAt: now });
}

export async function finishDemo(orm: Orm): Promise<void> {
  await orm.update(schema.databaseRules).set({ hash: 'made' }).where(eq(schema.databaseRules.name, begun.name));
}

export async function isDemoHalfMade(orm: Orm): Promise<boolean> {
  const [mark] = await orm.select().from(schema.databaseRules).where(eq(schema.databaseRules.name, begun.name));
  return mark?.hash === begun.hash;
}

export type DemoEvent = typeof schema.verificationEvents.$inferInsert;

export async function writeDemoEvents(orm: Orm, events: readonly DemoEvent[]): Promise<void> {
  await orm.transaction((tx) => insertAll(tx, schema.verificationEvents, events));
}

const rowsAtOnce = 1000;

async function insertAll<Table extends PgTable>(tx: Orm, table: Table, rows: Rows<Table>): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) await tx.insert(table).values(rows.slice(at, at + rowsAtOnce));
}

export async function revokeDemoTlsCertificates(
  orm: Orm,
  { accountId, commonNames, on }: { accountId: string; commonNames: readonly string[]; on: string },
): Promise<void> {
  const { tlsCertificates } = schema;
  await orm
    .update(tlsCertificates)
    .set({ revokedOn: on })
    .where(and(eq(tlsCertificates.accountId, accountId), inArray(tlsCertificates.commonName, [...commonNames])));
}

/** An account's certificates and when they were issued, in the order that a caller sees. */
export async function demoCertificateIds(orm: Orm, accountId: string): Promise<{ id: string; issuedOn: string }[]> {
  return orm
    .select({ id: schema.certificates.id, issuedOn: schema.certificates.issuedOn })
    .from(schema.certificates)
    .where(eq(schema.certificates.accountId, accountId))
    .orderBy(schema.certificates.issuedOn, schema.certificates.publicNumber);
}

/** A hidden list's published month, whose counts no tool may tell. */
export async function plantHiddenMonth(orm: Orm, { accountId, month }: { accountId: string; month: string }): Promise<void> {
  const hidden = await orm
    .select({ listId: schema.lists.id, hiddenAt: schema.lists.hiddenAt })
    .from(schema.lists)
    .where(and(eq(schema.lists.accountId, accountId), isNotNull(schema.lists.hiddenAt)));
  const rows = hidden.map((list) => ({ accountId, month, views: 1_618_033, downloads: 2_718_281, ...list }));
  await insertAll(orm, schema.verificationMonths, rows);
}

/** Hides a list and everything that hangs on it, as a restriction does. */
export async function hideDemoList(orm: Orm, { accountId, name, at }: { accountId: string; name: string; at: Date }): Promise<void> {
  const hidden = { hiddenAt: at };
  await orm.transaction(async (tx) => {
    const [list] = await tx
      .update(schema.lists)
      .set(hidden)
      .where(and(eq(schema.lists.accountId, accountId), eq(schema.lists.name, name)))
      .returning({ id: schema.lists.id });
    if (!list) return;
    const recipients = tx.select({ id: schema.recipients.id }).from(schema.recipients).where(eq(schema.recipients.listId, list.id));
    const certificates = tx.select({ id: schema.certificates.id }).from(schema.certificates).where(eq(schema.certificates.listId, list.id));
    await tx.update(schema.customFields).set(hidden).where(eq(schema.customFields.listId, list.id));
    await tx.update(schema.customValues).set(hidden).where(inArray(schema.customValues.certificateId, certificates));
    await tx.update(schema.certificateTerms).set(hidden).where(inArray(schema.certificateTerms.certificateId, certificates));
    await tx.update(schema.recipientTerms).set(hidden).where(inArray(schema.recipientTerms.recipientId, recipients));
    await tx.update(schema.certificates).set(hidden).where(eq(schema.certificates.listId, list.id));
    await tx.update(schema.recipients).set(hidden).where(eq(schema.recipients.listId, list.id));
  });
}
