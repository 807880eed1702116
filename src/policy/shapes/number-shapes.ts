import { isPhone, type Grouped } from './phone-numbers.ts';
import { isBetween, isDigit, isWord } from './signs.ts';
import type { Stretch } from './stretch.ts';

/** The first digit of a number with six digits or more that isn't a day as ISO 8601 writes it. */
const longNumber = /\d(?=(?:[ ()./-]{0,2}\d){5})(?!\d{3}-\d\d-\d\d(?![ ()./-]{0,2}\d))/y;
/** That digit, or the first of two behind a country's letters. */
export const numberSign =
  /\d(?<!\d[ ()./-]{0,2}\d)(?:(?=(?:[ ()./-]{0,2}\d){5})(?!\d{3}-\d\d-\d\d(?![ ()./-]{0,2}\d))|(?=\d)(?<=(?<![a-z0-9])[a-z]{2}[ _-]?\d|iban[a-z]{2}\d))/gi;

/** The account number or card number in the number that begins there in a folded text, or the number itself where it is called a phone's. */
export function numberAt(text: string, at: number): (Stretch & { readonly kind: 'iban' | 'payment_card' | 'phone' }) | null {
  const iban = ibanAt(text, at);
  if (iban) return { kind: 'iban', ...iban };
  longNumber.lastIndex = at;
  if (!longNumber.test(text)) return null;
  const number = grouped(text, at);
  const card = number.digits >= 13 ? cardIn(text, number) : null;
  if (card) return { kind: 'payment_card', ...card };
  return isPhone(text, number) ? { kind: 'phone', from: number.from, to: number.to } : null;
}

/** Digits with one or two signs between their groups, as people write long numbers. */
function grouped(text: string, at: number): Grouped {
  const groups: Stretch[] = [];
  let digits = 0;
  let from = at;
  for (;;) {
    let to = from;
    while (isDigit(text.charCodeAt(to))) to += 1;
    groups.push({ from, to });
    digits += to - from;
    const next = isBetween(text.charCodeAt(to)) ? to + (isBetween(text.charCodeAt(to + 1)) ? 2 : 1) : to;
    if (next === to || !isDigit(text.charCodeAt(next))) return { from: at, to, groups, digits };
    from = next;
  }
}

/** By issuer: the first digits, and how many there are (ISO/IEC 7812). */
const issuers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 16]],
  [/^(?:6011|64[4-9]|65|62|352[89]|35[3-8]|220[0-4]|60|81|82|508|9792)/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]],
];

const cardWord =
  /(?<![a-z0-9])(?:no|nr|num|number|card|cardno|creditcard|karte|kreditkarte|carte|tarjeta|visa|mastercard|mc|amex|pan|cc|ccnum)$/i;
const behindCard = /^(?:cvv|cvc|cvn|exp|visa|card|valid)/i;

/** A card number begins and ends with a group; one blank or dash parts the groups. */
function cardIn(text: string, { groups }: Grouped): Stretch | null {
  for (const [first, { from }] of groups.entries()) {
    if (isWord(text.charCodeAt(from - 1)) && !cardWord.test(text.slice(Math.max(0, from - 16), from))) continue;
    let digits = '';
    for (const { from: start, to } of groups.slice(first, first + 19)) {
      const gap = digits === '' ? ' ' : text.slice(start - 1, start);
      if (gap !== ' ' && gap !== '-' && gap !== '.') break;
      digits += text.slice(start, to);
      if (digits.length > 19) break;
      if (isCard(digits) && (!isWord(text.charCodeAt(to)) || behindCard.test(text.slice(to, to + 5)))) return { from, to };
    }
  }
  return null;
}

/** The last digit of a first group of four, where the groups of a card follow with the same other sign between them. */
export const cardSign = /\d(?=([^\da-z]{1,3})(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{5})(?!\d))/gi;
const restOfCard = /\d([^\da-z]{1,3})(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{5})/iy;

/** The card number whose first group of four ends there in a folded text. */
export function cardAround(text: string, at: number): Stretch | null {
  const from = at - 3;
  restOfCard.lastIndex = at;
  const to = at + (restOfCard.exec(text)?.[0].length ?? 0);
  const number = text.slice(Math.max(0, from), to);
  return from >= 0 && /^\d{4}/.test(number) && !isDigit(text.charCodeAt(from - 1)) && isCard(number.replace(/\D/g, ''))
    ? { from, to }
    : null;
}

function isCard(digits: string): boolean {
  if (!issuers.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits))) return false;
  return hasCheckDigit(digits, 2) && !(digits.length === 13 && hasCheckDigit(digits, 3));
}

/** Luhn's check digit with weight 2; with weight 3 that of EAN and ISBN. */
function hasCheckDigit(digits: string, weight: 2 | 3): boolean {
  let sum = 0;
  for (let back = 0; back < digits.length; back += 1) {
    const weighed = Number(digits[digits.length - 1 - back]) * (back % 2 === 1 ? weight : 1);
    sum += weight === 2 && weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

/** Lengths by country (ISO 13616 registry). */
const ibanLengths = new Map(
  (
    'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18' +
    'GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18' +
    'NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30'
  )
    .match(/.{4}/g)
    ?.map((each) => [each.slice(0, 2), Number(each.slice(2))]),
);

/** The account number whose first digit stands there, behind its country's letters. */
function ibanAt(text: string, firstDigit: number): Stretch | null {
  const behindCountry = /[ _-]/.test(text.charAt(firstDigit - 1)) ? firstDigit - 1 : firstDigit;
  const at = behindCountry - 2;
  if (at < 0 || (isWord(text.charCodeAt(at - 1)) && !/(?<![a-z0-9])iban$/i.test(text.slice(Math.max(0, at - 5), at)))) return null;
  const country = text.slice(at, behindCountry).toUpperCase();
  const length = ibanLengths.get(country);
  if (length === undefined) return null;
  let characters = country;
  let to = firstDigit;
  while (characters.length < length) {
    if (isWord(text.charCodeAt(to))) characters += text[to];
    else if (!(isBetween(text.charCodeAt(to)) || text[to] === '_') || !isWord(text.charCodeAt(to + 1))) return null;
    to += 1;
  }
  const moved = (characters.slice(4) + characters.slice(0, 4)).toUpperCase();
  const remainder = Array.from(moved, (each) => Number.parseInt(each, 36)).reduce(
    (sum, value) => (sum * (value > 9 ? 100 : 10) + value) % 97,
    0,
  );
  return remainder === 1 && !isWord(text.charCodeAt(to)) ? { from: at, to } : null;
}
