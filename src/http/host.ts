import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

const forwarded = [
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-for',
  'x-forwarded-server',
  'x-forwarded-proto',
  'forwarded',
  'x-real-ip',
];

const clients = new WeakMap<IncomingMessage, string | null>();

/** Where a request comes from, in one form: the connection's address, or what the trusted proxies in front say. */
export function clientAddress(request: IncomingMessage): string {
  const { remoteAddress = '' } = request.socket;
  return clients.get(request) ?? plainAddress(remoteAddress) ?? remoteAddress;
}

/** Each proxy appends the address that it was called from: with n of them, the n-th from the right is the client's. */
function forwardedFor(request: IncomingMessage, trustedProxies: number): string | null {
  const hops = [request.headers['x-forwarded-for'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((each) => each.trim());
  const hop = hops.at(-trustedProxies) ?? '';
  const unquoted = /^"([^"]*)"$/.exec(hop)?.[1] ?? hop;
  const withPort = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(unquoted) ?? /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(unquoted);
  return plainAddress(withPort?.[1] ?? unquoted);
}

/** An address in its shortest form, IPv4 for one that is mapped into IPv6. Null for what isn't one. */
function plainAddress(text: string): string | null {
  const [address = ''] = text.split('%');
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : null;
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest);
  if (!mapped) return shortest;
  const [high = 0, low = 0] = mapped.slice(1).map((each) => Number.parseInt(each, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

export const unreadableHop =
  'X-Forwarded-For holds no address where TRUSTED_PROXIES says: whoever comes that way counts as one network with the proxy';

export interface HostGuard {
  readonly publicUrl: string;
  /** How many proxies stand in front, each of which appends to X-Forwarded-For. */
  readonly trustedProxies?: number;
  /** Called once, when the header says no address where the proxies should have put one: they all count as one network then. */
  readonly onUnreadable?: () => void;
}

/** Makes a request say the configured origin, whatever it came with. False when it was meant for another host: answer 421. */
export function hostGuard({ publicUrl, trustedProxies = 0, onUnreadable }: HostGuard): (request: IncomingMessage) => boolean {
  const origin = new URL(publicUrl);
  let told = false;
  return (request) => {
    const asked = request.headers.host ?? request.headers[':authority'];
    if (typeof asked !== 'string' || !/^[A-Za-z0-9.:[\]-]+$/.test(asked)) return false;
    const url = `${origin.protocol}//${asked}`;
    if (!URL.canParse(url) || new URL(url).host !== origin.host) return false;
    if (trustedProxies > 0) {
      const address = forwardedFor(request, trustedProxies);
      clients.set(request, address);
      if (address === null && !told) onUnreadable?.();
      told ||= address === null;
    }
    for (const name of forwarded) delete request.headers[name];
    request.headers.host = origin.host;
    request.headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
    return true;
  };
}
