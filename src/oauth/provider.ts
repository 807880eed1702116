import { Provider, type KoaContextWithOIDC, type Session, type TokenEndpointGrantContext } from 'oidc-provider';
import { AppError, errorTable } from '../errors.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/engine/db.ts';
import { isPassing } from '../store/engine/patience.ts';
import { endSession } from '../store/accounts/sessions.ts';
import { askBeforeLeaving, type AnsweringDeps } from './answering.ts';
import { configurationOf, showProblem, type OAuthProblem, type ProviderDeps } from './configuration.ts';
import { authMethodList } from './clients.ts';
import { isAnothersLimit, tellReached } from './limit-reached.ts';
import { wrapGrantType } from './token-endpoint.ts';
import { makeTokenLimit, type TokenLimit } from './token-limit.ts';

const problemOfStatus: Readonly<Record<number, OAuthProblem>> = { 500: 'internal', 503: 'later' };

type Names = string | readonly string[] | ReadonlySet<string>;

/** The authorization server (OAuth 2.1, RFC 8414, 8707, 9207, 7591, 7009, Client ID Metadata Documents). */
export function makeProvider(deps: ProviderDeps): Provider {
  const { orm, clock, publicUrl, log } = deps;

  const answering: AnsweringDeps = {
    orm,
    clock,
    showDestination: (ctx, destination) => showProblem(deps, ctx, problemOfStatus[ctx.status] ?? 'refused', destination),
  };

  class AuthorizationServer extends Provider {
    override registerGrantType<Params extends object>(
      name: string,
      handler: (ctx: TokenEndpointGrantContext<Params>) => void | Promise<void>,
      params?: Names,
      duplicates?: Names,
    ): void {
      super.registerGrantType(name, wrapGrantType({ orm, clock, publicUrl }, name, handler), params, duplicates);
    }

    /** No answer travels in a page with a script. */
    override registerResponseMode(...[name, handler]: Parameters<Provider['registerResponseMode']>): void {
      if (name !== 'form_post') super.registerResponseMode(name, askBeforeLeaving(answering, handler));
    }
  }

  const provider = new AuthorizationServer(publicUrl, configurationOf(deps));
  const tokenLimit = makeTokenLimit(deps);
  askForOneself(provider);
  letSignatureBeOptional(provider);
  countTokenRequests(provider, tokenLimit);
  Reflect.set(provider.Session.prototype, 'destroy', sessionEnder(orm));
  Reflect.set(provider.Client.prototype, 'responseModeAllowed', isResponseModeAllowed);
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
    tellOnlyWhatIsServed(ctx, deps.scopes);
    endWithBrowser(ctx, provider.cookieName('session'));
  });
  return provider;
}

/** However a session is ended, a request of it that is still under way doesn't bring it back. */
function sessionEnder(orm: Orm) {
  return async function destroy(this: Session): Promise<void> {
    if (this.accountId !== undefined) await endSession({ orm, accountId: this.accountId, uid: this.uid });
    Reflect.set(this, 'destroyed', true);
  };
}

/** RFC 9110 §15.6.4. An authorization's error has gone back to its app already. */
function tellToTryLater(ctx: KoaContextWithOIDC): void {
  if (ctx.status < 400) return;
  const later = new AppError('try_later');
  ctx.status = errorTable[later.code].status;
  ctx.set('Retry-After', String(later.retryAfterSeconds));
  if (ctx.type === 'application/json') ctx.body = { error: 'temporarily_unavailable', error_description: later.message };
}

const mostAsked = 5;

/** The library asks once for a document that several requests want, and tells them all what one network's limit said. */
function askForOneself({ Client }: Provider): void {
  const find = Client.find.bind(Client);
  Client.find = async (id, ...rest) => {
    for (let asked = 1; asked < mostAsked; asked += 1) {
      try {
        return await find(id, ...rest);
      } catch (error) {
        if (!isAnothersLimit(error)) throw error;
      }
    }
    return find(id, ...rest);
  };
}

/** A document that lists `none` beside `private_key_jwt` (ChatGPT's) lets its client do either; the library knows one method only. */
function letSignatureBeOptional({ Client }: Provider): void {
  const find = Client.find.bind(Client);
  Client.find = async (id, ...rest) => {
    const client = await find(id, ...rest);
    const signed = Provider.ctx?.oidc.params?.['client_assertion'] !== undefined;
    // Clients of documents are made anew for each request.
    if (client && !signed && client[authMethodList] !== undefined) Reflect.set(client, 'tokenEndpointAuthMethod', 'none');
    return client;
  };
}

/** Before anything is looked up for them. */
function countTokenRequests({ Client }: Provider, tokenLimit: TokenLimit): void {
  const find = Client.find.bind(Client);
  Client.find = async (id, ...rest) => {
    const { ctx } = Provider;
    if (ctx && (ctx.oidc.route === 'token' || ctx.oidc.route === 'revocation')) await tokenLimit.enter(ctx, id);
    return find(id, ...rest);
  };
}

/** A code comes in the query alone: an asker who may choose the form could make a client's page leave it lying (RFC 9700 §4.1). Other types are refused as such. */
function isResponseModeAllowed(mode: unknown, responseType: unknown): boolean {
  return mode === 'query' || !['code', 'none'].includes(String(responseType));
}

/** Metadata says the scopes of the resource; `openid` and `none` serve our own dashboard alone. */
function tellOnlyWhatIsServed(ctx: { path: string; body?: unknown }, scopes: readonly Scope[]): void {
  if (!ctx.path.startsWith('/.well-known/') || typeof ctx.body !== 'object' || ctx.body === null) return;
  Object.assign(ctx.body, { scopes_supported: scopes, response_types_supported: ['code'], response_modes_supported: ['query'] });
  for (const unused of ['claims_supported', 'claims_parameter_supported']) Reflect.deleteProperty(ctx.body, unused);
}

/** The session's cookie has no date, so that it goes when the browser closes (CS-10). */
function endWithBrowser(
  ctx: { response: { get(name: string): unknown }; set(name: string, value: string[]): void },
  cookieName: string,
): void {
  const cookies = ctx.response.get('set-cookie');
  if (!Array.isArray(cookies)) return;
  ctx.set(
    'set-cookie',
    cookies.map(String).map((each) => (each.startsWith(cookieName) ? each.replace(/; expires=(?!Thu, 01 Jan 1970)[^;]*/i, '') : each)),
  );
}
