import { isIPv6 } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { clientAddress } from './host.ts';
import { tokenDigest } from './tokens.ts';

const budgets = {
  /** Passwords tried by one network, or one known browser, for one e-mail. */
  sign_in: { points: 10, duration: 900 },
  /** Failed passwords for one e-mail from anywhere: beyond them, each network has few tries. */
  sign_in_account: { points: 100, duration: 3600 },
  sign_in_attacked: { points: 2, duration: 900 },
  /** Links to set a new password, asked for by one network. */
  password_reset: { points: 20, duration: 3600 },
  register: { points: 300, duration: 3600 },
  fetch_client: { points: 120, duration: 3600 },
  password_link: { points: 60, duration: 900 },
  /** Verification links of one network that led nowhere. */
  verification_code: { points: 60, duration: 900 },
  /** Certificates of one network as files. */
  certificate_file: { points: 300, duration: 900 },
} as const;

export type LimitedAct = keyof typeof budgets;

/** How often something may be tried, counted in this process. Keys are kept as hashes. */
export interface Limits {
  /** False when the budget is used up. */
  spend(act: LimitedAct, key: string): Promise<boolean>;
  isSpent(act: LimitedAct, key: string): Promise<boolean>;
  forgive(act: LimitedAct, key: string): Promise<void>;
}

export function makeLimits(): Limits {
  const limiter = (act: LimitedAct) => new RateLimiterMemory({ keyPrefix: act, ...budgets[act] });
  const limiters: Readonly<Record<LimitedAct, RateLimiterMemory>> = {
    sign_in: limiter('sign_in'),
    sign_in_account: limiter('sign_in_account'),
    sign_in_attacked: limiter('sign_in_attacked'),
    password_reset: limiter('password_reset'),
    register: limiter('register'),
    fetch_client: limiter('fetch_client'),
    password_link: limiter('password_link'),
    verification_code: limiter('verification_code'),
    certificate_file: limiter('certificate_file'),
  };
  return {
    async spend(act, key) {
      try {
        await limiters[act].consume(digestOf(key));
        return true;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return false;
        throw refusal;
      }
    },
    async isSpent(act, key) {
      const state = await limiters[act].get(digestOf(key));
      return state !== null && state.consumedPoints >= budgets[act].points;
    },
    async forgive(act, key) {
      await limiters[act].delete(digestOf(key));
    },
  };
}

/** The network that a request comes from: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(request: IncomingMessage): string {
  const address = clientAddress(request);
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  return prefixOf(new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1));
}

/** The first four groups of an IPv6 address in its shortest form. */
function prefixOf(address: string): string {
  const [left = '', right] = address.split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

function digestOf(key: string): string {
  return Buffer.from(tokenDigest(key)).toString('base64url');
}
