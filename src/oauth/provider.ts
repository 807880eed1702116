import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { AppError, errorTable } from '../errors.ts';
import { isPassing } from '../store/engine/patience.ts';
import type { AnsweringDeps } from './answering.ts';
import { configurationOf, showProblem, type OAuthProblem, type ProviderDeps } from './configuration.ts';
import { tellReached } from './limit-reached.ts';
import { makePatchedProvider, patchAnswer } from './patches.ts';
import { makeTokenLimit } from './token-limit.ts';

const problemOfStatus: Readonly<Record<number, OAuthProblem>> = { 500: 'internal', 503: 'later' };

/** The authorization server (OAuth 2.1, RFC 8414, 8707, 9207, 7591, 7009, Client ID Metadata Documents). */
export function makeProvider(deps: ProviderDeps): Provider {
  const { orm, clock, publicUrl, log, scopes } = deps;
  const tokenLimit = makeTokenLimit(deps);
  const answering: AnsweringDeps = {
    orm,
    clock,
    showDestination: (ctx, destination) => showProblem(deps, ctx, problemOfStatus[ctx.status] ?? 'refused', destination),
  };
  const provider = makePatchedProvider({ orm, clock, publicUrl, answering, tokenLimit }, configurationOf(deps));
  provider.proxy = true;
  provider.silent = true;
  provider.on('server_error', (ctx, error) => {
    log.error({ err: error }, 'authorization server failed');
    if (isPassing(error)) tellToTryLater(ctx);
  });
  provider.use(async (ctx, next) => {
    await next();
    await tellReached(ctx, () => deps.renderProblem('busy'));
    await tokenLimit.leave(ctx);
    patchAnswer(ctx, { scopes, sessionCookie: provider.cookieName('session') });
  });
  return provider;
}

/** RFC 9110 §15.6.4. An authorization's error has gone back to its app already. */
function tellToTryLater(ctx: KoaContextWithOIDC): void {
  if (ctx.status < 400) return;
  const later = new AppError('try_later');
  ctx.status = errorTable[later.code].status;
  ctx.set('Retry-After', String(later.retryAfterSeconds));
  if (ctx.type === 'application/json') ctx.body = { error: 'temporarily_unavailable', error_description: later.message };
}
