import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { ledgerProof, type LedgerPublicKey, type ProvenHead } from '../policy/ledger-proof.ts';
import { headAfter, outsideLeaf, thumbprintOf, toldLeaf } from '../store/ledger/chain.ts';

/** What a look at an owner's file found, without the database. */
export interface ProofReport {
  readonly rows: number;
  /** In hexadecimal. */
  readonly heads: readonly string[];
  readonly keys: readonly string[];
  readonly problems: readonly string[];
}

/** Checks a file of `/dashboard/disclosures/heads.json`: each row fits its leaf, the leaves their head, the head its signature. Null for another file. */
export function verifyProof(content: unknown): ProofReport | null {
  const parsed = ledgerProof.safeParse(content);
  if (!parsed.success) return null;
  const { keys, heads } = parsed.data;
  const known = new Map(keys.map((key) => [key.kid, keyOf(key)]));
  const problems = heads.flatMap((head, at) => problemsOf(head, known).map((problem) => `head ${at + 1}: ${problem}`));
  for (const { kid, x } of keys) if (thumbprintOf(x) !== kid) problems.push(`the key ${kid} is not the one that is named`);
  return {
    rows: heads.reduce((sum, { rows }) => sum + rows.length, 0),
    heads: heads.map(({ head }) => head),
    keys: keys.map(({ kid }) => kid),
    problems,
  };
}

function problemsOf({ before, leaves, head, signature, key, rows }: ProvenHead, keys: ReadonlyMap<string, KeyObject>): string[] {
  const problems: string[] = [];
  const folded = leaves.reduce((sum, leaf) => headAfter(sum, hex(leaf)), hex(before));
  if (folded.toString('hex') !== head) problems.push('its leaves were changed, taken out, put in or moved');
  const signer = keys.get(key);
  if (!signer || !verify(null, hex(head), signer, hex(signature))) problems.push('it is not signed by a key of this file');
  const seen = new Set<number>();
  for (const row of rows) {
    const made = row.kind === 'tool' ? toldLeaf(hex(row.salt), row.whose, row) : outsideLeaf(hex(row.salt), row.whose, row);
    if (seen.has(row.leaf)) problems.push(`leaf ${row.leaf} has two rows`);
    seen.add(row.leaf);
    if (made.toString('hex') !== leaves[row.leaf]) problems.push(`the row of leaf ${row.leaf} is not what it was made of`);
  }
  return problems;
}

function keyOf({ kty, crv, x }: LedgerPublicKey): KeyObject {
  return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
