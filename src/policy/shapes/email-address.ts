import { isLikeIpv4 } from './network-addresses.ts';
import { folded } from './readings.ts';
import type { Stretch } from './stretch.ts';

const longestLocal = 64;
const label = /^[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u;
/** No top-level domain begins with a digit or has one letter; `18.2.0` is a version. */
const topLevel = /^\p{L}[\p{L}\p{M}]/u;
const domainRun = /[\p{L}\p{N}\p{M}.-]*/uy;
const fourNumbers = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})/;
const versionFirst = /^\d+\.\d+\./;

/** The address around the @ that stands there in a folded text: the one definition, for import, mask and guard. */
export function emailAround(text: string, at: number): Stretch | null {
  const before = text.charCodeAt(at - 1);
  if (at === 0 || !mayBeLocal(before) || before === slash) return null;
  const to = domainEnd(text, at + 1);
  if (to === null) return null;
  let from = at;
  while (from > 0 && at - from < longestLocal * 2 && mayBeLocal(text.charCodeAt(from - 1))) from -= 1;
  return { from, to };
}

/** True for `name@domain.tld` of at most 254 characters, in any script. */
export function isPlausibleEmail(email: string): boolean {
  if (email.length > 254 || email.normalize('NFKC').length > 254 || !/^[^@]+@[^@]+$/.test(email)) return false;
  const plain = folded(email);
  const at = plain.lastIndexOf('@');
  const address = emailAround(plain, at);
  const hasSoundLabels =
    plain
      .slice(at + 1)
      .split('.')
      .every((each) => each.length <= 63) && /^[\p{L}\p{N}\p{M}.-]+$/u.test(email.slice(email.indexOf('@') + 1));
  return (
    address !== null &&
    address.from === 0 &&
    address.to === plain.length &&
    Array.from(plain.slice(0, at)).length <= longestLocal &&
    hasSoundLabels
  );
}

/** Where the domain that begins there ends; null where none does. */
function domainEnd(text: string, start: number): number | null {
  domainRun.lastIndex = start;
  const run = domainRun.exec(text)?.[0] ?? '';
  const numbers = fourNumbers.exec(run);
  if (numbers && isLikeIpv4(numbers.slice(1).map(Number))) return start + numbers[0].length;
  if (versionFirst.test(run)) return null;
  let end: number | null = null;
  let at = 0;
  for (const each of run.split('.')) {
    const part = each.replace(/-+$/, '');
    if (at > 0 && topLevel.test(part)) end = start + at + part.length;
    if (!label.test(each)) break;
    at += each.length + 1;
  }
  return end;
}

const slash = 47;
/** Blanks, controls, @ and the signs that part texts; the ellipsis is that of our own masks. */
const notLocal = new Set(Array.from('@"<>()[]\\,;:…', (each) => each.charCodeAt(0)));

function mayBeLocal(code: number): boolean {
  return !notLocal.has(code) && !(code <= 127 ? code <= 32 : blank.test(String.fromCharCode(code)));
}

const blank = /\s/;
