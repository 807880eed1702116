import { isDigit, isHex, isWord } from './signs.ts';
import type { Stretch } from './stretch.ts';

const four = /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)/y;

/** The IPv4 address whose first point stands there in a folded text; four numbers that nothing makes an address are a version or the like. */
export function ipv4At(text: string, point: number): Stretch | null {
  if (!isDigit(text.charCodeAt(point + 1))) return null;
  let from = point;
  while (from > 0 && point - from < 4 && isDigit(text.charCodeAt(from - 1))) from -= 1;
  if (from === point || (text[from - 1] === '.' && isDigit(text.charCodeAt(from - 2)))) return null;
  four.lastIndex = from;
  const [whole, ...parts] = four.exec(text) ?? [];
  const numbers = parts.map(Number);
  if (whole === undefined || numbers.some((each) => each > 255)) return null;
  const to = from + whole.length;
  const found = { from, to };
  if (isPlacedAsAddress(text, from, to) || (isSingle(text, to) && !isOwn(numbers))) return found;
  if (isVersion(numbers) && productWord.test(text.slice(Math.max(0, from - 12), from))) return null;
  if (isLikeIpv4(numbers) && !partWord.test(text.slice(Math.max(0, from - 16), from))) return found;
  return isCalledAddress(text, from, to) ? found : null;
}

/** Numbers that versions hardly have, and that aren't of the ranges which courses speak of. */
export function isLikeIpv4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): boolean {
  const isMask = a === 255 && d === 0;
  return !isOwn([a, b]) && !isMask && (a >= 128 || (a >= 64 && Math.max(b, c, d) >= 64));
}

/** Of the ranges that belong to nobody in particular. */
function isOwn([a = 0, b = 0]: readonly number[]): boolean {
  return a === 10 || a === 127 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b <= 31) || (a === 169 && b === 254);
}

/** What is counted in parts with a number for each. */
const partWord =
  /(?:§ ?|(?<![\p{L}\p{N}])(?:section|sec|abschnitt|kapitel|chapter|chapitre|kurs|course|modul|module|lektion|lesson|teil|part|clause|article|art|artikel|ziffer|absatz)[ .]{1,2})$/iu;
/** Names of programs that are also words for who is connected: with a capital, and a version behind one blank. */
const productWord = /(?<![\p{L}\p{N}])(?:SSH|Host|Ping|Gateway|Peer|Origin|DNS|Remote|Login|Telnet|RDP) $/u;

function isVersion([a = 0, ...others]: readonly number[]): boolean {
  return a < 32 && a !== 10 && others.every((each) => each <= 6) && others.some((each) => each !== a);
}

/** Does the length of a network with one address follow? */
function isSingle(text: string, to: number): boolean {
  return text.startsWith('/32', to) && !isDigit(text.charCodeAt(to + 3));
}

/** In a URL, in brackets, behind the prefix of IPv6, or before a port. */
function isPlacedAsAddress(text: string, from: number, to: number): boolean {
  const port = /^:(?!(?:19|20)\d\d(?!\d))\d{2,5}(?!\d)/.test(text.slice(to, to + 7));
  return port || /(?:\/\/|\[|::(?:ffff:)?)$/i.test(text.slice(Math.max(0, from - 7), from));
}

const colon = /:/g;
const groups = /[0-9a-f:]+/iy;

/** The IPv6 address whose first colon stands there in a folded text. */
export function ipv6At(text: string, at: number): Stretch | null {
  const next = text.charCodeAt(at + 1);
  if (next !== 58 && !(isHex(next) && isHex(text.charCodeAt(at - 1)))) return null;
  let from = at;
  while (from > 0 && at - from < 5 && isHex(text.charCodeAt(from - 1))) from -= 1;
  if (at - from > 4 || text[from - 1] === ':' || isWord(text.charCodeAt(from - 1))) return null;
  groups.lastIndex = from;
  const run = (groups.exec(text)?.[0] ?? '').replace(/(?<!:):$/, '');
  const to = from + run.length;
  if (run.length > 39 || isWord(text.charCodeAt(to)) || !isSound(run)) return null;
  const parts = run.split(':').filter((each) => each !== '');
  const [first = ''] = parts;
  if (!run.includes('::')) return first.length >= 3 ? { from, to } : null;
  const isKnown = parts.length >= 3 || (parts.length === 2 && /^(?:fe[89ab]|f[cd]|2[0-9]*[a-f])/i.test(first) && first.length === 4);
  const isBare = first.length !== 4 || !isKnown;
  return isBare &&
    !(parts.length > 0 && isCalledAddress(text, from, to)) &&
    !(parts.length > 1 && text[from - 1] === '[' && !isWord(text.charCodeAt(from - 2)))
    ? null
    : { from, to };
}

function isSound(run: string): boolean {
  const colons = run.match(colon)?.length ?? 0;
  const halves = run.split('::');
  const isFull = halves.length === 1 && colons === 7 && !run.startsWith(':');
  return (
    (isFull || (halves.length === 2 && colons <= 8 && colons >= 2)) &&
    run.split(':').every((each) => each.length <= 4) &&
    !/:::|^:[^:]|[^:]:$/.test(run)
  );
}

const addressWords = new Set(
  (
    'clientip remoteip remoteaddr sourceip srcip dstip userip hostip serverip publicip realip forwarded ip ips ipv4 ipv6 ipaddr ipaddress addr address addresses adresse adressen dirección direccion adresses indirizzo endereço endereco adres adresa adresy ' +
    'adress osoite cím cim διεύθυνση адрес адреса айпи host hosts hostname hôte хост gateway nameserver dns resolver ping ssh rdp telnet curl ' +
    'visitor visitors besucher peer remote origin عنوان العنوان आईपी पता โฮสต์ login logon logins anmeldung connexion'
  ).split(' '),
);
const unspacedAddress = /(?:地址|位址|アドレス|주소|主机|主機|ホスト|호스트|ที่อยู่)$/u;
const copulas = new Set(
  (
    'is was are ist war lautet est était es era é è of the a no nr number v4 v6 client server user der des von to at on for from address adresse de del di ' +
    'du была был это jest était för är'
  ).split(' '),
);
const fromWords = new Set('from von depuis desde från fra из vom aus'.split(' '));
const versionWords = /(?:upgrad|updat|migrat|aktualis|umstieg|wechsel|mise|actuali|aggiorn|version|release|mov|convert|переход|обновл)/;

/** Does a word for address stand before it in the same clause, right before it or with a colon or the like between? */
function isCalledAddress(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 48), from).toLowerCase();
  const stem = before.replace(/[\s"'(\u201c\u201e[:=#<>{-]{1,6}$/u, '');
  const gap = before.slice(stem.length);
  const clause = stem.slice(Math.max(...[',', ';', '!', '?', '|', ')', '. '].map((each) => stem.lastIndexOf(each))) + 1);
  const words = clause.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const last = words.at(-1) ?? '';
  const isCalled = (word: string): boolean => addressWords.has(word) || unspacedAddress.test(word);
  if (isCalled(last)) return true;
  if (fromWords.has(last))
    return (
      !versionWords.test(before) &&
      !/^[^\p{L}\d]{0,4}(?:to|auf|vers|à|a|bis|zu|nach|på|на)?\s?[→>-]*\s?v?\d/u.test(text.slice(to, to + 12).toLowerCase())
    );
  return (copulas.has(last) || /[:=(]/.test(gap)) && words.slice(-5).some(isCalled);
}
