import { readingsOf } from './readings.ts';
import { removed, withoutShapes } from './never-sent.ts';

/** Letters and digits of any script, single blanks, and signs that no address, markup or escape is made with. */
const alphabet = /^[\p{L}\p{N}\p{M} .,_/:#()+'’°№‐‑–—-]+$/u;
const anyUuid = /[0-9a-f]{8}([-_ .:/])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i;
const scatteredUuid = /^[^0-9a-f]*[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}$/i;

/** May this be a certificate's number, which is told as it stands? */
export function isPublicNumber(text: string): boolean {
  return hasNumberAlphabet(text) && !looksLikeUuid(text);
}

/** What may be told of a stored number: all of one that keeps to the rules, and of an older one what is no never-sent shape. */
export function shownNumber(text: string, ownHost: string | null = null): string {
  if (looksLikeUuid(text)) return removed;
  return hasNumberAlphabet(text) ? text : withoutShapes(text, ownHost);
}

export function hasNumberAlphabet(text: string): boolean {
  return alphabet.test(text);
}

/** True when a text holds a UUID in whatever spelling: with other dashes or digits, encoded, without dashes, or with them elsewhere. */
export function looksLikeUuid(text: string): boolean {
  return readingsOf(text).some((reading) => anyUuid.test(reading.text) || scatteredUuid.test(reading.text.replace(/[^0-9a-z]/gi, '')));
}
