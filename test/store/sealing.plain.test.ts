import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CannotOpen } from '../../src/crypto/sealed.ts';
import { open, openText, placeOf, seal } from '../../src/store/engine/sealing.ts';

const key = { id: randomUUID(), bytes: randomBytes(32) };
const place = placeOf('accounts.phone_sealed', 'row 1');

describe('a sealed value (CS-55c)', () => {
  it('opens with its key in its place', () => {
    expect(openText(key, seal(key, 'über +44 20', place), place)).toBe('über +44 20');
    expect(open(key, seal(key, new Uint8Array(0), place), place)).toHaveLength(0);
  });

  it('names its key in front, shows nothing of its text, and never looks the same twice', () => {
    const sealed = Buffer.from(seal(key, 'canary canary canary', place));
    expect(sealed.subarray(0, 16).toString('hex')).toBe(key.id.replaceAll('-', ''));
    expect(sealed.includes('canary')).toBe(false);
    expect(sealed.equals(seal(key, 'canary canary canary', place))).toBe(false);
  });

  it('does not open for another key, in another row, cut short, or with any byte changed', () => {
    const sealed = Buffer.from(seal(key, 'phone', place));
    expect(() => open({ id: key.id, bytes: randomBytes(32) }, sealed, place)).toThrow(CannotOpen);
    expect(() => open({ id: randomUUID(), bytes: key.bytes }, sealed, place)).toThrow(CannotOpen);
    expect(() => open(key, sealed, placeOf('accounts.phone_sealed', 'row 2'))).toThrow(CannotOpen);
    expect(() => open(key, sealed.subarray(0, -1), place)).toThrow(CannotOpen);
    expect(() => open(key, new Uint8Array(3), place)).toThrow(CannotOpen);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => open(key, changed, place)).toThrow(CannotOpen);
    }
  });
});
