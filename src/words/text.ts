const maxTerms = 64;
const maxTermLength = 64;
const maxQueryWords = 8;

/** Accents and points: marks that a person leaves out when they type. Vowel signs and voicing marks are letters and stay. */
const accentRanges = [
  String.raw`\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f`,
  String.raw`\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7`,
  String.raw`\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed`,
];
const accents = new RegExp(`[${accentRanges.join('')}]`, 'gu');

/** Letters that no normalisation form takes apart. */
const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ĸ: 'k',
  ı: 'i',
  ȷ: 'j',
  ƀ: 'b',
  ɓ: 'b',
  ɖ: 'd',
  ɗ: 'd',
  ƙ: 'k',
  ƴ: 'y',
  ʼ: "'",
  ʻ: "'",
  '’': "'",
  '‘': "'",
  ς: 'σ',
  ӏ: 'і',
  ی: 'ي',
  ى: 'ي',
  ک: 'ك',
};
const plainLetter = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'gu');

/** Characters that nobody sees: bidi controls, zero-width characters, fillers, tags, variation selectors, lone surrogates. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cs}\ufff9-\uffff]/gu;
const blank = /[\p{White_Space}\p{Cc}]+/gu;

/** The key that texts are compared and sorted by: without case, accents and doubled blanks; the same for texts that look alike. */
export function fold(text: string): string {
  return text
    .replace(unseen, '')
    .toLowerCase()
    .normalize('NFKD')
    .toLowerCase()
    .replace(accents, '')
    .replace(plainLetter, (letter) => plainLetters[letter] ?? letter)
    .normalize('NFC')
    .replace(blank, ' ')
    .trim();
}

/** A folded name short enough for an index: at most 200 characters. */
export function nameKey(name: string): string {
  return firstCharacters(fold(name), 200).trim();
}

/** What makes two addresses one: case and width don't count, accents do. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

/** The distinct folded words that an index holds for a text; runs written without spaces also give their suffixes. */
export function termsOf(text: string): string[] {
  const words = wordsOf(text);
  const terms = new Set(words.map((word) => firstCharacters(word, maxTermLength)));
  for (const word of words) {
    for (const suffix of innerStarts(word)) {
      if (terms.size >= maxTerms) break;
      terms.add(suffix);
    }
  }
  return [...terms].slice(0, maxTerms);
}

/** An address's terms: the whole, and its parts. */
export function emailTermsOf(email: string): string[] {
  return [...new Set([firstCharacters(fold(email), 254), ...termsOf(email)])].slice(0, maxTerms);
}

/** The folded words of a question; a record matches when each begins one of its terms. */
export function queryWords(text: string): string[] {
  return [...new Set(wordsOf(text).map((word) => firstCharacters(word, maxTermLength)))].slice(0, maxQueryWords);
}

/** `ada@example.com` → `a…@example.com`; an address without a domain is masked whole. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '…' : `${firstCharacters(email, 1)}…${email.slice(at)}`;
}

/** Western words with single blanks between them: nothing to clean. */
const alreadyClean = /^[!-~\u00a1-\u00ac\u00ae-\u017f]+(?: [!-~\u00a1-\u00ac\u00ae-\u017f]+)*$/;

/** Text on one line that holds only what a reader sees, at most `maxLength` characters. */
export function cleanText(text: string, maxLength: number): string {
  if (text.length <= maxLength && alreadyClean.test(text)) return text;
  return firstCharacters(text.replace(unseen, '').replace(blank, ' ').trim(), maxLength).trim();
}

/** How many characters (code points) a text has, counted no further than `atMost`. */
export function isLongerThan(text: string, atMost: number): boolean {
  return text.length > atMost && (text.length > atMost * 2 || Array.from(text).length > atMost);
}

/** Postgres keeps every text but one that holds NUL, so nothing stored is named by such a text. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}

const deepestJson = 32;

/** True for JSON that jsonb can hold: no NUL and no half of a surrogate pair in any text or name, and no great depth. */
export function isStorableJson(value: unknown, depth = deepestJson): boolean {
  if (typeof value === 'string') return isStorable(value) && !/\p{Cs}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.entries(value).every(([name, each]) => isStorableJson(name) && isStorableJson(each, depth - 1));
}

function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

const unspaced = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
const mark = /\p{M}/u;

/** The word from each later character at which a word of a script without spaces, or one beside it, may begin. */
function innerStarts(word: string): string[] {
  if (!unspaced.test(word)) return [];
  const characters = Array.from(word);
  const begins = characters.map(
    (each, at) => at > 0 && !mark.test(each) && (unspaced.test(each) || unspaced.test(characters[at - 1] ?? '')),
  );
  return characters.flatMap((_, at) => (begins[at] ? [characters.slice(at, at + maxTermLength).join('')] : []));
}

function firstCharacters(text: string, count: number): string {
  return isLongerThan(text, count)
    ? Array.from(text.slice(0, count * 2))
        .slice(0, count)
        .join('')
    : text;
}
