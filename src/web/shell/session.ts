import type { MiddlewareHandler } from 'hono';
import { AppError } from '../../errors.ts';
import type { OAuth } from '../../oauth/oauth.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import type { Clock } from '../../words/dates.ts';
import { staysOpen } from './open-when-deactivated.ts';
import { exchangeOf, safePath, type WebContext, type WebEnv } from './http.ts';
import type { Visitor } from './navigation.ts';

const recentSeconds = 300;

export interface WebSessions {
  /** Who is signed in on this browser. */
  sessionOf(c: WebContext): Promise<(SignedIn & Visitor) | null>;
  /** Lets only a signed-in person through, as `c.get('person')`; others sign in first and come back. Under `/api/`: 401. */
  readonly requireSession: MiddlewareHandler<WebEnv>;
  /** For changes that need the password: lets a person through who signed in within 5 minutes. Use it after `requireSession`. */
  readonly reauthenticate: MiddlewareHandler<WebEnv>;
  /** Ends this browser's sign-in, or all of the account's. Apps stay connected. */
  signOut(c: WebContext, options?: { readonly everywhere?: boolean }): Promise<void>;
}

export function makeWebSessions({ oauth, clock }: { oauth: OAuth; clock: Clock }): WebSessions {
  const sessionOf = async (c: WebContext): Promise<(SignedIn & Visitor) | null> => {
    const person = await oauth.sessions.read(exchangeOf(c));
    return person && { ...person, scopes: oauth.scopes };
  };
  const secure = oauth.publicUrl.startsWith('https:') ? '; Secure' : '';
  return {
    sessionOf,
    requireSession: async (c, next) => {
      const person = await sessionOf(c);
      if (!person) {
        if (c.req.path.startsWith('/api/')) throw new AppError('unauthorized');
        return c.redirect(signInPath(c), 303);
      }
      if (person.isDeactivated && !staysOpen(c.req.method, c.req.path)) throw new AppError('forbidden');
      c.set('person', person);
      return next();
    },
    reauthenticate: async (c, next) => {
      const agoMs = clock().getTime() - c.get('person').signedInAt.getTime();
      if (agoMs <= recentSeconds * 1000) return next();
      if (c.req.path.startsWith('/api/')) throw new AppError('reauthentication_needed');
      return c.redirect(`${signInPath(c)}&again=1`, 303);
    },
    signOut: async (c, { everywhere = false } = {}) => {
      const exchange = exchangeOf(c);
      const person = await oauth.sessions.read(exchange);
      if (everywhere && person) await oauth.sessions.endAll({ accountId: person.accountId });
      await oauth.sessions.end(exchange);
      for (const name of oauth.sessionCookies) {
        c.header('Set-Cookie', `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure}`, { append: true });
      }
    },
  };
}

function signInPath(c: WebContext): string {
  const url = new URL(c.req.url);
  return `/sign-in?to=${encodeURIComponent(safePath(`${url.pathname}${c.req.method === 'GET' ? url.search : ''}`))}`;
}
