import { verify, type KeyObject } from 'node:crypto';
import type { Orm } from '../store/engine/db.ts';
import { firstHead, headAfter, ledgerSigningKey, outsideLeaf, toldLeaf, whoseOutside, whoseTold } from '../store/ledger/chain.ts';
import { countLooseRows, headsAfter, leavesOf, withLedgerSnapshot, writersOf } from '../store/ledger/reads.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';

/** What a look at the whole ledger found. Without a problem nothing was changed, taken out, put in or moved. */
export interface LedgerReport {
  readonly chains: number;
  readonly rows: number;
  /** Rows whose content was deleted at the end of its period; their leaves stay. */
  readonly pruned: number;
  readonly heads: number;
  /** Heads without any row and without a signature of the ledger: somebody with the tools' login could once put them in. They say nothing. */
  readonly strangers: number;
  readonly problems: readonly string[];
}

interface Search {
  readonly orm: Orm;
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Heads that somebody kept and that weren't met yet; hexadecimal. */
  readonly wanted: Set<string>;
  rows: number;
  pruned: number;
  heads: number;
  strangers: number;
  readonly problems: string[];
}

type Leaf = Awaited<ReturnType<typeof leavesOf>>[number];
type Head = Awaited<ReturnType<typeof headsAfter>>[number];

const pageSize = 2_000;

export interface VerifyLedgerDeps {
  readonly orm: Orm;
  readonly keys: readonly PurposeKey[];
  /** Heads that were exported earlier, in hexadecimal: one that is in no chain shows that its end was cut off. */
  readonly kept?: readonly string[];
}

/** Checks each chain of the database from its first row to its last signed head. */
export async function verifyLedger({ orm, keys, kept = [] }: VerifyLedgerDeps): Promise<LedgerReport> {
  const publicKeys = new Map(keys.map((key) => [key.id, ledgerSigningKey(key).publicKey]));
  return withLedgerSnapshot(orm, async (tx) => {
    const search: Search = { orm: tx, keys: publicKeys, wanted: new Set(kept), rows: 0, pruned: 0, heads: 0, strangers: 0, problems: [] };
    const writers = await writersOf({ orm: tx });
    let chains = 0;
    for (const [at, writer] of writers.entries()) chains += (await verifyChain(search, writer, `chain ${at + 1}`)) ? 1 : 0;
    const loose = await countLooseRows({ orm: tx });
    if (loose > 0) search.problems.push(`rows that are in no chain: ${loose}`);
    for (const head of search.wanted) search.problems.push(`the kept head ${head} is in no chain: rows were taken out or changed since`);
    const { rows, pruned, heads, strangers, problems } = search;
    return { chains, rows, pruned, heads, strangers, problems };
  });
}

/** False for a writer that never wrote. */
async function verifyChain(search: Search, writer: string, name: string): Promise<boolean> {
  const heads = pagesOf((after) => headsAfter({ orm: search.orm, writer, after, limit: pageSize }));
  const next = async (): Promise<Head | null> => (await heads.next()).value ?? null;
  let signed = await next();
  let lastSigned = 0;
  let head = firstHead;
  let last = 0;
  for await (const leaf of pagesOf((after) => leavesOf({ orm: search.orm, writer, after, limit: pageSize }))) {
    if (leaf.seq !== last + 1) search.problems.push(`${name}: row ${last + 1} is missing`);
    last = leaf.seq;
    verifyRow(search, leaf, `${name}: row ${last}`);
    head = headAfter(head, leaf.leaf);
    for (; signed && signed.seq <= last; signed = await next()) {
      verifyHead(search, signed, signed.seq === last ? head : null, `${name}: the head of row ${signed.seq}`);
      lastSigned = signed.seq;
    }
  }
  for (; signed && last === 0 && !isSigned(search, signed); signed = await next()) search.strangers += 1;
  if (signed) search.problems.push(`${name}: its rows end at ${last}, and a head signs row ${signed.seq}`);
  if (lastSigned < last) search.problems.push(`${name}: no head signs its rows after ${lastSigned}`);
  return last > 0;
}

function verifyHead(search: Search, signed: Head, head: Uint8Array | null, name: string): void {
  search.heads += 1;
  if (head === null || !Buffer.from(head).equals(signed.head)) search.problems.push(`${name} is not that of its chain`);
  else if (!isSigned(search, signed)) search.problems.push(`${name} is not signed by a key of the ledger`);
  else search.wanted.delete(Buffer.from(head).toString('hex'));
}

function isSigned({ keys }: Search, { keyId, head, signature }: Head): boolean {
  const key = keys.get(keyId);
  return key !== undefined && verify(null, head, key, signature);
}

function verifyRow(search: Search, { leaf, told, outside }: Leaf, name: string): void {
  search.rows += 1;
  if (told === null && outside === null) {
    search.pruned += 1;
    return;
  }
  const made = [
    ...(told ? [toldLeaf(told.salt, whoseTold(told.salt, told), told)] : []),
    ...(outside ? [outsideLeaf(outside.salt, whoseOutside(outside.salt, outside), outside)] : []),
  ];
  const isSound = made.every((each) => each.equals(leaf)) && [told, outside].every((row) => row === null || row.at.startsWith(row.day));
  if (!isSound) search.problems.push(`${name} is not what its leaf was made of`);
}

/** Row after row, a page of them in memory. */
async function* pagesOf<Row extends { readonly seq: number }>(read: (after: number) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  for (let after = 0, full = true; full;) {
    const rows = await read(after);
    yield* rows;
    after = rows.at(-1)?.seq ?? after;
    full = rows.length === pageSize;
  }
}
