import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const salt = z.string().regex(/^[0-9a-f]{32}$/);
const row = {
  /** Which of the head's leaves this row is, from 0. */
  leaf: z.int().min(0),
  salt,
  whose: hash,
  at: z.iso.datetime(),
  field_names: z.array(z.string()),
  record_count: z.int().min(0),
};

const toldRow = z.strictObject({
  ...row,
  kind: z.literal('tool'),
  app: z.string(),
  tool: z.string(),
  purpose: z.string(),
  outcome: z.string(),
});
const outsideRow = z.strictObject({ ...row, kind: z.literal('outside'), code: z.string(), recipient: z.string() });

/** A signed head, the head and the leaves that it is made of, and those of its rows that are the owner's. */
export const provenHead = z.strictObject({
  before: hash,
  leaves: z.array(hash).min(1),
  head: hash,
  signature: z.string().regex(/^[0-9a-f]{128}$/),
  key: z.string(),
  signed_at: z.iso.datetime(),
  rows: z.array(z.discriminatedUnion('kind', [toldRow, outsideRow])),
});
export type ProvenHead = z.output<typeof provenHead>;

export const publicKey = z.strictObject({ kid: z.string(), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });
export type LedgerPublicKey = z.output<typeof publicKey>;

/** The file of `/dashboard/disclosures/heads.json`: an owner's rows of the ledger, and what it takes to check them without the database. */
export const ledgerProof = z.strictObject({
  format: z.literal('certveil-ledger-1'),
  how: z.array(z.string()),
  keys: z.array(publicKey),
  heads: z.array(provenHead),
});
export type LedgerProof = z.output<typeof ledgerProof>;

/** How anyone checks the file, without this program. */
export const howToCheck: readonly string[] = [
  'leaf = SHA-256(salt ‖ JSON array). Of a tool call: ["tool", whose, at, tool, purpose, field_names, record_count, outcome]; of a disclosure outside the tools: ["outside", whose, at, code, recipient, field_names, record_count].',
  'whose = SHA-256 of the same salt and the ids of account, app and grant, which stay in the database.',
  'head = SHA-256(previous head ‖ leaf), leaf by leaf, from "before"; leaves without a row here belong to other accounts or were deleted at the end of their period.',
  'signature = Ed25519 over the 32 bytes of the head, by the key that is named. A kid is the RFC 7638 thumbprint of its key.',
];
