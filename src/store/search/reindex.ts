import { and, asc, eq, exists, gt, inArray, like, or } from 'drizzle-orm';
import type { Clock } from '../../words/dates.ts';
import { shownVersion } from '../../policy/shapes/shown.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, certificates, databaseRules, lists, recipients, tlsCertificates } from '../schema/index.ts';
import { awaited } from './index-sql.ts';
import { lockImports } from '../visibility/recipient-rights.ts';
import { beginIndexing, indexCertificates, indexLists, indexRecipients, indexTlsNames } from './index-words.ts';

const progress = 'search index';
const rowsAtOnce = 100;

interface Reindexing {
  readonly orm: Orm;
  readonly clock: Clock;
}

/**
 * Orders and indexes every account by what this version shows of texts, unless that is done. Account by account and in short
 * transactions, so that calls are answered meanwhile; goes on where it was interrupted.
 */
export async function reindexAll({ orm, clock }: Reindexing): Promise<void> {
  const mark = async (hash: string): Promise<void> => {
    const row = { hash, appliedAt: clock() };
    await orm
      .insert(databaseRules)
      .values({ name: progress, ...row })
      .onConflictDoUpdate({ target: databaseRules.name, set: row });
  };
  const [stored] = await orm.select({ hash: databaseRules.hash }).from(databaseRules).where(eq(databaseRules.name, progress));
  if (stored?.hash === String(shownVersion)) return;
  const under = `${shownVersion} after `;
  let after = stored?.hash.startsWith(under) ? stored.hash.slice(under.length) : null;
  for (;;) {
    const accountId = await nextAccount(orm, after);
    if (accountId === null) break;
    await reindexAccount(orm, accountId);
    after = accountId;
    await mark(`${under}${after}`);
  }
  await mark(String(shownVersion));
}

/** Indexes again the accounts in which other writers left rows: an older version during a roll-out, or somebody by hand. */
export async function reindexAwaited(orm: Orm): Promise<void> {
  const waiting = await orm
    .select({ name: databaseRules.name, hash: databaseRules.hash })
    .from(databaseRules)
    .where(like(databaseRules.name, `${awaited}%`))
    .orderBy(databaseRules.name);
  for (const { name, hash } of waiting) {
    await reindexAccount(orm, name.slice(awaited.length));
    // A transaction that wrote meanwhile has set another.
    await orm.delete(databaseRules).where(and(eq(databaseRules.name, name), eq(databaseRules.hash, hash)));
  }
}

async function nextAccount(orm: Orm, after: string | null): Promise<string | null> {
  const ofAccount = (table: typeof lists | typeof tlsCertificates) =>
    orm.select({ id: table.id }).from(table).where(eq(table.accountId, accounts.id));
  const [next] = await orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(after === null ? undefined : gt(accounts.id, after), or(exists(ofAccount(lists)), exists(ofAccount(tlsCertificates)))))
    .orderBy(asc(accounts.id))
    .limit(1);
  return next?.id ?? null;
}

/** People are ranked in the order in which they came. */
async function reindexAccount(orm: Orm, accountId: string): Promise<void> {
  await inParts(orm, accountId, [accountId], (tx) => indexLists({ tx, where: eq(lists.accountId, accountId) }));
  const people = await orm
    .select({ id: recipients.id })
    .from(recipients)
    .where(eq(recipients.accountId, accountId))
    .orderBy(recipients.createdAt, recipients.id);
  await inParts(orm, accountId, people.map(idOf), async (tx, ids) => {
    await indexRecipients({ tx, where: inArray(recipients.id, ids) });
    await indexCertificates({ tx, where: inArray(certificates.recipientId, ids) });
  });
  const ofHosts = await orm.select({ id: tlsCertificates.id }).from(tlsCertificates).where(eq(tlsCertificates.accountId, accountId));
  await inParts(orm, accountId, ofHosts.map(idOf), (tx, ids) => indexTlsNames({ tx, where: inArray(tlsCertificates.id, ids) }));
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

/** Each part is a transaction of its own, and an import waits for one part at most. */
async function inParts(
  orm: Orm,
  accountId: string,
  ids: readonly string[],
  work: (tx: Orm, part: string[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < ids.length; at += rowsAtOnce) {
    await orm.transaction(async (tx) => {
      await lockImports({ tx, accountId });
      await beginIndexing(tx);
      await work(tx, ids.slice(at, at + rowsAtOnce));
    });
  }
}
