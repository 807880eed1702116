import { isBetween, isDigit, isWord } from './signs.ts';
import type { Stretch } from './stretch.ts';

/** A number of several groups: where each group begins and ends. */
export interface Grouped {
  readonly from: number;
  readonly to: number;
  readonly groups: readonly Stretch[];
  readonly digits: number;
}

const middleDot = 183;
const lowLine = 95;

/** The number in international form whose + stands there. */
export function internationalPhoneAt(text: string, at: number): Stretch | null {
  if (isWord(text.charCodeAt(at - 1)) || text[at - 1] === '+') return null;
  let digits = 0;
  let end = at + 1;
  let between = 0;
  for (let next = at + 1; between <= 3; next += 1) {
    const code = text.charCodeAt(next);
    if (isDigit(code)) {
      digits += 1;
      between = 0;
      end = next + 1;
    } else if (isBetween(code) || code === middleDot || code === lowLine) between += 1;
    else break;
  }
  const inside = text.slice(at + 1, end);
  if (digits < 8 || digits > 16 || /^\W*0/.test(inside) || isWord(text.charCodeAt(end)) || isOfYears(inside)) return null;
  return { from: at, to: end };
}

const phoneWords = new Set(
  (
    'tel telefon telephone phone téléphone telefono teléfono telefone telefoon telefoonnummer telefonnummer telefonnr rufnummer fax ' +
    'τηλέφωνο τηλ телефон телефона тел моб факс هاتف الهاتف جوال फोन फ़ोन मोबाइल โทร โทรศัพท์ puhelin puh tlf telefonszám whatsapp hotline ' +
    'telefonu phones telephones phonenumber mobilnummer mobilnr mobiltelefon mobiltel festnetz rückrufnummer telefonnr telnr telno numer טלפון نمره تلفن'
  ).split(' '),
);
const looseWords = new Set(
  'cellphone mob rückruf rückrufnr mobile mobil móvil movil celular cellulare cell handy handynummer portable call dial ring anruf rufen appelez llamar sms contact'.split(
    ' ',
  ),
);
const fillers = new Set('no nr number nummer num numéro número numero номер is ist est es é at me us on now m w'.split(' '));
const unspacedPhone = /(?:电话|手机|電話|携帯|手機|전화|전화번호|휴대폰|電話番号|电话号码|手机号|☎|✆|📞|📱)\s*$/u;

const shortWords = /(?<![\p{L}\p{M}\p{N}])(?:(?:ph|t|m)\.?[:=] ?|ph\.? )$/iu;
/** The prefixes of calls abroad, with a country's code (ITU-T E.164). */
const behindCountry = new RegExp(
  '^(?:00|011)[ /-]?(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-69]|35|37|38|42|50|59|6[7-9]|80|85|88|9[679])\\d)[ /()-]|^00[34]\\d{9,12}$',
);
const pairs = /^\d\d(?:([-/ ])\d\d)(?:\1\d\d)+$/;
const northAmerican = /^(?:1[- ])?[2-9]\d\d(?:-|\) ?)[2-9]\d\d[- ]\d{4}$/;
const notPhones = /(?:n[or]|num|number|nummer|numéro|número|serial|certificate|zertifikat|order|invoice|isbn|id)[\s.:#]{0,3}$/iu;

/** Is it called a phone's number, or written as one is dialled from abroad or in North America? */
export function isPhone(text: string, number: Grouped): boolean {
  if (isCalled(text, number)) return true;
  const { from, to, digits } = number;
  const before = text.slice(Math.max(0, from - 16), from);
  if (/[\w.,/-]$/.test(before) || isWord(text.charCodeAt(to)) || text[to] === '-' || text[to] === '_') return false;
  const written = text.slice(from, to);
  if (behindCountry.test(written) && !pairs.test(written)) return digits >= 11 && digits <= 18;
  if (!northAmerican.test(written))
    return /^(?:0\d|\d{3}[-. ]\d{3}[-. ]\d{4}$)/.test(written) && shortWords.test(before) && !isDate(written);
  return written.includes(')') ? before.endsWith('(') : !notPhones.test(before);
}

/** Does a word for phone stand right before the number? The words that also mean something else count before what is written like one. */
function isCalled(text: string, { from, to }: Grouped): boolean {
  if (isWord(text.charCodeAt(from - 1)) || text[from - 1] === '_' || isWord(text.charCodeAt(to))) return false;
  const number = text.slice(from, to);
  if (isDate(number) || isOfYears(number)) return false;
  const [, before = '', gap = ''] = /^([\s\S]*?)([\s.:#(=/+"'-]{0,5})$/u.exec(text.slice(Math.max(0, from - 32), from)) ?? [];
  if (gap === '' && !unspacedPhone.test(before)) return false;
  if (unspacedPhone.test(before)) return true;
  const words = before.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  const last = fillers.has(words.at(-1) ?? '') ? words.at(-2) : words.at(-1);
  if (last === undefined || !/[\p{L}\p{M}]$/u.test(before)) return false;
  return phoneWords.has(last) || (looseWords.has(last) && /^(?:0|\d{3}[-. ]\d{3,4}(?:[-. ]\d{4})?$)/.test(number));
}

function isDate(number: string): boolean {
  return /^\d{4}([-./])\d{1,2}\1\d{1,2}$|^\d{1,2}([-./])\d{1,2}\2\d{2,4}$/.test(number);
}

function isOfYears(number: string): boolean {
  return /^\s?(?:(?:19|20)\d\d[^\d]{0,3})+$/.test(number);
}
