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

/** Where a request comes from: the connection's address, or what the trusted proxies in front say. */
export function clientAddress(request: IncomingMessage): string {
  return (clients.get(request) ?? request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}

/** Each proxy appends the address that it was called from: with n of them, the n-th from the right is the client's. */
function forwardedFor(request: IncomingMessage, trustedProxies: number): string | null {
  const hops = [request.headers['x-forwarded-for'] ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((each) => each.trim());
  const address = hops.at(-trustedProxies);
  return address !== undefined && isIP(address) !== 0 ? address : null;
}

export interface HostGuard {
  readonly publicUrl: string;
  /** How many proxies stand in front, each of which appends to X-Forwarded-For. */
  readonly trustedProxies?: number;
}

/** Makes a request say the configured origin, whatever it came with. False when it was meant for another host: answer 421. */
export function hostGuard({ publicUrl, trustedProxies = 0 }: HostGuard): (request: IncomingMessage) => boolean {
  const origin = new URL(publicUrl);
  return (request) => {
    const asked = request.headers.host ?? request.headers[':authority'];
    if (typeof asked !== 'string' || !/^[A-Za-z0-9.:[\]-]+$/.test(asked)) return false;
    const url = `${origin.protocol}//${asked}`;
    if (!URL.canParse(url) || new URL(url).host !== origin.host) return false;
    if (trustedProxies > 0) clients.set(request, forwardedFor(request, trustedProxies));
    for (const name of forwarded) delete request.headers[name];
    request.headers.host = origin.host;
    request.headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
    return true;
  };
}
