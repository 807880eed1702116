import { emailKey } from '../policy/text.ts';
import type { Devices } from './devices.ts';
import type { Exchange } from './interaction.ts';
import { networkOf, type Limits } from './limits.ts';

/** How often a password may be tried, so that nobody can search for one and nobody can lock its owner out. */
export interface SignInTries {
  /** Counts a try before the password is looked at. Null when it is one too many. */
  begin(exchange: Exchange, email: string): Promise<SignInTry | null>;
}

export interface SignInTry {
  wrong(): Promise<void>;
  right(): Promise<void>;
}

/**
 * A browser that has signed in to the account before has tries of its own. Others share those of their network; once an account
 * is under attack from anywhere, each network has few, so that an owner in a new place still has some.
 */
export function makeSignInTries({ limits, devices }: { limits: Limits; devices: Devices }): SignInTries {
  return {
    begin: async (exchange, email) => {
      const account = emailKey(email.slice(0, 320));
      const device = await devices.known(exchange, account);
      const here = JSON.stringify([device ?? networkOf(exchange.req), account]);
      const isAttacked = device === null && (await limits.isSpent('sign_in_account', account));
      const acts =
        device === null ? (['sign_in', ...(isAttacked ? (['sign_in_attacked'] as const) : [])] as const) : (['sign_in'] as const);
      for (const act of acts) if (!(await limits.spend(act, here))) return null;
      return {
        wrong: async () => {
          if (device === null) await limits.spend('sign_in_account', account);
        },
        right: async () => {
          for (const act of acts) await limits.forgive(act, here);
          await devices.remember(exchange, account);
        },
      };
    },
  };
}
