import { createHash, verify } from 'node:crypto';
import { systemClock } from '../../src/words/dates.ts';
import { ledgerSigningKey } from '../../src/store/ledger/chain.ts';
import type { Database } from '../../src/store/engine/db.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { testDataKey } from './templates.ts';

export interface StoredRow {
  readonly writer: string;
  readonly seq: number;
  readonly salt: string;
  readonly leaf: string;
  readonly account_id: string;
  readonly app_id: string;
  readonly grant_id: string;
  readonly at: string;
  readonly tool: string;
  readonly purpose: string;
  readonly field_names: readonly string[];
  readonly record_count: number;
  readonly outcome: string;
}

interface StoredHead {
  readonly writer: string;
  readonly seq: number;
  readonly head: string;
  readonly signature: string;
}

/** Every row of the ledger; fails where a chain has a gap, a leaf that is not its row's, or a head that is not signed. */
export async function soundLedger(database: Database): Promise<StoredRow[]> {
  const { ledger } = await loadPurposeKeys({ orm: database.orm, dataKey: testDataKey, clock: systemClock });
  const { publicKey } = ledgerSigningKey(ledger);
  const rows = await database.statement<StoredRow>(
    `select l.writer_id as writer, l.seq::integer as seq, encode(d.salt, 'hex') as salt, encode(l.leaf, 'hex') as leaf, d.account_id,
            d.app_id, d.grant_id, d.at, d.tool, d.purpose, d.field_names, d.record_count, d.outcome
     from ledger_leaves l full join disclosures d on d.writer_id = l.writer_id and d.seq = l.seq order by l.writer_id, l.seq`,
    [],
  );
  const heads = await database.statement<StoredHead>(
    `select writer_id as writer, seq::integer as seq, encode(head, 'hex') as head, encode(signature, 'hex') as signature
     from ledger_heads order by writer_id, seq`,
    [],
  );
  for (const writer of new Set(rows.map((row) => row.writer))) {
    const own = (each: { readonly writer: string }) => each.writer === writer;
    verifyChain(rows.filter(own), heads.filter(own), publicKey);
  }
  return rows;
}

/** The leaf as the file of signed heads describes it, written without the product's own functions. */
export function writtenLeaf(row: Omit<StoredRow, 'writer' | 'seq' | 'leaf'>): Buffer {
  const salt = Buffer.from(row.salt, 'hex');
  const whose = sha256(salt, `["${row.account_id}","${row.app_id}","${row.grant_id}"]`).toString('hex');
  const names = row.field_names.map((name) => `"${name}"`).join(',');
  const words = ['tool', whose, new Date(row.at).toISOString(), row.tool, row.purpose].map((word) => `"${word}"`).join(',');
  return sha256(salt, `[${words},[${names}],${row.record_count},"${row.outcome}"]`);
}

export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function verifyChain(rows: readonly StoredRow[], heads: readonly StoredHead[], publicKey: Parameters<typeof verify>[2]): void {
  let head: Buffer = Buffer.alloc(32);
  const after = new Map<number, string>();
  for (const [index, row] of rows.entries()) {
    if (row.seq !== index + 1) throw new Error(`a chain goes from ${index} to ${row.seq}`);
    const leaf = writtenLeaf(row);
    if (leaf.toString('hex') !== row.leaf) throw new Error(`row ${row.seq} is not what its leaf was made of`);
    head = sha256(head, leaf);
    after.set(row.seq, head.toString('hex'));
  }
  if (heads.at(-1)?.seq !== rows.length) throw new Error('the end of a chain is not signed');
  for (const each of heads) {
    if (after.get(each.seq) !== each.head) throw new Error(`head ${each.seq} is not that of its chain`);
    if (!verify(null, Buffer.from(each.head, 'hex'), publicKey, Buffer.from(each.signature, 'hex')))
      throw new Error(`head ${each.seq} is not signed by the ledger's key`);
  }
}
