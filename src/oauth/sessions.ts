import type { Provider } from 'oidc-provider';
import type { Orm } from '../store/db.ts';
import { findPerson, type Person } from '../store/writes/accounts.ts';
import { deleteSessions } from '../store/writes/sessions.ts';
import type { Exchange } from './interaction.ts';
import { tokenDigest } from './tokens.ts';

export interface SignedIn extends Person {
  readonly signedInAt: Date;
  /** Names this sign-in among the account's others. */
  readonly sessionDigest: Uint8Array;
}

export interface Sessions {
  /** Who is signed in on this browser. Null for nobody, and for a disabled account. */
  read(exchange: Exchange): Promise<SignedIn | null>;
  /** Ends this browser's sign-in. Apps stay connected. */
  end(exchange: Exchange): Promise<void>;
  /** Ends every sign-in of an account, or all but one. Answers how many. Apps stay connected. */
  endAll(owner: { readonly accountId: string; readonly keep?: Uint8Array }): Promise<number>;
}

export function makeBrowserSessions({ provider, orm }: { provider: Provider; orm: Orm }): Sessions {
  const load = ({ req, res }: Exchange) => provider.Session.get(provider.createContext(req, res));
  return {
    read: async (exchange) => {
      const session = await load(exchange);
      if (session.accountId === undefined || session.loginTs === undefined) return null;
      const person = await findPerson({ orm, accountId: session.accountId });
      return person && { ...person, signedInAt: new Date(session.loginTs * 1000), sessionDigest: tokenDigest(session.jti) };
    },
    end: async (exchange) => {
      const session = await load(exchange);
      if (session.accountId !== undefined) await session.destroy();
    },
    endAll: ({ accountId, keep }) => deleteSessions({ orm, accountId, ...(keep && { except: keep }) }),
  };
}
