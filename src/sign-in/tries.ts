import { emailKey } from '../words/text.ts';
import type { Devices } from './devices.ts';
import type { Exchange } from '../http/exchange.ts';
import { networkOf, rangeOf, type LimitedAct, type Limits } from '../http/limits.ts';
import type { InTurn, Place } from './hashing-queue.ts';

/** How often a password may be tried, so that nobody can search for one and nobody can lock its owner out. */
export interface SignInTries {
  /**
   * Lets a password be checked in its turn. A try counts when its turn has come, and not at all when the check breaks off; failures
   * count for the account and, of strangers, for their network. Answers what the check did; 'limited' when it is one too many.
   * @throws AppError try_later when too many wait
   */
  attempt<Right>(tried: Tried, check: () => Promise<Right | null>): Promise<Right | 'wrong' | 'limited'>;
}

export interface Tried {
  readonly exchange: Exchange;
  readonly email: string;
  /** Whoever is signed in and confirms it is no stranger of their network. */
  readonly isSignedIn?: boolean;
}

interface Who {
  readonly account: string;
  readonly isKnown: boolean;
  /** What counts the tries: one network or browser, for one account. */
  readonly here: string;
  readonly network: string;
  readonly range: string;
}

/**
 * A browser that has signed in to the account before has tries of its own, until the known browsers of the account have failed too
 * often together. Others share those of their network; once an account is under attack from anywhere, each network has few, so that
 * an owner in a new place still has some.
 */
export function makeSignInTries(deps: { limits: Limits; devices: Devices; inTurn: InTurn }): SignInTries {
  const { limits, inTurn } = deps;
  return {
    attempt: async (tried, check) => {
      const who = await whoTries(deps, tried);
      if (await isOut(limits, who)) return 'limited';
      return inTurn(async () => {
        const spent = await spend(limits, who);
        if (spent === null) return 'limited';
        try {
          const right = await check();
          if (right === null) await countFailure(limits, who);
          else {
            for (const act of spent) await limits.forgive(act, who.here);
            await deps.devices.remember(tried.exchange, who.account);
          }
          return right ?? 'wrong';
        } catch (error) {
          await Promise.allSettled(spent.map((act) => limits.refund(act, who.here)));
          throw error;
        }
      }, placeOf(who));
    },
  };
}

async function whoTries({ limits, devices }: { limits: Limits; devices: Devices }, { exchange, email, isSignedIn }: Tried): Promise<Who> {
  const account = emailKey(email.slice(0, 320));
  const [network, range] = [networkOf(exchange.req), rangeOf(exchange.req)];
  const device = await devices.known(exchange, account);
  const known = device !== null && !(await limits.isSpent('sign_in_known', account)) ? device : null;
  return { account, isKnown: known !== null || isSignedIn === true, here: JSON.stringify([known ?? network, account]), network, range };
}

const placeOf = ({ isKnown, here, range }: Who): Place => (isKnown ? { lane: 'known', who: here } : { lane: 'strangers', who: range });

/** Whether nothing may be tried. Costs no row, so that a spray leaves few. */
async function isOut(limits: Limits, { isKnown, here, network, range }: Who): Promise<boolean> {
  if (!isKnown && (await limits.isSpent('sign_in_network', network))) return true;
  if (!isKnown && (await limits.isSpent('sign_in_range', range))) return true;
  return limits.isSpent('sign_in', here);
}

/** Counts a try. Answers what was spent; null when it is one too many. */
async function spend(limits: Limits, who: Who): Promise<LimitedAct[] | null> {
  if (await isOut(limits, who)) return null;
  const isAttacked = !who.isKnown && (await limits.isSpent('sign_in_account', who.account));
  const acts: LimitedAct[] = ['sign_in', ...(isAttacked ? (['sign_in_attacked'] as const) : [])];
  for (const act of acts) if (!(await limits.spend(act, who.here))) return null;
  return acts;
}

/** Known browsers’ failures don't make an owner's account an attacked one. */
async function countFailure(limits: Limits, { isKnown, account, network, range }: Who): Promise<void> {
  if (isKnown) return void (await limits.spend('sign_in_known', account));
  await limits.spend('sign_in_account', account);
  await limits.spend('sign_in_network', network);
  await limits.spend('sign_in_range', range);
}
