import type { LookupAddress, LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { Agent, fetch, type buildConnector } from 'undici';
import { askNameServers, type Resolve } from './name-servers.ts';

export type FetchClientDocument = (url: string | URL) => Promise<Response>;

/** An address that the server does not fetch. Nothing was sent, and no connection opened. */
export class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
}

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
 * Fetches documents that clients name by URL, from public addresses on port 443 only; no redirect is followed. The addresses that were
 * checked are the ones that are connected to, and the answer is whole. @throws RefusedAddress, or what the network says
 */
export function makeSafeFetch({ resolve = askNameServers(), limits = fetchLimits, connect }: SafeFetchDeps = {}): FetchClientDocument {
  return async (input) => {
    const url = new URL(input);
    refuseUnlessPublicHttps(url);
    const signal = AbortSignal.timeout(limits.totalMs);
    const agent = new Agent({
      connect: connect ?? { timeout: limits.connectMs, lookup: alwaysTo(await publicAddresses(resolve, url.hostname, signal)) },
      maxResponseSize: limits.bytes,
    });
    try {
      return await whole(await fetch(url, { method: 'GET', headers: asked, redirect: 'manual', signal, dispatcher: agent }), limits.bytes);
    } finally {
      await agent.destroy();
    }
  };
}

const asked = { accept: 'application/json', 'accept-encoding': 'identity' };

function refuseUnlessPublicHttps(url: URL): void {
  const literal = isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0;
  const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  if (!plain || literal || !url.hostname.includes('.')) throw new RefusedAddress('only https on port 443 of a public name');
}

/** @throws RangeError for an answer that is longer than it may be, also one that only unpacks to it */
async function whole({ body, status, headers }: Awaited<ReturnType<typeof fetch>>, maxBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError('the document is too long');
    chunks.push(chunk);
  }
  return new Response(bytes === 0 ? null : Buffer.concat(chunks), { status, headers: [...headers] });
}

/** @throws RefusedAddress unless every address of the name is public; whatever the signal says, however long the name servers are silent */
async function publicAddresses(resolve: Resolve, host: string, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  const addresses = await new Promise<readonly LookupAddress[]>((found, failed) => {
    signal.addEventListener('abort', () => failed(signal.reason), { once: true });
    resolve(host, (error, all) => (error ? failed(error) : found(all)), signal);
  });
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address)))
    throw new RefusedAddress('not a public address');
  return addresses;
}

type LookupAnswer = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

function alwaysTo(addresses: readonly LookupAddress[]) {
  return (_host: string, options: LookupOptions, answer: LookupAnswer): void => {
    const [first] = addresses;
    if (options.all || !first) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };
}
