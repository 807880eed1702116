/** A text as a reader understands it; each of its characters stands for the characters `from` to `to` of the text itself. */
export interface Reading {
  readonly text: string;
  readonly from: (at: number) => number;
  readonly to: (at: number) => number;
}

/** What looks like, or stands for, a plain letter, digit or sign; and what nobody sees. */
const foldable = new RegExp(
  [
    String.raw`(?:(?![\u0000-\u007f])[\p{Nd}\p{Default_Ignorable_Code_Point}\p{Cs}`,
    String.raw`\u00a0\u1680\u2000-\u2025\u2027-\u206f\u3000-\u3002`,
    String.raw`\u058a\u05be\u066b\u1400\u1806\u02d7\u2043\u2212\u2236\u2215\u2796\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ua789`,
    String.raw`\u00aa\u00b2\u00b3\u00b9\u00ba\u017f\u0300-\u036f\u1d2c-\u1d6a\u2070-\u209c\u20d0-\u20ff\u2100-\u218b\u2460-\u24ff`,
    String.raw`\u3200-\u33ff\ufb00-\ufb06\ufb29\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uffef\u{1d400}-\u{1d7ff}\u{1f100}-\u{1f1ff}\u{1fbf0}-\u{1fbf9}])+`,
  ].join(''),
  'gu',
);
const notAscii = /[\u0080-\uffff]/;
/** More than `foldable`, and cheap: Latin, Greek, Cyrillic and Han letters have nothing to fold. */
const mayFold = new RegExp(
  String.raw`[\u00a0-\u00bf\u017f\u02d7\u0300-\u036f\u058a-\u1fff\u2000-\u2025\u2027-\u2fff\u3000-\u3030\u30a0\u3164\u3200-\u33ff\ua000-\uabff\ud7b0-\uf8ff\ufb00-\uffff]`,
);
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cs}]/u;
const accent = /[\u0300-\u036f\u20d0-\u20ff]/;
const dash = /[\p{Pd}\u02d7\u2043\u207b\u208b\u2212\u2796]/u;
const space = /\p{Zs}/u;
const digit = /\p{Nd}/u;
const ideographic = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/;
const alike: Readonly<Record<string, string>> = {
  '\u066b': '.',
  '\u2024': '.',
  '\u2027': '.',
  '\u2236': ':',
  '\ua789': ':',
  '\u2044': '/',
  '\u2215': '/',
};

/** Full-width, mathematical and other digits, letters, dashes, points and blanks as the plain ones; unseen characters left out. */
export function folded(text: string): string {
  return mayFold.test(text) ? text.replace(foldable, (run, at: number) => plainsOf(run, text, at).join('')) : text;
}

/** The text's own reading, and a second one where it has percent-encoding, entities of HTML or escapes of programs. */
export function readingsOf(text: string): Reading[] {
  const plain = foldedReading(itself(text));
  const decoded = decodedReading(decodedReading(plain));
  return decoded === plain ? [plain] : [plain, foldedReading(decoded)];
}

function itself(text: string): Reading {
  return { text, from: (at) => at, to: (at) => at + 1 };
}

function foldedReading(reading: Reading): Reading {
  return mayFold.test(reading.text) ? replaced(reading, foldable, (run, at) => plainsOf(run, reading.text, at)) : reading;
}

/** For each code unit of the run what stands for it; all that stands for a pair of them at its first. */
function plainsOf(run: string, text: string, at: number): string[] {
  const plains: string[] = [];
  for (const each of run) {
    plains.push(plainOf(each, text, at + plains.length));
    if (each.length > 1) plains.push('');
  }
  return plains;
}

function plainOf(each: string, text: string, at: number): string {
  if (unseen.test(each)) return '';
  if (accent.test(each)) return /[A-Za-z0-9]/.test(text.charAt(at - 1)) ? '' : each;
  if (dash.test(each)) return '-';
  if (space.test(each)) return ' ';
  const known = alike[each];
  if (known !== undefined) return known;
  const plain = each.normalize('NFKC');
  if (plain === '\u3002') return ideographic.test(text.charAt(at - 1)) && ideographic.test(text.charAt(at + 1)) ? each : '.';
  if (digit.test(each)) return String(digitValue(each.codePointAt(0) ?? 0));
  return notAscii.test(plain) ? each : plain;
}

/** Digits stand in blocks of ten, from zero on. */
function digitValue(code: number): number {
  let before = 0;
  while (digit.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}

const escapes =
  /(?:%[0-9a-f]{2})+|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|commat|period|colon|sol|lowbar|hyphen|dash|ndash|mdash|minus|horbar|middot|nbsp|dollar|plus|amp)\b;?|\\(?:u[0-9a-f]{4}|x[0-9a-f]{2})/gi;
const entities: Readonly<Record<string, string>> = {
  commat: '@',
  period: '.',
  colon: ':',
  sol: '/',
  lowbar: '_',
  hyphen: '-',
  dash: '-',
  ndash: '-',
  mdash: '-',
  minus: '-',
  horbar: '-',
  middot: '·',
  nbsp: ' ',
  dollar: '$',
  plus: '+',
  amp: '&',
};

function decodedReading(reading: Reading): Reading {
  return ['%', '&', '\\'].some((sign) => reading.text.includes(sign)) ? replaced(reading, escapes, (each) => [decoded(each)]) : reading;
}

function decoded(escape: string): string {
  if (escape.startsWith('%')) return Buffer.from(escape.replaceAll('%', ''), 'hex').toString('utf8');
  const name = escape
    .replace(/^[&\\]#?/, '')
    .replace(/;$/, '')
    .toLowerCase();
  if (escape.startsWith('&') && !escape.startsWith('&#')) return entities[name] ?? escape;
  const code = /^[ux]/.test(name) ? Number.parseInt(name.slice(1), 16) : Number(name);
  return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
}

/**
 * A reading with each match replaced, which remembers where everything stood; the same one where nothing matches. `plain` answers the
 * whole match's replacement, or that of each of its code units.
 */
function replaced(reading: Reading, pattern: RegExp, plain: (match: string, at: number) => readonly string[]): Reading {
  const { text } = reading;
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const note = (part: string, from: number, to: number): void => {
    parts.push(part);
    for (let each = 0; each < part.length; each += 1) {
      starts.push(reading.from(from));
      ends.push(reading.to(to - 1));
    }
  };
  let done = 0;
  const copy = (until: number): void => {
    parts.push(text.slice(done, until));
    for (; done < until; done += 1) {
      starts.push(reading.from(done));
      ends.push(reading.to(done));
    }
  };
  for (const { 0: match, index: at } of text.matchAll(pattern)) {
    copy(at);
    const plains = plain(match, at);
    done = at + match.length;
    if (plains.length === 1) note(plains[0] ?? '', at, done);
    else for (const [ahead, part] of plains.entries()) note(part, at + ahead, at + ahead + 1);
  }
  if (parts.length === 0) return reading;
  copy(text.length);
  return { text: parts.join(''), from: (at) => starts[at] ?? 0, to: (at) => ends[at] ?? 0 };
}
