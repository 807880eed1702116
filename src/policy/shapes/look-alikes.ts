import { fold } from '../../words/text.ts';

/** For each Latin letter, what looks like it: letters of other alphabets once they are folded, digits and signs. `i`, `l` and `1` are one. */
const alike: Readonly<Record<string, string>> = {
  a: 'аαᴀɑ4@',
  b: 'вьβʙ',
  c: 'сᴄϲ',
  d: 'ԁᴅɗ',
  e: 'еεᴇэ3',
  f: 'ꜰ',
  g: 'ɡɢցγ',
  h: 'һнʜհη',
  i: 'іιɪɩ',
  j: 'јᴊյ',
  k: 'кκᴋ',
  l: 'iӏʟ1|!ⅼ',
  m: 'мᴍ',
  n: 'пɴոν',
  o: 'оοᴏօσ0',
  p: 'рρᴘ',
  q: 'ԛզ',
  r: 'гʀ',
  s: 'ѕꜱƽ5$',
  t: 'тτᴛ7',
  u: 'υᴜսц',
  v: 'ѵᴠ',
  w: 'ԝωᴡѡ',
  x: 'хχ',
  y: 'уʏ',
  z: 'ζᴢ',
};

const plain = new Map(Object.entries(alike).flatMap(([letter, others]) => Array.from(others, (each) => [each, letter] as const)));

/** What a hurried reader takes a name for: one for all names that differ in alphabet, case, accents, blanks, signs, or digits for letters. */
export function looksOf(name: string): string {
  return Array.from(fold(name), (each) => plain.get(plain.get(each) ?? each) ?? plain.get(each) ?? each)
    .join('')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}
