import { describe, expect, it } from 'vitest';
import { objectsTo, type Excused } from '../../src/disclosure/guard.ts';
import { removed, shapesIn, withoutShapes } from '../../src/policy/shapes/never-sent.ts';
import { encodings, lookAlikes, secrets } from '../support/guard-corpus.ts';
import { honestTexts, ownHost } from '../support/guard-honest-texts.ts';
import { hostileTexts } from '../support/guard-hostile-texts.ts';

const nothing: Excused = new Map();

describe('the guard', () => {
  it.each(Object.entries(encodings))('catches every listed shape in %s, alone and in a sentence (CF-12 to CF-15)', (_name, encode) => {
    for (const [kind, secret] of secrets) {
      const hidden = encode(secret);
      for (const text of [hidden, `see ${hidden}, please`, `(${hidden})`]) {
        expect([secret, shapesIn(text)]).toEqual([secret, expect.arrayContaining([kind])]);
        expect(objectsTo(JSON.stringify({ certificates: [{ title: text }] }), nothing)).toBe(true);
        const cleaned = withoutShapes(text);
        expect([cleaned.includes(removed), shapesIn(cleaned)]).toEqual([true, []]);
        expect(cleaned).not.toContain(hidden);
      }
    }
  });

  it.each(lookAlikes)('lets “%s” pass', (text) => {
    for (const each of [text, `Course on ${text}, part 2`]) {
      expect(shapesIn(each)).toEqual([]);
      expect(withoutShapes(each)).toBe(each);
      expect(objectsTo(JSON.stringify({ certificates: [{ title: each }] }), nothing)).toBe(false);
    }
  });

  it.each(hostileTexts)('removes a %s from “%s”, alone, in a sentence and in brackets', (kind, hidden) => {
    for (const text of [hidden, `see ${hidden}, please`, `(${hidden})`]) {
      expect(shapesIn(text, ownHost)).toContain(kind);
      expect(objectsTo(JSON.stringify({ certificates: [{ title: text }] }), nothing, ownHost)).toBe(true);
      const cleaned = withoutShapes(text, ownHost);
      expect([cleaned.includes(removed), cleaned.includes(hidden), shapesIn(cleaned, ownHost)]).toEqual([true, false, []]);
    }
  });

  it.each(honestTexts)('leaves “%s” as it is, alone and in a sentence', (text) => {
    for (const each of [text, `Course on ${text}, part 2`]) {
      expect([shapesIn(each, ownHost), withoutShapes(each, ownHost)]).toEqual([[], each]);
      expect(objectsTo(JSON.stringify({ certificates: [{ title: each }] }), nothing, ownHost)).toBe(false);
    }
  });

  it('takes every /v/ link for our own where nobody says which host that is', () => {
    const link = 'https://other.example/v/abcdefghijklmnop';
    expect([withoutShapes(link), withoutShapes(link, ownHost)]).toEqual([removed, link]);
  });

  it('looks at each value by itself: a word in one makes no address of the next', () => {
    expect(objectsTo(JSON.stringify({ title: 'Server IP', number: '10.20.30.40' }), nothing)).toBe(false);
    expect(objectsTo(JSON.stringify({ title: 'Server IP 10.20.30.40' }), nothing)).toBe(true);
  });

  it('keeps the text around a shape', () => {
    expect(withoutShapes('see 203.0.113.9 or call bob@corp.example, please')).toBe('see [removed] or call [removed], please');
    expect(withoutShapes('scan otpauth://totp/ada?issuer=x&secret=JBSWY3DPEHPK3PXP now')).toBe('scan [removed] now');
    const encoded = Buffer.from('bob@corp.example').toString('base64');
    expect(withoutShapes(`see ${encoded} or 550e8400e29b41d4a716446655440000, please`)).toBe('see [removed] or [removed], please');
  });

  it('excuses only the kinds that a field may carry: another shape in the same value is still one', () => {
    const may = (value: string): Excused => new Map([[value, new Set(['email' as const])]]);
    for (const [value, objects] of [
      ['write to ada@example.com', false],
      ['ada@example.com, from 203.0.113.77', true],
      ['ada@example.com cus_NffrFeUfNV2Hib', true],
      ['ada@example.com 550e8400-e29b-41d4-a716-446655440000', true],
    ] as const)
      expect([value, objectsTo(JSON.stringify({ contact: value }), may(value))]).toEqual([value, objects]);
  });

  it('excuses exactly the values that a field may carry, and no other like them', () => {
    const message = JSON.stringify({ email: 'ada@example.com', title: 'by bob@example.com' });
    expect(objectsTo(JSON.stringify({ email: 'ada@example.com' }), new Map([['ada@example.com', new Set(['email' as const])]]))).toBe(
      false,
    );
    expect(objectsTo(message, new Map([['ada@example.com', new Set(['email' as const])]]))).toBe(true);
  });
});
