import { errors, Provider } from 'oidc-provider';
import { errorTable } from '../errors.ts';

/** A limit of the caller, or of the whole installation. The caller is told here, whatever their client is. */
export class LimitReached extends errors.OIDCProviderError {
  readonly retryAfterSeconds: number;

  constructor(code: 'rate_limited' | 'try_later', retryAfterSeconds: number) {
    super(errorTable[code].status, 'temporarily_unavailable');
    this.error_description = errorTable[code].text;
    this.expose = true;
    this.allow_redirect = false;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const reached = new WeakMap<object, LimitReached>();

/** Has the answer of the request that runs say so, whatever the library makes of the error. */
export function noteReached(error: LimitReached): LimitReached {
  if (Provider.ctx) reached.set(Provider.ctx, error);
  return error;
}

/** Whether an error comes of a limit that another request reached, which asked for the same at the same time. */
export function isAnothersLimit(error: unknown): boolean {
  const { ctx } = Provider;
  return error instanceof Error && error.cause instanceof LimitReached && ctx !== undefined && !reached.has(ctx);
}

interface Answer {
  status: number;
  readonly type: string;
  body?: unknown;
  set(name: string, value: string): void;
}

/** Says in an answer that is an error anyway that a limit was the reason, and when to come back. */
export async function tellReached(ctx: Answer, renderBusy: () => Promise<string>): Promise<void> {
  const error = reached.get(ctx);
  if (!error || ctx.status < 400) return;
  const isPage = ctx.type === 'text/html';
  ctx.status = error.statusCode;
  ctx.set('Retry-After', String(error.retryAfterSeconds));
  ctx.body = isPage ? await renderBusy() : { error: error.error, error_description: error.error_description };
}
