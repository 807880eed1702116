import { isWord } from './signs.ts';
import type { Stretch } from './stretch.ts';

const anyUuid = /[0-9a-f]{8}[-_]?(?:[0-9a-f]{4}[-_]?){3}[0-9a-f]{12}/iy;
const code = /[\w-]{16}/y;
const someCode = /[\w-]/y;

/** The verification link whose /v/ stands there: of our own host, or with a UUID behind it. */
export function linkAt(text: string, at: number, ownHost: string | null): Stretch | null {
  const isOwn = ownHost === null || endsWithHost(text.slice(Math.max(0, at - ownHost.length - 8), at), ownHost);
  const pattern = !isOwn ? anyUuid : ownHost === null ? code : someCode;
  pattern.lastIndex = at + 3;
  if (!pattern.test(text)) return null;
  let [from, to] = [at, at + 4];
  while (from > 0 && at - from < 300 && isOfLink(text.charCodeAt(from - 1))) from -= 1;
  while (to < text.length && isOfLink(text.charCodeAt(to))) to += 1;
  return { from, to };
}

function endsWithHost(before: string, host: string): boolean {
  const name = before.toLowerCase().replace(/\.?(?::\d{1,5})?$/, '');
  return name.endsWith(host) && !/[a-z0-9-]/.test(name.charAt(name.length - host.length - 1));
}

/** What may stand in a link: no blank, quote or bracket. */
function isOfLink(sign: number): boolean {
  return sign > 32 && sign < 127 && sign !== 34 && sign !== 39 && sign !== 40 && sign !== 41 && sign !== 44 && sign !== 60 && sign !== 62;
}

const hash = /\$(?:argon2(?:id|i|d)|2[abxy]|scrypt|pbkdf2(?:-\w{1,10})?|[156y]\$[./\w=,$]{4,40})\$[./\w=,-]{2}\S*/iy;

/** The password hash that begins with the $ there. */
export function hashAt(text: string, at: number): Stretch | null {
  return stretchOf(hash, text, at);
}

/** The first _ of a payment provider's reference. */
export const paymentSign =
  /_(?<=(?<![a-z0-9])(?:sk|rk|pk|whsec|acct|cus|ch|pi|pm|py|re|in|ii|sub|si|txn|seti|card|src|tok|evt|price|prod|cs|po|tr|dp|du|ba|mandate)_)(?=(?:(?:live|test)_)?[a-zA-Z0-9]{14})/g;
const longestProvider = 7;
const reference =
  /_(?:(?:live|test)_|(?=[a-z]{0,40}[A-Z0-9])(?![a-z]{0,40}(?:[A-Z][a-z]{3,}(?![a-z])|(?:19|20)\d\d(?!\d))+(?![a-zA-Z0-9])))[a-zA-Z0-9]{14,}/y;

/** The payment provider's reference whose first _ is there. */
export function paymentAt(text: string, at: number): Stretch | null {
  const found = stretchOf(reference, text, at);
  if (found === null) return null;
  let from = at;
  while (at - from < longestProvider && isWord(text.charCodeAt(from - 1))) from -= 1;
  return { from, to: found.to };
}

const keyLine = /(?:BEGIN|END) [A-Z0-9 ]{0,30}(?:PRIVATE KEY|CERTIFICATE REQUEST)(?: BLOCK)?-----[\s\S]{0,4000}/y;

/** The private key or certificate request whose first line has the last of its first dashes there. */
export function keyAt(text: string, at: number): Stretch | null {
  if (text[at + 1] === '-' || !text.startsWith('-----', at - 4)) return null;
  const found = stretchOf(keyLine, text, at + 1);
  return found && { from: at - 4, to: found.to };
}

const token = /\.eyJ[\w-]{10,}/y;
const bearer = /bearer {1,3}\S{20,}/iy;

/** The bearer token whose word begins there. */
export function bearerAt(text: string, at: number): Stretch | null {
  return stretchOf(bearer, text, at);
}

const restOfAddress = /:\S*/y;

/** The address with a one-time password's secret whose colon is there, to its end. */
export function otpauthAt(text: string, at: number): Stretch | null {
  const found = stretchOf(restOfAddress, text, at);
  return found && { from: at - 7, to: found.to };
}

/** The JSON web token whose first full stop is there. */
export function jwtAt(text: string, point: number): Stretch | null {
  const found = stretchOf(token, text, point);
  if (found === null) return null;
  let from = point;
  while (from > 0 && isOfToken(text.charCodeAt(from - 1))) from -= 1;
  const header = text.slice(from, point);
  const begin = header.indexOf('eyJ');
  return begin >= 0 && header.length - begin >= 13 ? { from, to: found.to } : null;
}

function isOfToken(sign: number): boolean {
  return isWord(sign) || sign === 45 || sign === 95;
}

function stretchOf(pattern: RegExp, text: string, at: number): Stretch | null {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found && { from: at, to: at + found[0].length };
}
