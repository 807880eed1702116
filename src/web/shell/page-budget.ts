import type { MiddlewareHandler } from 'hono';
import { AppError } from '../../errors.ts';
import { networkOf, type Limits } from '../../http/limits.ts';
import { exchangeOf, type WebEnv } from './http.ts';
import type { WebSessions } from './session.ts';

/** Each network opens only so many pages. Whoever is signed in goes on when strangers of the same network have used them up; verification links have budgets of their own. */
export function pageBudget({ limits, sessions }: { limits: Limits; sessions: WebSessions }): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    if (c.req.path.startsWith('/v/')) return next();
    const seconds = await limits.secondsToWait('page', networkOf(exchangeOf(c).req));
    if (seconds > 0 && !(await sessions.sessionOf(c))) throw new AppError('rate_limited', undefined, seconds);
    await next();
  };
}
