import { and, asc, desc, eq, isNull } from 'drizzle-orm';
import type { ExceptionCode } from '../../policy/lawful-exceptions.ts';
import type { Orm } from '../engine/db.ts';
import { isTold } from './proof.ts';
import { accounts, externalDisclosures, ledgerHeads, ledgerLeaves, ledgerWriters } from '../schema/index.ts';

export interface OutsideDisclosure {
  readonly accountId: string;
  readonly code: ExceptionCode;
  readonly recipient: string;
  readonly fieldNames: readonly string[];
  readonly recordCount: number;
  readonly gagUntil: string | null;
  readonly gagReason: string | null;
}

export interface ChainedRow {
  readonly writerId: string;
  readonly salt: Uint8Array;
  readonly leaf: Uint8Array;
  readonly head: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyId: string;
}

/** Writes the one row of a chain of its own. Answers its id. */
export async function insertOutside({
  tx,
  disclosure,
  chained,
  now,
}: {
  tx: Orm;
  disclosure: OutsideDisclosure;
  chained: ChainedRow;
  now: Date;
}): Promise<string> {
  const { writerId, salt, leaf, head, signature, keyId } = chained;
  await tx.insert(ledgerWriters).values({ id: writerId, startedAt: now });
  await tx.insert(ledgerLeaves).values({ writerId, seq: 1, leaf });
  await tx.insert(ledgerHeads).values({ writerId, seq: 1, head, signature, keyId, signedAt: now });
  const row = {
    ...disclosure,
    fieldNames: [...disclosure.fieldNames],
    writerId,
    seq: 1,
    salt,
    at: now,
    day: now.toISOString().slice(0, 10),
  };
  const [inserted] = await tx.insert(externalDisclosures).values(row).returning({ id: externalDisclosures.id });
  if (!inserted) throw new Error('a row was not inserted');
  return inserted.id;
}

export interface Untold {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
}

/** A disclosure whose person wasn't told and may be now, locked until the transaction ends; null when there is none. */
export async function lockUntold({ tx, today }: { tx: Orm; today: string }): Promise<Untold | null> {
  const e = externalDisclosures;
  const [row] = await tx
    .select({ id: e.id, accountId: e.accountId, email: accounts.email })
    .from(e)
    .innerJoin(accounts, eq(accounts.id, e.accountId))
    .where(and(isNull(e.notifiedAt), isTold(today)))
    .orderBy(asc(e.at))
    .limit(1)
    .for('update', { of: e, skipLocked: true });
  return row ?? null;
}

export async function markTold({ tx, id, now }: { tx: Orm; id: string; now: Date }): Promise<void> {
  await tx.update(externalDisclosures).set({ notifiedAt: now }).where(eq(externalDisclosures.id, id));
}

/** What the owner may see, the newest first. */
export async function outsideDisclosuresOf({
  orm,
  accountId,
  today,
  limit,
}: {
  orm: Orm;
  accountId: string;
  today: string;
  limit: number;
}) {
  const e = externalDisclosures;
  return orm
    .select({ day: e.day, code: e.code, recipient: e.recipient, fieldNames: e.fieldNames, recordCount: e.recordCount })
    .from(e)
    .where(and(eq(e.accountId, accountId), isTold(today)))
    .orderBy(desc(e.at))
    .limit(limit);
}
