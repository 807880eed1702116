import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto';
import { derive } from '../../crypto/derive.ts';
import type { PurposeKey } from '../engine/purpose-keys.ts';

/** What a row says that may be shown to its owner. */
export interface ToldContent {
  readonly at: string;
  readonly tool: string;
  readonly purpose: string;
  readonly field_names: readonly string[];
  readonly record_count: number;
  readonly outcome: string;
}

/** What a row of a disclosure outside the tools says. */
export interface OutsideContent {
  readonly at: string;
  readonly code: string;
  readonly recipient: string;
  readonly field_names: readonly string[];
  readonly record_count: number;
}

export interface ToldRow extends ToldContent {
  readonly account_id: string;
  readonly app_id: string;
  readonly grant_id: string;
}

export interface OutsideRow extends OutsideContent {
  readonly account_id: string;
  readonly gag_until: string | null;
  readonly gag_reason: string | null;
}

/** The head before the first leaf. */
export const firstHead: Buffer = Buffer.alloc(32);

/** SHA-256(salt ‖ the content as a JSON array in fixed order, behind `whose`: the row's hash of the ids that don't leave). */
export function toldLeaf(salt: Uint8Array, whose: string, row: ToldContent): Buffer {
  return salted(salt, ['tool', whose, row.at, row.tool, row.purpose, row.field_names, row.record_count, row.outcome]);
}

/** The same for a disclosure outside the tools. */
export function outsideLeaf(salt: Uint8Array, whose: string, row: OutsideContent): Buffer {
  return salted(salt, ['outside', whose, row.at, row.code, row.recipient, row.field_names, row.record_count]);
}

/** Binds a row to its account, app and grant, and tells none of their ids; hexadecimal. */
export function whoseTold(salt: Uint8Array, row: Pick<ToldRow, 'account_id' | 'app_id' | 'grant_id'>): string {
  return salted(salt, [row.account_id, row.app_id, row.grant_id]).toString('hex');
}

/** Binds a row to its account, and to until when and why it was kept from the person (CS-39); hexadecimal. */
export function whoseOutside(salt: Uint8Array, row: Pick<OutsideRow, 'account_id' | 'gag_until' | 'gag_reason'>): string {
  return salted(salt, [row.account_id, row.gag_until, row.gag_reason]).toString('hex');
}

/** SHA-256(previous head ‖ leaf). */
export function headAfter(head: Uint8Array, leaf: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([head, leaf]), 'buffer');
}

/** The Ed25519 key that signs heads, made from its purpose key. */
export function ledgerSigningKey(key: Pick<PurposeKey, 'bytes'>): { privateKey: KeyObject; publicKey: KeyObject } {
  const seed = derive(key.bytes, 'ledger head ed25519');
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** RFC 7638: by this the owner knows the key again. */
export function thumbprintOf(x: string): string {
  return hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url');
}

function salted(salt: Uint8Array, parts: readonly unknown[]): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(JSON.stringify(parts))]), 'buffer');
}
