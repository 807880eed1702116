import { createCipheriv, createDecipheriv } from 'node:crypto';
import { derive } from '../crypto/derive.ts';
import type { HandleKind } from '../policy/fields/field.ts';

/** Names records for one audience: an app, or an account's own dashboard. Two audiences share no handle. */
export interface Handles {
  /** The record's id as a handle: kind prefix and 26 characters of Crockford base32. */
  encode(kind: HandleKind, id: string): string;
  /** The id behind a handle; null for anything that this audience was never given. */
  decode(kind: HandleKind, handle: string): string | null;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const version = 1;
const keysKept = 10_000;

type Cipher = { readonly encrypt: (block: Buffer) => Buffer; readonly decrypt: (block: Buffer) => Buffer };

/** One AES-256 block under HKDF(handle key, audience ‖ kind ‖ version). Deterministic on purpose: an app sees a record under one name. */
export function makeHandles(handleKey: Buffer): (audience: { app: string } | { account: string }) => Handles {
  const ciphers = new Map<string, Cipher>();
  const cipherOf = (audience: string, kind: HandleKind): Cipher => {
    const name = `${audience} ${kind} ${version}`;
    const known = ciphers.get(name);
    if (known) return known;
    if (ciphers.size >= keysKept) ciphers.clear();
    const cipher = openCipher(derive(handleKey, `handle ${name}`));
    ciphers.set(name, cipher);
    return cipher;
  };
  return (audience) => {
    const name = 'app' in audience ? `app ${audience.app}` : `account ${audience.account}`;
    return {
      encode: (kind, id) => `${kind}_${toBase32(cipherOf(name, kind).encrypt(uuidBytes(id)))}`,
      decode: (kind, handle) => {
        const block = handle.startsWith(`${kind}_`) ? fromBase32(handle.slice(kind.length + 1)) : null;
        return block && uuidOf(cipherOf(name, kind).decrypt(block));
      },
    };
  };
}

function openCipher(key: Buffer): Cipher {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const decipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return { encrypt: (block) => cipher.update(block), decrypt: (block) => decipher.update(block) };
}

function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** Only a version 4 UUID can be a record's id: 63 of 64 forged handles end here. */
function uuidOf(block: Buffer): string | null {
  const hex = block.toString('hex');
  if (hex[12] !== '4' || !'89ab'.includes(hex[16] ?? '')) return null;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function toBase32(block: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of block) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text + alphabet[(held << (5 - bits)) & 31];
}

/** Refuses what is not 26 characters and non-zero spare bits, or two strings would name one record. */
function fromBase32(text: string): Buffer | null {
  if (text.length !== 26) return null;
  const block = Buffer.alloc(16);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    block[at++] = (held >>> bits) & 255;
    held &= (1 << bits) - 1;
  }
  return held === 0 ? block : null;
}
