import type { Hono } from 'hono';
import { AppError } from '../../errors.ts';
import type { WebEnv } from './http.ts';

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;

export interface Route {
  readonly method: string;
  /** With `:name` for what varies. */
  readonly path: string;
}

/** Each method and path once, in their order. What stands before all of them is none. */
export function routesOf(pages: Hono<WebEnv>): Route[] {
  const named = pages.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => [`${method} ${path}`, { method, path }] as const);
  return [...new Map(named).values()];
}

/** To be called last: a known path under another method answers 405 and says which methods it has; an unknown path stays a 404. */
export function refuseOtherMethods(pages: Hono<WebEnv>): void {
  pages.all('*', (c) => {
    const handlersOf = (method: string) => pages.router.match(method, c.req.path)[0].length;
    const everywhere = handlersOf('NONE');
    const allowed = methods.filter((each) => handlersOf(each) > everywhere);
    if (allowed.length === 0) return c.notFound();
    c.header('Allow', allowed.join(', '));
    throw new AppError('method_not_allowed');
  });
}
