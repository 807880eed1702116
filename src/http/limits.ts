import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { AppError } from '../errors.ts';
import type { Orm } from '../store/engine/db.ts';
import { sharedLimiter } from '../store/engine/rate-limits.ts';
import { clientAddress } from './host.ts';
import { memoryLimiter } from './memory-limiter.ts';
import { derive } from '../crypto/derive.ts';

interface Budget {
  readonly points: number;
  readonly seconds: number;
  /** What is counted, and for whom. */
  readonly says: string;
  /** Each process counts for itself, so that it costs no round trip; otherwise all instances count together. */
  readonly local?: true;
}

/** Every limit of the product. Authenticated calls count by grant: the egress addresses of an assistant's vendor serve many people. */
export const limitTable = {
  sign_in: { points: 10, seconds: 900, says: 'passwords tried by one network, or one known browser, for one e-mail address' },
  sign_in_account: { points: 100, seconds: 3600, says: 'failed passwords for one e-mail address from anywhere; beyond, the next holds' },
  sign_in_known: { points: 30, seconds: 3600, says: 'failed passwords of all known browsers of one account; beyond, they are strangers' },
  sign_in_network: { points: 60, seconds: 900, says: 'failed passwords of one network for all e-mail addresses, known browsers aside' },
  sign_in_range: { points: 240, seconds: 900, says: 'the same for neighbouring networks: a /24 of IPv4, a /48 of IPv6' },
  sign_in_attacked: { points: 2, seconds: 900, says: 'passwords tried by one network for an attacked e-mail address' },
  password_reset: { points: 20, seconds: 3600, says: 'links to set a password, asked for by one network' },
  password_link: { points: 60, seconds: 900, says: 'dead password links of one network; living ones open' },
  contact: { points: 20, seconds: 3600, says: 'messages that one network, or one account, sent by the contact form' },
  contact_day: { points: 300, seconds: 86_400, says: 'messages of one kind from all who aren’t signed in; beyond, the next holds' },
  contact_beyond: {
    points: 2,
    seconds: 86_400,
    says: 'such messages of one kind from neighbouring networks: a /24 of IPv4, a /48 of IPv6',
  },
  register: { points: 300, seconds: 3600, says: 'registered clients of one network' },
  register_range: { points: 1200, seconds: 3600, says: 'the same for neighbouring networks' },
  fetch_client: { points: 120, seconds: 3600, says: 'documents and keys fetched for one network, of clients that nobody has connected' },
  fetch_client_range: { points: 480, seconds: 3600, says: 'the same for neighbouring networks' },
  authorize: { points: 600, seconds: 900, says: 'authorizations begun by one network, or by one person who is signed in' },
  authorize_range: { points: 2400, seconds: 900, says: 'authorizations begun by neighbouring networks; signed-in people aside' },
  token: {
    points: 200,
    seconds: 300,
    says: 'refused requests of one client in one network, or with one living token, at the token and revocation endpoints; only what is dead is refused for others',
    local: true,
  },
  token_network: { points: 2000, seconds: 300, says: 'the same of one network for all clients', local: true },
  tool_call: { points: 3000, seconds: 60, says: 'tool calls of one grant', local: true },
  request: { points: 600, seconds: 60, says: 'other MCP requests of one grant', local: true },
  verification_code: { points: 60, seconds: 900, says: 'verification links of one network that led nowhere; living ones open' },
  new_link: { points: 3, seconds: 86_400, says: 'new verification links that the recipient of one certificate is mailed' },
  new_link_address: {
    points: 10,
    seconds: 86_400,
    says: 'new verification links mailed to one address, for all its certificates; dropped in silence',
  },
  new_link_network: { points: 20, seconds: 3600, says: 'new verification links asked for by one network' },
  certificate_file: { points: 300, seconds: 900, says: 'certificates of one network as files', local: true },
  certificate_file_each: { points: 3, seconds: 900, says: 'the same of one certificate, when its network has used that up', local: true },
  page: { points: 3000, seconds: 900, says: 'pages of one network that nobody was signed in for', local: true },
  verification_page: { points: 1200, seconds: 900, says: 'opened verification pages of one network', local: true },
  verification_page_each: { points: 10, seconds: 900, says: 'the same of one certificate, when its network has used that up', local: true },
} as const satisfies Record<string, Budget>;

export type LimitedAct = keyof typeof limitTable;

/** How often something may be tried. Keys are kept as keyed hashes. */
export interface Limits {
  /** False when the budget is used up. */
  spend(act: LimitedAct, key: string): Promise<boolean>;
  /** Spends, and answers for how many seconds to wait: 0 within the budget. */
  secondsToWait(act: LimitedAct, key: string): Promise<number>;
  /** Spends. @throws AppError rate_limited, which says how long to wait */
  demand(act: LimitedAct, key: string): Promise<void>;
  isSpent(act: LimitedAct, key: string): Promise<boolean>;
  /** Takes one spending back. */
  refund(act: LimitedAct, key: string): Promise<void>;
  forgive(act: LimitedAct, key: string): Promise<void>;
}

export interface LimitDeps {
  /** For the hashes of what is counted. */
  readonly secret: Buffer;
  /** Where several instances count together; null counts in this process alone. */
  readonly shared: Orm | null;
  /** Other budgets than the table's. */
  readonly budgets?: Budgets;
  /** Called for each refusal with the limit's name. */
  readonly countRefusal?: CountRefusal;
}

export type CountRefusal = (limit: string) => void;

/** How many instead of the table's number. */
export type Budgets = Partial<Record<LimitedAct, number>>;

export function makeLimits({ secret, shared, budgets = {}, countRefusal = () => undefined }: LimitDeps): Limits {
  const hashKey = derive(secret, 'certveil rate limits');
  const keyOf = (text: string) => createHmac('sha256', hashKey).update(text).digest('base64url');
  const pointsOf = (act: LimitedAct) => budgets[act] ?? limitTable[act].points;
  const limiters = new Map(allActs.map((act) => [act, limiterOf(act, pointsOf(act), shared)]));
  /** What is known to be used up: asking for it again needs no database. */
  const spent = new Map(allActs.map((act) => [act, memoryLimiter({ name: act, points: 1, seconds: limitTable[act].seconds })]));
  const limiter = (act: LimitedAct) => present(limiters.get(act));
  const memo = (act: LimitedAct) => present(spent.get(act));
  const secondsToWait = async (act: LimitedAct, key: string): Promise<number> => {
    try {
      await limiter(act).consume(keyOf(key));
      return 0;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      countRefusal(act);
      return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    }
  };
  const isUsedUp = async (act: LimitedAct, name: string): Promise<boolean> => {
    if ((await memo(act).get(name)) !== null) return true;
    const state = await limiter(act).get(name);
    if (state === null || state.consumedPoints < pointsOf(act)) return false;
    await memo(act).set(name, 1, Math.max(1, Math.floor(state.msBeforeNext / 1000)));
    return true;
  };
  return {
    secondsToWait,
    spend: async (act, key) => (await secondsToWait(act, key)) === 0,
    demand: async (act, key) => {
      const seconds = await secondsToWait(act, key);
      if (seconds > 0) throw new AppError('rate_limited', undefined, seconds);
    },
    isSpent: async (act, key) => {
      const spent = await isUsedUp(act, keyOf(key));
      if (spent) countRefusal(act);
      return spent;
    },
    refund: async (act, key) => {
      await limiter(act).reward(keyOf(key), 1);
      await memo(act).delete(keyOf(key));
    },
    forgive: async (act, key) => {
      await limiter(act).delete(keyOf(key));
      await memo(act).delete(keyOf(key));
    },
  };
}

const allActs = Object.keys(limitTable) as LimitedAct[];

function limiterOf(act: LimitedAct, points: number, shared: Orm | null): RateLimiterAbstract {
  const { seconds, local }: Budget = limitTable[act];
  if (shared === null || local) return memoryLimiter({ name: act, points, seconds });
  return sharedLimiter({ orm: shared, name: act, points, seconds });
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('every act has its limiter');
  return value;
}

/** The network that a request comes from: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(request: IncomingMessage): string {
  return prefixOf(clientAddress(request), { v4: 4, v6: 4 });
}

/** Spends for the network of a request and for its neighbourhood. Answers for how many seconds to wait: 0 within both budgets. */
export async function secondsForNetwork(
  limits: Limits,
  act: 'register' | 'fetch_client' | 'authorize',
  request: IncomingMessage,
): Promise<number> {
  const seconds = await limits.secondsToWait(act, networkOf(request));
  return seconds > 0 ? seconds : limits.secondsToWait(`${act}_range`, rangeOf(request));
}

/** The neighbouring networks that one subscriber may have: a /24 of IPv4, a /48 of IPv6. */
export function rangeOf(request: IncomingMessage): string {
  return prefixOf(clientAddress(request), { v4: 3, v6: 3 });
}

/** The first parts of an address: numbers of IPv4, groups of IPv6. */
function prefixOf(given: string, { v4, v6 }: { readonly v4: number; readonly v6: number }): string {
  if (!isIPv6(given) || given.startsWith('::ffff:')) return given.split('.').slice(0, v4).join('.');
  const address = new URL(`http://[${given.split('%')[0]}]`).hostname.slice(1, -1);
  const [left = '', right] = address.split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].slice(0, v6).join(':');
}
