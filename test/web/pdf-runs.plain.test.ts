import { describe, expect, it } from 'vitest';
import { weights, type Face } from '../../src/web/verify/pdf/fonts.ts';
import { directionOf, runsOf } from '../../src/web/verify/pdf/runs.ts';

const scripts: Readonly<Partial<Record<Face, RegExp>>> = {
  latin: /[\p{Script=Latin}\p{Script=Cyrillic}\p{Nd}\p{P}\p{Zs}\u0300-\u036f\ufffd]/u,
  arabic: /[\p{Script=Arabic}\p{Nd}\p{P}\p{Zs}\u064b-\u065f]/u,
  devanagari: /[\p{Script=Devanagari}\p{Zs}]/u,
  han: /[\p{Script=Han}\p{P}]/u,
};

function set(line: string): (readonly [Face, string])[] {
  const covers = (face: Face, codePoint: number) => scripts[face]?.test(String.fromCodePoint(codePoint)) ?? false;
  return runsOf(line, { weight: weights.text, covers, direction: directionOf(line) }).map(({ face, text }) => [face, text] as const);
}

function words(line: string): string[] {
  return set(line)
    .map(([, text]) => text.trim())
    .filter((text) => text !== '');
}

describe('the runs of a line', () => {
  it('put every letter in the face of its script, and blanks and points into the face before them', () => {
    expect(set('Ada 王, Мария')).toEqual([
      ['latin', 'Ada '],
      ['han', '王,'],
      ['latin', ' Мария'],
    ]);
  });

  it('stand from left to right as they are seen: a Latin name in an Arabic line, an Arabic one in a Latin line (UAX #9)', () => {
    expect(words('فاطمة Smith حسّان')).toEqual(['حسّان', 'Smith', 'فاطمة']);
    expect(words('Ada فاطمة حسّان Byron')).toEqual(['Ada', 'فاطمة حسّان', 'Byron']);
  });

  it('keep the digits of a number in their order among Arabic', () => {
    expect(set('سنة 2026').map(([, text]) => text)).toEqual(['2026', 'سنة ']);
  });

  it('turn brackets round where the line runs from right to left', () => {
    expect(
      set('أمن (أ)')
        .map(([, text]) => text)
        .join(''),
    ).toBe('أمن )أ(');
  });

  it('hold one sign for each letter without a glyph, and none for its marks', () => {
    expect(set('ก\u0e34ข')).toEqual([['latin', '\ufffd\ufffd']]);
  });
});
