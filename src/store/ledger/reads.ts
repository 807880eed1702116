import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { disclosures, externalDisclosures, ledgerHeads, ledgerLeaves, ledgerWriters } from '../schema/index.ts';

interface Page {
  readonly orm: Orm;
  readonly writer: string;
  readonly after: number;
  readonly limit: number;
}

const isoOf = (at: typeof disclosures.at | typeof externalDisclosures.at) =>
  sql<string>`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Runs `look` on one unchanging view of the ledger, while others write. */
export async function withLedgerSnapshot<Seen>(orm: Orm, look: (tx: Orm) => Promise<Seen>): Promise<Seen> {
  return orm.transaction(look, { isolationLevel: 'repeatable read', accessMode: 'read only' });
}

export async function writersOf({ orm }: { readonly orm: Orm }): Promise<string[]> {
  const rows = await orm.select({ id: ledgerWriters.id }).from(ledgerWriters).orderBy(asc(ledgerWriters.startedAt), asc(ledgerWriters.id));
  return rows.map(({ id }) => id);
}

/** A chain's leaves in order, with what is left of the rows that they were made of. */
export async function leavesOf({ orm, writer, after, limit }: Page) {
  const [l, d, e] = [ledgerLeaves, disclosures, externalDisclosures];
  const told = {
    salt: d.salt,
    account_id: d.accountId,
    app_id: d.appId,
    grant_id: d.grantId,
    at: isoOf(d.at),
    day: d.day,
    tool: d.tool,
    purpose: d.purpose,
    field_names: d.fieldNames,
    record_count: d.recordCount,
    outcome: d.outcome,
  };
  const outside = {
    salt: e.salt,
    account_id: e.accountId,
    gag_until: e.gagUntil,
    gag_reason: e.gagReason,
    at: isoOf(e.at),
    day: e.day,
    code: e.code,
    recipient: e.recipient,
    field_names: e.fieldNames,
    record_count: e.recordCount,
  };
  return orm
    .select({ seq: l.seq, leaf: l.leaf, told, outside })
    .from(l)
    .leftJoin(d, and(eq(d.writerId, l.writerId), eq(d.seq, l.seq)))
    .leftJoin(e, and(eq(e.writerId, l.writerId), eq(e.seq, l.seq)))
    .where(and(eq(l.writerId, writer), gt(l.seq, after)))
    .orderBy(asc(l.seq))
    .limit(limit);
}

export async function headsAfter({ orm, writer, after, limit }: Page) {
  const t = ledgerHeads;
  return orm
    .select({ seq: t.seq, head: t.head, signature: t.signature, keyId: t.keyId })
    .from(t)
    .where(and(eq(t.writerId, writer), gt(t.seq, after)))
    .orderBy(asc(t.seq))
    .limit(limit);
}

/** How many rows stand beside the chains: nothing was ever signed of them. */
export async function countLooseRows({ orm }: { readonly orm: Orm }): Promise<number> {
  const [l, d, e] = [ledgerLeaves, disclosures, externalDisclosures];
  const count = sql<number>`count(*)::float8`;
  const told = await orm
    .select({ count })
    .from(d)
    .leftJoin(l, and(eq(l.writerId, d.writerId), eq(l.seq, d.seq)))
    .where(isNull(l.seq));
  const outside = await orm
    .select({ count })
    .from(e)
    .leftJoin(l, and(eq(l.writerId, e.writerId), eq(l.seq, e.seq)))
    .where(isNull(l.seq));
  return (told[0]?.count ?? 0) + (outside[0]?.count ?? 0);
}
