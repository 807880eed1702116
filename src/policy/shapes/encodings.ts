import { handleKinds } from '../fields/field.ts';

/** The shortest run of code characters that is looked into: what says less than twelve characters plainly isn't. */
const shortest = 16;
const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const hex = /^(?:[0-9a-f]{2})+$/i;
/** A record's handle: a page holds fifty, and 128 bits in base32 say nothing else. */
const handle = new RegExp(`(?:${handleKinds.join('|')})_[0-9a-hjkmnp-tv-z]{26}`, 'y');

/** A stretch of characters as codes are made of, and what it says plainly where it is text in base64, base64url or hex. */
export interface Run {
  readonly text: string;
  readonly from: number;
  readonly plain: readonly string[];
}

/** The long runs of a text. Only every sixteenth character is looked at until one stands in a run, so that prose costs next to nothing. Handles aren't any. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (let at = shortest - 1; at < text.length; at += shortest) {
    if (!isCode(text.charCodeAt(at))) continue;
    let start = at;
    let end = at + 1;
    while (start > 0 && isCode(text.charCodeAt(start - 1))) start -= 1;
    while (end < text.length && isCode(text.charCodeAt(end))) end += 1;
    at = end - 1;
    if (end - start >= shortest && !isHandle(text, start, end)) runs.push(runOf(text.slice(start, end), start));
  }
  return runs;
}

function isHandle(text: string, start: number, end: number): boolean {
  handle.lastIndex = start;
  return handle.test(text) && handle.lastIndex === end;
}

function runOf(text: string, from: number): Run {
  const digits = text.replace(/^0x/i, '');
  const readings = [
    ...(base64.test(text) ? [Buffer.from(text, 'base64').toString('utf8')] : []),
    ...(hex.test(digits) ? [Buffer.from(digits, 'hex').toString('utf8')] : []),
  ];
  return { text, from, plain: readings.filter(isText) };
}

/** Random bytes are hardly ever UTF-8 without control characters. */
function isText(decoded: string): boolean {
  return !/\ufffd|(?!\s)\p{Cc}/u.test(decoded);
}

/** Letters, digits, and the signs of base64 and base64url. */
const codes = Uint8Array.from({ length: 128 }, (_, code) => (/[\w+/=-]/.test(String.fromCharCode(code)) ? 1 : 0));

function isCode(code: number): boolean {
  return code < 128 && codes[code] === 1;
}
