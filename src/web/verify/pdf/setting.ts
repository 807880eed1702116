import type { Covers, Direction, Run } from './runs.ts';
import { directionOf, runsOf } from './runs.ts';
import { type Font, type Fonts, type Weight, weights } from './fonts.ts';

export type Document = PDFKit.PDFDocument;

export interface Style {
  readonly weight: keyof typeof weights;
  /** In points; a text that needs more room gets smaller, down to `least`. */
  readonly size: number;
  readonly least: number;
  readonly colour: string;
  /** Baseline to baseline, in sizes. */
  readonly leading: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly align: 'centre' | 'left';
}

interface Line {
  readonly text: string;
  readonly runs: readonly Run[];
}

interface Fitted {
  readonly size: number;
  readonly lines: readonly Line[];
}

const features: PDFKit.Mixins.OpenTypeFeatures[] = ['liga'];
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const breaksAfter = /[\s\p{Pd}/\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;
const breaksBefore = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const ellipsis = '…';
/** Texts whose glyphs, in their order, are their characters. Of others a reader is told the text itself (ISO 32000, 14.9.4). */
const speaksForItself =
  /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Nd}\p{P}\p{Zs}]*$/u;
/** A letter with more marks than any language gives it would climb over its neighbours. */
const towers = /([\u0300-\u036f]{2})[\u0300-\u036f]+|(\p{M}{4})\p{M}+/gu;

/** Opens a font file. The types of a document don't show the font that it has open. */
export function openFont(doc: Document, file: Buffer): Font {
  return (doc.font(file) as unknown as { readonly _font: { readonly font: Font } })._font.font;
}

/** A font that is open already, which the types of `registerFont` don't speak of. */
function sourceOf(font: Font): Buffer {
  return font as unknown as Buffer;
}

export interface Typesetter {
  /** Sets a text in a box, upright in its middle: as large as fits, then in more lines, at last cut off with an ellipsis. */
  set(text: string, style: Style, box: Box): void;
}

export function makeTypesetter(doc: Document, fonts: Fonts): Typesetter {
  for (const [face, font] of fonts) doc.registerFont(face, sourceOf(font));
  const covers: Covers = (face, codePoint) => fonts.get(face)?.hasGlyphForCodePoint(codePoint) ?? false;
  const runs = (text: string, weight: Weight, direction: Direction) => runsOf(text, { weight, covers, direction });
  const widthOf = (line: readonly Run[], size: number) =>
    line.reduce((width, { face, text }) => width + doc.font(face, size).widthOfString(text, { features }), 0);

  function fit(text: string, style: Style, { width, height }: Box): Fitted {
    const direction = directionOf(text);
    const weight = weights[style.weight];
    const atSize1 = (part: string) => widthOf(runs(part, weight, direction), 1000) / 1000;
    const words = wordsOf(text, atSize1);
    let size = style.size;
    const room = () => Math.max(1, Math.floor(height / (size * style.leading)));
    let lines = wrap(words, width / size);
    while (lines.length > room() && size > style.least) {
      size = Math.max(style.least, size * 0.94);
      lines = wrap(words, width / size);
    }
    const kept = cut(lines, { room: room(), fits: (line) => atSize1(line) <= width / size });
    return { size, lines: kept.map((line) => ({ text: line, runs: runs(line, weight, direction) })) };
  }

  return {
    set(text, style, box) {
      const { size, lines } = fit(text.normalize('NFC').replace(towers, '$1$2'), style, box);
      const pitch = size * style.leading;
      const top = box.y + (box.height - pitch * lines.length) / 2;
      for (const [at, { text: written, runs: parts }] of lines.entries()) {
        const width = widthOf(parts, size);
        let x = box.align === 'centre' ? box.x + (box.width - width) / 2 : box.x;
        const marked = !speaksForItself.test(written);
        if (marked) doc.markContent('Span', { actual: written });
        for (const { face, text: part } of parts) {
          doc
            .font(face, size)
            .fillColor(style.colour)
            .text(part, x, top + pitch * (at + 0.5) + size * 0.36, { lineBreak: false, features, baseline: 'alphabetic' });
          x += doc.widthOfString(part, { features });
        }
        if (marked) doc.endMarkedContent();
      }
    },
  };
}

/** A part of a text between which a line may end; its widths are those at size 1. */
interface Word {
  readonly text: string;
  readonly width: number;
  /** Without the blank after it. */
  readonly bare: number;
  /** Its characters, for a line that is shorter than it. */
  readonly parts: () => readonly Word[];
}

function wordsOf(text: string, widthOf: (text: string) => number): Word[] {
  const words: string[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const last = words.at(-1);
    if (last === undefined || breaksAfter.test(last) || breaksBefore.test(segment)) words.push(segment);
    else words[words.length - 1] = last + segment;
  }
  return words.map((word) => {
    let parts: Word[] | undefined;
    return {
      text: word,
      width: widthOf(word),
      bare: widthOf(word.trimEnd()),
      parts: () =>
        (parts ??= Array.from(graphemes.segment(word), ({ segment }) => {
          const width = widthOf(segment);
          return { text: segment, width, bare: segment.trim() === '' ? 0 : width, parts: () => [] };
        })),
    };
  });
}

function wrap(words: readonly Word[], width: number): string[] {
  const lines = [''];
  let used = 0;
  for (const word of words) {
    if (used > 0 && used + word.bare > width) {
      lines.push('');
      used = 0;
    }
    for (const part of word.bare > width ? word.parts() : [word]) {
      if (used > 0 && used + part.bare > width) {
        lines.push('');
        used = 0;
      }
      lines[lines.length - 1] += part.text;
      used += part.width;
    }
  }
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

function cut(lines: readonly string[], { room, fits }: { room: number; fits: (line: string) => boolean }): string[] {
  if (lines.length <= room) return [...lines];
  const kept = lines.slice(0, room);
  let last = Array.from(kept.at(-1) ?? '');
  while (last.length > 0 && !fits(`${last.join('')}${ellipsis}`)) last = last.slice(0, -1);
  return [...kept.slice(0, -1), `${last.join('').trimEnd()}${ellipsis}`];
}
