import { describe, expect, it } from 'vitest';
import { objectsTo } from '../../src/disclosure/guard.ts';
import { removed, shapesIn, withoutShapes } from '../../src/policy/shapes.ts';
import { encodings, lookAlikes, secrets } from '../support/guard-corpus.ts';

const nothing: ReadonlySet<string> = new Set();

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

  it('keeps the text around a shape', () => {
    expect(withoutShapes('see 203.0.113.9 or call bob@corp.example, please')).toBe('see [removed] or call [removed], please');
    const encoded = Buffer.from('bob@corp.example').toString('base64');
    expect(withoutShapes(`see ${encoded} or 550e8400e29b41d4a716446655440000, please`)).toBe('see [removed] or [removed], please');
  });

  it('excuses exactly the values that a field may carry, and no other like them', () => {
    const message = JSON.stringify({ email: 'ada@example.com', title: 'by bob@example.com' });
    expect(objectsTo(JSON.stringify({ email: 'ada@example.com' }), new Set(['ada@example.com']))).toBe(false);
    expect(objectsTo(message, new Set(['ada@example.com']))).toBe(true);
  });
});
