import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { retentionClasses } from '../../src/policy/retention.ts';

const source = join(import.meta.dirname, '../../src');
const inWords: Readonly<Record<string, string>> = { 3: 'three', 7: 'seven', 12: 'twelve', 30: 'thirty', 36: 'thirty-six' };

const said = Object.values(retentionClasses).flatMap(({ period }) => {
  const [, count = '', unit = ''] = /^(\d+) (months|years|days)$/.exec(period) ?? [];
  return count === '' ? [] : [`(?:${[count, inWords[count]].filter((each) => each !== undefined).join('|')})[ -]${unit.slice(0, -1)}s?`];
});
const patterns = [
  new RegExp(`\\b(?:${[...new Set(said)].join('|')})\\b`, 'gi'),
  /\b(?:kept|keep|retained|retention|lived?)(?:For)?(?:Months|Days|Years)\b(?=[^\n]*\d)/gi,
  /\b(?:addMonths|dueOn|startedBefore)\([^()]*,\s*-?(?:[3-9]|\d\d)\b/g,
];

/** Other lengths of time that happen to be as long, each for what it is. */
const others: Readonly<Record<string, string>> = {
  'config/settings.ts: 3 years': 'an example of RETENTION',
  'policy/notices/certumssl.ts: 30 days': 'the time to answer a request (CS-29)',
  'rights/deadlines.ts: 30 days': 'the time to answer a request (CS-29)',
  'policy/tls.ts: Thirty days': 'when a renewal is due',
};

function saidIn(path: string, text: string): string[] {
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => `${path}: ${found}`));
}

describe('a period', () => {
  it('stands in policy/retention alone: other files derive it', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(?:tsx?|sql)$/.test(path));
    const own = files.filter((path) => path !== 'policy/retention.ts' && !path.startsWith('policy/promises/'));
    const found = own.flatMap((path) => saidIn(path, readFileSync(join(source, path), 'utf8')));
    expect([...new Set(found)].filter((each) => !(each in others))).toEqual([]);
    expect(Object.keys(others).filter((each) => !found.includes(each))).toEqual([]);
  });

  it.each([
    ['const keptMonths = 36;', 'keptMonths'],
    ['/** Deleted after 12 months. */', '12 months'],
    ['its three years begin', 'three years'],
    ["now() - interval '7 years'", '7 years'],
    ['addMonths(validUntil, 36)', 'addMonths(validUntil, 36'],
    ["startedBefore('30 days', now)", '30 days'],
  ])('that is said again is found: %s', (text, found) => {
    expect(saidIn('a.ts', text)).toEqual([`a.ts: ${found}`]);
  });
});
