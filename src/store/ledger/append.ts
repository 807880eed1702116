import type { Orm, Statement } from '../engine/db.ts';
import { ledgerWriters } from '../schema/index.ts';

/** One ledger row on its way to the database; bytes in hexadecimal. */
export interface LedgerEntry {
  readonly seq: number;
  readonly leaf: string;
  readonly salt: string;
  readonly digest: string;
  readonly account_id: string;
  readonly app_id: string;
  readonly grant_id: string;
  /** Scopes that the answer used: the grant must still have them all when the row is committed. */
  readonly scopes: readonly string[];
  readonly at: string;
  readonly tool: string;
  readonly purpose: string;
  readonly field_names: readonly string[];
  readonly record_count: number;
  readonly outcome: string;
}

export interface LedgerBatch {
  readonly writer: string;
  readonly entries: readonly LedgerEntry[];
  readonly now: Date;
  readonly seq: number;
  readonly head: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyId: string;
}

/** Begins a chain, through the application's own login: whoever knows its id may append to it, and the tools' login can't read it. */
export async function openLedgerWriter({ orm, writer, now }: { orm: Orm; writer: string; now: Date }): Promise<void> {
  await orm.insert(ledgerWriters).values({ id: writer, startedAt: now });
}

/** Appends the batch, or nothing: then the answer is the seqs of the entries whose grant lives no more. */
export async function appendDisclosures({ tools, batch }: { tools: Statement; batch: LedgerBatch }): Promise<number[]> {
  const { writer, entries, now, seq, head, signature, keyId } = batch;
  const rows = await tools<{ dead: string | number }>('select dead from certveil.append_disclosures($1, $2, $3, $4, $5, $6, $7)', [
    writer,
    now.toISOString(),
    JSON.stringify(entries),
    seq,
    head,
    signature,
    keyId,
  ]);
  return rows.map(({ dead }) => Number(dead));
}
