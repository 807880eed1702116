import { looksLikeUuid } from '../../src/policy/shapes/public-number.ts';
import fc from 'fast-check';
import { isPlausibleEmail } from '../../src/policy/shapes/email-address.ts';
import { describe, expect, it } from 'vitest';
import { cleanText, emailKey, emailTermsOf, fold, maskEmail, nameKey, queryWords, termsOf } from '../../src/words/text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 80 });

describe('folding', () => {
  it.each([
    ['  Straße   ŁÓDŹ ', 'strasse lodz'],
    ['Đorđe Ærø Þóra Œuvre', 'dorde aero thora oeuvre'],
    ['İSTANBUL ısıl', 'istanbul isil'],
    ['ΟΔΥΣΣΕΎΣ', 'οδυσσευσ'],
    ['Королёва', 'королева'],
    ['שָׂרָה', 'שרה'],
    ['مُحَمَّد', 'محمد'],
    ['ｆｕｌｌ　ｗｉｄｔｈ', 'full width'],
    ['D’Aubigné', "d'aubigne"],
  ])('makes %s and its plain spelling the same', (written, folded) => {
    expect(fold(written)).toBe(folded);
    expect(fold(folded)).toBe(folded);
  });

  it('keeps vowel signs and voicing marks, which tell words apart', () => {
    expect(fold('हिन्दी')).toBe('हिन्दी');
    expect(fold('が')).not.toBe(fold('か'));
  });

  it('changes nothing when done twice, whatever the text', () => {
    fc.assert(fc.property(anyText, (text) => fold(fold(text)) === fold(text)));
    fc.assert(fc.property(anyText, (text) => nameKey(nameKey(text)) === nameKey(text)));
  });

  it('gives the same key to a text whether its accents are composed or not', () => {
    fc.assert(fc.property(anyText, (text) => fold(text.normalize('NFC')) === fold(text.normalize('NFD'))));
  });
});

describe('terms', () => {
  it('are the distinct folded words', () => {
    expect(termsOf('First Aid, first aid – Zürich (2024)')).toEqual(['first', 'aid', 'zurich', '2024']);
    expect(termsOf('CF-2026-0007')).toEqual(['cf', '2026', '0007']);
    expect(termsOf('…')).toEqual([]);
  });

  it('let a search find words inside a run that is written without spaces', () => {
    expect(termsOf('東京大学AI')).toEqual(['東京大学ai', '京大学ai', '大学ai', '学ai', 'ai']);
    expect(termsOf('김철수')).toContain('철수');
    expect(termsOf('ใบรับรอง').some((term) => term.startsWith('รับรอง'))).toBe(true);
  });

  it('are at most 64, of at most 64 characters, and every question about a short text finds it', () => {
    expect(termsOf(Array.from({ length: 100 }, (_, at) => `w${at}`).join(' '))).toHaveLength(64);
    expect(termsOf('x'.repeat(100))).toEqual(['x'.repeat(64)]);
    fc.assert(
      fc.property(anyText, (text) => {
        const terms = termsOf(text);
        expect(terms.length).toBeLessThanOrEqual(64);
        expect(terms.every((term) => Array.from(term).length <= 64)).toBe(true);
        expect(queryWords(text).every((word) => terms.some((term) => term.startsWith(word)))).toBe(true);
      }),
    );
  });

  it('of an address are the whole and its parts', () => {
    expect(emailTermsOf('Ada.Byron@Example.org')).toEqual(['ada.byron@example.org', 'ada', 'byron', 'example', 'org']);
  });

  it('of a question are at most eight words without suffixes', () => {
    expect(queryWords('東京大学 Ada ada')).toEqual(['東京大学', 'ada']);
    expect(queryWords('a b c d e f g h i j')).toHaveLength(8);
  });
});

describe('what people see', () => {
  it('shows of a masked address its first character and its domain', () => {
    expect(maskEmail('ada@example.com')).toBe('a…@example.com');
    expect(maskEmail('😀smile@example.com')).toBe('😀…@example.com');
    expect(maskEmail('not an address')).toBe('…');
  });

  it('never holds control, bidi or zero-width characters, lone surrogates or doubled blanks', () => {
    expect(cleanText('  a\u202eb\u200d\u0000c\r\n\td \ud800e\u{e0041} ', 100)).toBe('ab c d e');
    const unseen = /[\p{Cc}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\p{Cs}\u{e0000}-\u{e0fff}]| {2}/u;
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, atMost) => {
        const cleaned = cleanText(text, atMost);
        expect(cleaned).not.toMatch(unseen);
        expect(Array.from(cleaned).length).toBeLessThanOrEqual(atMost);
      }),
    );
  });

  it('cuts between characters, not inside one', () => {
    expect(cleanText('😀😀😀', 2)).toBe('😀😀');
  });
});

describe('addresses and numbers', () => {
  it.each(['ada@example.com', "o'brien+x@sub.example.co", 'ユーザー@例え.テスト'])('takes %s for an address', (text) => {
    expect(isPlausibleEmail(text)).toBe(true);
  });

  it.each([
    '',
    'ada',
    'ada@',
    '@example.com',
    'ada@example',
    'a b@example.com',
    'a@b@example.com',
    'a@-example.com',
    'a@example..com',
    `a@${'b'.repeat(260)}.com`,
  ])('does not take %s for an address', (text) => {
    expect(isPlausibleEmail(text)).toBe(false);
  });

  it('takes addresses for one when only case differs, and not when accents do', () => {
    expect(emailKey(' Ada@Example.COM ')).toBe(emailKey('ada@example.com'));
    expect(emailKey('adá@example.com')).not.toBe(emailKey('ada@example.com'));
  });

  it('knows a UUID with and without dashes, alone and inside a text', () => {
    expect(looksLikeUuid('550e8400-e29b-41d4-a716-446655440000')).toBe(true);
    expect(looksLikeUuid('C-550E8400-E29B-41D4-A716-446655440000')).toBe(true);
    expect(looksLikeUuid('{550e8400e29b41d4a716446655440000}')).toBe(true);
    expect(looksLikeUuid('CF-2026-0001')).toBe(false);
  });
});
