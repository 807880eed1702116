import bidiFactory, { type Bidi } from 'bidi-js';
import type { Face, Weight } from './fonts.ts';

const bidi = openBidi();

/** A part of a line in one face and one direction, as the typesetter takes it. */
export interface Run {
  readonly face: Face;
  readonly text: string;
}

export type Direction = 'ltr' | 'rtl';

/** True where a face has a glyph. */
export type Covers = (face: Face, codePoint: number) => boolean;

interface Piece {
  readonly face: Face;
  readonly level: number;
  text: string;
}

const scripts = {
  arabic: /\p{Script=Arabic}/u,
  devanagari: /\p{Script=Devanagari}/u,
  han: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/u,
} as const;
const shared = /[\p{Script=Common}\p{Script=Inherited}]/u;
const mark = /\p{M}/u;
const arabicFirst = /^[\p{Script=Common}\p{Script=Inherited}]*\p{Script=Arabic}/u;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** What stands for a character that no face has. */
const replacement = '\ufffd';

/** The direction of a text's first letter (UAX #9, P2). */
export function directionOf(text: string): Direction {
  const [first] = bidi.getEmbeddingLevels(text, 'auto').paragraphs;
  return (first?.level ?? 0) % 2 === 1 ? 'rtl' : 'ltr';
}

/** A line's runs from left to right, in reading order within each (UAX #9): every character in the face of its script. */
export function runsOf(line: string, { weight, covers, direction }: { weight: Weight; covers: Covers; direction: Direction }): Run[] {
  const { levels } = bidi.getEmbeddingLevels(line, direction);
  const mirrored = bidi.getMirroredCharactersMap(line, levels);
  const pieces: Piece[] = [];
  let at = 0;
  for (const character of line) {
    const level = levels[at] ?? 0;
    const last = pieces.at(-1);
    const { face, text } = choose(mirrored.get(at) ?? character, { weight, covers, before: last?.face });
    at += character.length;
    if (last && last.level === level && (last.face === face || text === '')) last.text += text;
    else if (text !== '') pieces.push({ face, level, text });
  }
  return visual(pieces).map(({ face, level, text }) => ({
    face,
    text: (level % 2 === 1) === arabicFirst.test(text) ? text : backwards(text),
  }));
}

/** Marks, digits, blanks and points stay in the face before them. */
function choose(character: string, { weight, covers, before }: { weight: Weight; covers: Covers; before: Face | undefined }): Run {
  const codePoint = character.codePointAt(0) ?? 0;
  const order = shared.test(character) && before ? [before, ...weight] : [weight[scriptOf(character)] ?? weight[0], ...weight];
  const face = order.find((each) => each !== undefined && covers(each, codePoint));
  if (face) return { face, text: character };
  const first = weight[0] ?? 'latin';
  return mark.test(character) ? { face: before ?? first, text: '' } : { face: first, text: replacement };
}

function scriptOf(character: string): number {
  return 1 + Object.values(scripts).findIndex((each) => each.test(character));
}

/** The package is CommonJS whose export is the factory itself; its types speak of an ES module. */
function openBidi(): Bidi {
  return (bidiFactory as unknown as () => Bidi)();
}

/** Turns round, from the highest level down to the lowest odd one, what stands at it or above (UAX #9, L2). */
function visual(pieces: readonly Piece[]): Piece[] {
  const ordered = [...pieces];
  const highest = Math.max(0, ...pieces.map(({ level }) => level));
  for (let level = highest; level >= 1; level -= 1) {
    for (let start = 0; start < ordered.length; start += 1) {
      let end = start;
      while ((ordered[end]?.level ?? -1) >= level) end += 1;
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = Math.max(start, end - 1);
    }
  }
  return ordered;
}

/** For a run that the typesetter, which looks at its first letter, would lay out the other way. */
function backwards(text: string): string {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
    .reverse()
    .join('');
}
