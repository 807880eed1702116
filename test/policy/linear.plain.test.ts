import { describe, expect, it } from 'vitest';
import { objectsTo } from '../../src/disclosure/guard.ts';
import { namesFor, domainKey } from '../../src/policy/domains.ts';
import { isPlausibleEmail } from '../../src/policy/shapes/email-address.ts';
import { hasNumberAlphabet, looksLikeUuid } from '../../src/policy/shapes/public-number.ts';
import { shapesIn, withoutShapes } from '../../src/policy/shapes/never-sent.ts';
import { cleanText, emailKey, emailTermsOf, fold, maskEmail, queryWords, termsOf } from '../../src/words/text.ts';
import { secrets } from '../support/guard-corpus.ts';

/** What a pattern begins with, goes on with or never reaches the end of. */
const literals = [
  'eyJ',
  '.eyJ',
  'eyJa.eyJ',
  'eyJeyJeyJa.',
  'Bearer ',
  'otpauth:',
  '-----BEGIN ',
  '-----',
  '-',
  '$',
  '$1$',
  '$2b$',
  '$5$a',
  'pi_',
  '_',
  'pi_a',
  '@',
  'a@',
  'a@b',
  'a@b.',
  'a@b.c',
  '@a.',
  '.',
  '1.',
  '1.1.1.',
  '203.0.113.',
  ':',
  '::',
  'a:',
  'abcd:',
  '2001:db8::',
  '/',
  '/v/',
  '//',
  'v/',
  '+',
  '+4',
  '+49 ',
  '1',
  '1 ',
  '1-',
  '4111 ',
  '4111/',
  '1111 - ',
  '00 49 ',
  '202-555-',
  'ibande8',
  'DE 8',
  'evt_Summer2024',
  '41',
  'DE89',
  'DE89 3',
  'A1',
  'tel ',
  'tel 1',
  '550e8400-',
  '550e8400-e29b-',
  'e29b-',
  'e29b ',
  'e29b_',
  'e29b - ',
  'e29b--',
  'е29b·',
  '446655440000 - ',
  '%',
  '%4',
  '%40',
  '%2540',
  '&',
  '&#',
  '&#64;',
  '&amp;',
  '\\',
  '\\u0040',
  '\\x4',
  '…',
  '…@',
  '＠',
  '。',
  '\u0301',
  'e\u0301',
  '\u200b',
  '\u{1d7ce}',
  'ip ',
  'from ',
  'host: ',
  'upgrade from 1.',
  'A',
  'aA1',
  'YWRh',
  '616461',
  ' ',
  '  ',
  '\t',
  '\n',
  '"',
  '"@',
  '(',
  '[',
  '<',
  'a',
  'é',
  '京',
  'サ',
  '-a',
  'a-',
  '*.',
  'xn--',
];
const combinations = [
  'see a@b.co eyJ',
  'eyJ.$@',
  'a@b.co/550e8400-e29b-41d4-a716-446655440000/',
  '203.0.113.77/',
  '203.0.113.77:80:',
  'eyJaaaaaaaaaaa.eyJaaaaaaaaaaa.',
  'cus_NffrFeUfNV2Hib_',
  '$2b$12$abcdefghij$',
  '4111 1111 1111 1111 ',
  '+49 30 901820 ',
  'DE89 3704 0044 0532 0130 00 ',
  'https://certs.example/v/',
  'a.b.c.d.e@',
  '%25%34%30',
  '&amp;#64;',
];
const hostile = [...new Set([...literals, ...combinations, ...secrets.map(([, text]) => text)])];

const readers: readonly (readonly [string, (text: string) => unknown])[] = [
  ['withoutShapes', (text) => withoutShapes(text, 'certs.example')],
  ['shapesIn', (text) => shapesIn(text)],
  ['the guard', (text) => objectsTo(JSON.stringify({ title: text }), new Map(), 'certs.example')],
  ['cleanText', (text) => cleanText(text, text.length)],
  ['fold and terms', (text) => [fold(text), termsOf(text), emailTermsOf(text), queryWords(text)]],
  ['e-mail', (text) => [isPlausibleEmail(text), maskEmail(text), emailKey(text)]],
  ['number', (text) => [looksLikeUuid(text), hasNumberAlphabet(text)]],
  ['domain', (text) => [domainKey(text), namesFor(text)]],
];

const long = 2_000;

describe('no text of other people costs more than its length', () => {
  it.each(readers)(
    '%s: twice the text takes at most three times as long, for repeats of every literal and combination',
    (_name, read) => {
      const slow = hostile.filter((each) => !isLinear(read, each));
      expect(slow).toEqual([]);
    },
    120_000,
  );
});

/** The best of several rounds, taken again where a busy machine may have spoiled it. */
function isLinear(read: (text: string) => unknown, repeated: string): boolean {
  const text = repeated.repeat(Math.ceil(long / repeated.length));
  for (let rounds = 2; rounds <= 64; rounds *= 2) {
    const twice = best(read, text + text, rounds);
    if (twice < quick || twice <= best(read, text, rounds) * 3) return true;
  }
  return false;
}

/** In milliseconds for 4,000 characters: steps that grow with the square take longer. */
const quick = 8;

function best(read: (text: string) => unknown, text: string, rounds: number): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    read(text);
    least = Math.min(least, performance.now() - begin);
  }
  return least;
}
