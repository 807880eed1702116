import { isHex, isWord } from './signs.ts';
import type { Stretch } from './stretch.ts';

const plainlyDashed = /^[0-9a-f]{8}([-_ .:/])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i;
/** Letters of other alphabets that look like a hex digit. */
const alikeHex = new Set(Array.from('аАеЕсСвВьоОԁԀϲαΑβΒεΕοΟ', (each) => each.charCodeAt(0)));
const longestGap = 4;

/** Where the next UUID may have its last group: every twelfth character is looked at, since those are hex digits; -1 where none is. */
export function nextUuid(text: string, from: number): number {
  for (let at = from + 11; at < text.length; at += 12) {
    if (!isLikeHex(text.charCodeAt(at))) continue;
    let start = at;
    while (at - start < 11 && isLikeHex(text.charCodeAt(start - 1))) start -= 1;
    if (start > 20 && start >= from && isGap(text.charCodeAt(start - 1))) return start;
  }
  return -1;
}

/** The UUID whose last group begins there in a folded text, whatever stands between its groups; the first two may be one. */
export function uuidAt(text: string, at: number): Stretch | null {
  const to = at + 12;
  if (!isGroup(text, at, to)) return null;
  let from = at;
  for (const [back, length] of [4, 4, 4, 8].entries()) {
    const end = gapBefore(text, from);
    if (end === from && back < 3) return null;
    from = end - length;
    if (from < 0 || !isGroup(text, from, end)) return null;
  }
  const found = text.slice(from, to);
  return /[^\d\P{L}]/u.test(found) || plainlyDashed.test(found) ? { from, to } : null;
}

function isGroup(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isLikeHex(text.charCodeAt(at))) return false;
  return true;
}

function gapBefore(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at < longestGap && isGap(text.charCodeAt(at - 1))) at -= 1;
  return at;
}

function isLikeHex(code: number): boolean {
  return code < 128 ? isHex(code) : alikeHex.has(code);
}

function isGap(code: number): boolean {
  return !isWord(code) && !isLikeHex(code);
}

/** A UUID without its dashes, of one of the versions that there are. */
export const undashedUuid = /(?<![0-9a-f])[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-f])/i;
