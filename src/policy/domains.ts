import { isShown } from './shapes/shown.ts';

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const numbersOnly = /^[0-9.]+$/;
const notOfHosts = /[\s\p{Cc}\p{Default_Ignorable_Code_Point}/\\?#@:%[\]<>^|"'`{}*,;&=+$!()~]/u;

/**
 * A domain name as it is stored and compared: lower case, ASCII (RFC 5891), without the point at the end; `*.` may stand before it.
 * Null for what names no host, addresses too.
 */
export function domainKey(text: string): string | null {
  const given = text.trim().replace(/[.\u3002\uff0e\uff61]$/u, '');
  const wildcard = given.startsWith('*.');
  const ascii = asciiHost(wildcard ? given.slice(2) : given);
  if (ascii === null) return null;
  const name = wildcard ? `*.${ascii}` : ascii;
  return name.length <= 253 ? name : null;
}

/** A domain that an app asks for; null for one that it wouldn't be shown. */
export function shownDomainKey(text: string): string | null {
  const key = domainKey(text);
  return key !== null && isShown(key) ? key : null;
}

/** The names that find a certificate, as `domainKey` writes them: those that an app may be shown. */
export function namesOf({ commonName, dnsNames }: { readonly commonName: string; readonly dnsNames: readonly string[] }): string[] {
  const own = domainKey(commonName);
  return [...new Set([...(own === null ? [] : [own]), ...dnsNames])].filter(isShown);
}

/** The names of certificates that stand for a domain: its own, and the wildcard beside it (RFC 6125, section 6.4.3). */
export function namesFor(domain: string): string[] {
  const key = shownDomainKey(domain);
  if (key === null) return [];
  const [, parent] = /^(?!\*)[^.]+\.(.+\..+)$/.exec(key) ?? [];
  return parent === undefined ? [key] : [key, `*.${parent}`];
}

function asciiHost(host: string): string | null {
  if (host === '' || host.length > 1000 || notOfHosts.test(host) || numbersOnly.test(host)) return null;
  const url = URL.canParse(`https://${host}/`) ? new URL(`https://${host}/`) : null;
  if (url === null || numbersOnly.test(url.hostname)) return null;
  return url.hostname.split('.').every((each) => label.test(each)) ? url.hostname : null;
}
