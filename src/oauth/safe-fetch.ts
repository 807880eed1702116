import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { Agent, fetch, type buildConnector } from 'undici';

export type FetchClientDocument = (url: string | URL) => Promise<Response>;

/** An address that the server does not fetch. Nothing was sent, and no connection opened. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
}

export type Resolve = (host: string, answer: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

export interface FetchLimits {
  /** From the question to the last byte of the answer. */
  readonly totalMs: number;
  readonly connectMs: number;
  readonly bytes: number;
}

const fetchLimits: FetchLimits = { totalMs: 2_500, connectMs: 1_500, bytes: 65_536 };

const blocked4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const blocked6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const blocked = new BlockList();
for (const [address, bits] of blocked4.map(subnet)) blocked.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of blocked6.map(subnet)) blocked.addSubnet(address, bits, 'ipv6');
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

function subnet(text: string): [string, number] {
  const [address = '', bits = ''] = text.split('/');
  return [address, Number(bits)];
}

/** True for an address on the public internet. Mapped, translated and tunnelled forms are not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !blocked.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
}

export interface SafeFetchDeps {
  readonly resolve?: Resolve;
  readonly limits?: FetchLimits;
  /** Opens connections instead of the network. */
  readonly connect?: buildConnector.connector;
}

/**
 * Fetches documents that clients name by URL, from public addresses on port 443 only; no redirect is followed.
 * The address that was checked is the one that is connected to. @throws RefusedAddress, or what the network says
 */
export function makeSafeFetch({ resolve = resolveAll, limits = fetchLimits, connect }: SafeFetchDeps = {}): FetchClientDocument {
  const agent = new Agent({
    connect: connect ?? { timeout: limits.connectMs, lookup: publicLookup(resolve) },
    maxResponseSize: limits.bytes,
    headersTimeout: limits.totalMs,
    bodyTimeout: limits.totalMs,
    keepAliveTimeout: 1,
    connections: 8,
  });
  return async (input) => {
    const url = new URL(input);
    refuseUnlessPublicHttps(url);
    const response = await fetch(url, {
      method: 'GET',
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.totalMs),
      dispatcher: agent,
    });
    return asGlobalResponse(response);
  };
}

function refuseUnlessPublicHttps(url: URL): void {
  const literal = isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0;
  const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  if (!plain || literal || !url.hostname.includes('.')) throw new RefusedAddress('only https on port 443 of a public name');
}

/** The npm package's Response and the built-in one are the same standard class declared twice. */
function asGlobalResponse(response: Awaited<ReturnType<typeof fetch>>): Response {
  return response as unknown as Response;
}

function resolveAll(...[host, answer]: Parameters<Resolve>): void {
  systemLookup(host, { all: true, verbatim: true }, answer);
}

type LookupAnswer = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

function publicLookup(resolve: Resolve) {
  return (host: string, options: LookupOptions, answer: LookupAnswer): void => {
    resolve(host, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error) return answer(error, []);
      if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
        return answer(new RefusedAddress('not a public address'), []);
      return options.all ? answer(null, [...addresses]) : answer(null, first.address, first.family);
    });
  };
}
