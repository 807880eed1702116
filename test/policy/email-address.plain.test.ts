import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlausibleEmail } from '../../src/policy/shapes/email-address.ts';
import { shapesIn, withoutShapes } from '../../src/policy/shapes/never-sent.ts';
import { cleanText, maskEmail } from '../../src/words/text.ts';

const letters = [
  'a',
  'Z',
  'é',
  'e\u0301',
  'ß',
  'я',
  'λ',
  'ם',
  'ع',
  'न',
  'का',
  'ம',
  'ไ',
  '京',
  'サ',
  '한',
  'ﾊ',
  'ａ',
  '𝐚',
  '٣',
  '५',
  '7',
  '0',
];
const signs = [...Array.from("!#$%&'*+/=?^_`{|}~.-"), '…', '。', '’', '·', '－', '²', '\u0301', '\u200d', '😀'];
const local = fc.array(fc.constantFrom(...letters, ...signs), { minLength: 1, maxLength: 12 }).map((each) => each.join(''));
const label = fc.array(fc.constantFrom(...letters, '-'), { minLength: 1, maxLength: 8 }).map((each) => each.join(''));
const topLevel = fc.oneof(
  fc.constant('203.0.113.77'),

  fc.constantFrom('com', 'example', 'भारत', 'ไทย', 'இந்தியா', 'испытание', '中国', '닷컴', 'xn--p1ai', 'museum', '7a'),
  label,
);
const address = fc
  .tuple(local, fc.constantFrom('@', '@', '@', '﹫', '＠'), fc.array(label, { minLength: 1, maxLength: 3 }), topLevel)
  .map(([name, at, labels, top]) => `${name}${at}${top.startsWith('203.') ? top : [...labels, top].join('.')}`);
const around = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '…',
    '"',
    '<',
    '@',
    '/',
    '//',
    '%4',
    '&#',
    '\\u00',
    '(',
    '.',
    '-',
    ':',
    'a',
    '7',
    'я',
    '京',
    '\u0301',
    '。',
    '…@',
    'x.',
    '-x.y',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

describe('an e-mail address', () => {
  it('that import accepts is seen by the guard in any text around it, and nothing of it is left', () => {
    let accepted = 0;
    fc.assert(
      fc.property(address, around, around, (email, before, after) => {
        fc.pre(isPlausibleEmail(email));
        accepted += 1;
        const text = `${before}${email}${after}`;
        expect(shapesIn(text)).toContain('email');
        expect(withoutShapes(text)).not.toContain(email);
        expect(shapesIn(cleanText(text, 2_000))).toContain('email');
      }),
      { numRuns: 3_000, seed: 11, maxSkipsPerRun: 1_000 },
    );
    expect(accepted).toBe(3_000);
  });

  it('is accepted in the scripts and with the signs that people have', () => {
    const people = [
      'ada@example.com',
      'ada!@example.org',
      'o*@example.org',
      "d'@example.org",
      'team#@example.org',
      'x/y=@example.org',
      'a.b+c@163.com',
    ];
    const scripts = [
      'डाटा@उदाहरण.भारत',
      'ada@ตัวอย่าง.ไทย',
      'வணக்கம்@உதாரணம்.இந்தியா',
      'bu@bu\u0308cher.example',
      'анна@пример.испытание',
      '田中@例え.テスト',
    ];
    expect([...people, ...scripts].filter((each) => !isPlausibleEmail(each))).toEqual([]);
  });

  it('is none where it is a version, a handle behind a path, or one of our masks', () => {
    const others = [
      'React@18.2.0',
      'WebLogic@12.2.1.4',
      'react@18.2.0-rc.1',
      'tiktok.example/@ada.lovelace',
      'a…@example.com',
      'ada@example',
      'ada@example.7',
      'ada@-x.example',
    ];
    expect(others.filter((each) => isPlausibleEmail(each) || shapesIn(each).includes('email'))).toEqual([]);
  });

  it('isn’t seen in its own mask', () => {
    fc.assert(
      fc.property(address, (email) => {
        fc.pre(isPlausibleEmail(email));
        expect([email, shapesIn(maskEmail(email)).includes('email')]).toEqual([email, false]);
      }),
      { numRuns: 1_000, seed: 12, maxSkipsPerRun: 1_000 },
    );
  });
});
