import { descriptionLength, nameLength } from '../fields/field.ts';
import { removed, shapesIn, withoutShapes } from './never-sent.ts';
import { cleanText, emailKey } from '../../words/text.ts';

/** Raised whenever `shown` gives something else for a text that may be stored: `migrate` then makes search words and orders anew. */
export const shownVersion = 5;

interface Showing {
  /** In characters; the default is a name's. */
  readonly atMost?: number;
  /** The record's own address, which its other texts don't tell either. */
  readonly address?: string;
}

/** What an app may be shown of a text that other people wrote, and so what is searched, ordered by and compared: no more. */
export function shown(text: string, { atMost = nameLength, address }: Showing = {}): string {
  const clean = cleanText(text, atMost);
  const others = address === undefined ? clean : withoutAddress(clean, address);
  return shapesIn(others).length === 0 ? others : withoutShapes(others);
}

/** Is all of the text shown? What isn't names nothing when an app asks for it. */
export function isShown(text: string): boolean {
  return shown(text, { atMost: descriptionLength }) === text;
}

/** Records in the order of what is shown of their texts, the first text first: what isn't shown of them breaks no tie. */
export function inShownOrder<Row>(rows: readonly Row[], textsOf: (row: Row) => readonly string[]): Row[] {
  const keyed = rows.map((row) => ({
    row,
    key: textsOf(row)
      .map((text) => shown(text))
      .join('\0'),
  }));
  return keyed.toSorted((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0)).map(({ row }) => row);
}

/** The text without an address, in whatever case or width it stands there. */
export function withoutAddress(text: string, address: string): string {
  const key = emailKey(address);
  if (key === '' || !emailKey(text).includes(key)) return text;
  const literal = new RegExp(key.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'giu');
  const rest = text.replace(literal, removed);
  return emailKey(rest).includes(key) ? removed : rest;
}
