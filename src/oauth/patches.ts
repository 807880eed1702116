import { Provider, type Configuration, type Session, type TokenEndpointGrantContext } from 'oidc-provider';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/engine/db.ts';
import { endSession } from '../store/accounts/sessions.ts';
import { askBeforeLeaving, type AnsweringDeps } from './answering.ts';
import { authMethodList } from './clients.ts';
import { isAnothersLimit } from './limit-reached.ts';
import { wrapGrantType, type GrantTypeDeps } from './token-endpoint.ts';
import type { TokenLimit } from './token-limit.ts';

/** Every inside of oidc-provider that is replaced or written over, all of it in this file, and why no setting does. */
export const patched = {
  'Provider.prototype.registerGrantType': 'a token request refuses a foreign `resource`, and uses up nothing unless all is issued',
  'Provider.prototype.registerResponseMode':
    'no answer travels in a page with a script, and no error goes to an address that its person doesn’t know',
  'Session.prototype.destroy': 'however a session is ended, a request of it that is still under way doesn’t bring it back',
  'Client.prototype.responseModeAllowed':
    'a code comes in the query alone: an asker who may choose the form could make a client’s page leave it lying (RFC 9700 §4.1)',
  'Client.find':
    'a token request is counted before anything is looked up for it; the library asks once for a document that several requests want, and tells them all what one network’s limit said',
  'client.tokenEndpointAuthMethod':
    'a document that lists `none` beside `private_key_jwt` (ChatGPT’s) lets its client do either; the library knows one method only',
  'the body of /.well-known/*': 'metadata says the scopes of the resource; `openid` and `none` serve our own dashboard alone',
  'the header Set-Cookie': 'the session’s cookie has no date, so that it goes when the browser closes (CS-10)',
} as const;

const mostAsked = 5;

type Names = string | readonly string[] | ReadonlySet<string>;

export interface PatchDeps extends GrantTypeDeps {
  readonly answering: AnsweringDeps;
  readonly tokenLimit: TokenLimit;
}

/** The library's server with its insides patched, but for what it answers. */
export function makePatchedProvider({ answering, tokenLimit, ...deps }: PatchDeps, configuration: Configuration): Provider {
  class AuthorizationServer extends Provider {
    override registerGrantType<Params extends object>(
      name: string,
      handler: (ctx: TokenEndpointGrantContext<Params>) => void | Promise<void>,
      params?: Names,
      duplicates?: Names,
    ): void {
      super.registerGrantType(name, wrapGrantType(deps, name, handler), params, duplicates);
    }

    override registerResponseMode(...[name, handler]: Parameters<Provider['registerResponseMode']>): void {
      if (name !== 'form_post') super.registerResponseMode(name, askBeforeLeaving(answering, handler));
    }
  }
  const provider = new AuthorizationServer(deps.publicUrl, configuration);
  Reflect.set(provider.Session.prototype, 'destroy', sessionEnder(deps.orm));
  Reflect.set(provider.Client.prototype, 'responseModeAllowed', isResponseModeAllowed);
  replaceFind(provider, tokenLimit);
  return provider;
}

function sessionEnder(orm: Orm) {
  return async function destroy(this: Session): Promise<void> {
    if (this.accountId !== undefined) await endSession({ orm, accountId: this.accountId, uid: this.uid });
    Reflect.set(this, 'destroyed', true);
  };
}

/** Other types than these are refused as such. */
function isResponseModeAllowed(mode: unknown, responseType: unknown): boolean {
  return mode === 'query' || !['code', 'none'].includes(String(responseType));
}

function replaceFind({ Client }: Provider, tokenLimit: TokenLimit): void {
  const find = Client.find.bind(Client);
  Client.find = async (id, ...rest) => {
    const { ctx } = Provider;
    if (ctx && (ctx.oidc.route === 'token' || ctx.oidc.route === 'revocation')) await tokenLimit.enter(ctx, id);
    const client = await askForOneself(() => find(id, ...rest));
    const signed = ctx?.oidc.params?.['client_assertion'] !== undefined;
    // Clients of documents are made anew for each request.
    if (client && !signed && client[authMethodList] !== undefined) Reflect.set(client, 'tokenEndpointAuthMethod', 'none');
    return client;
  };
}

async function askForOneself<Found>(ask: () => Promise<Found>): Promise<Found> {
  for (let asked = 1; asked < mostAsked; asked += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isAnothersLimit(error)) throw error;
    }
  }
  return ask();
}

interface Answer {
  readonly path: string;
  readonly body?: unknown;
  readonly response: { get(name: string): unknown };
  set(name: string, value: string[]): void;
}

export function patchAnswer(ctx: Answer, { scopes, sessionCookie }: { scopes: readonly Scope[]; sessionCookie: string }): void {
  tellOnlyWhatIsServed(ctx, scopes);
  endWithBrowser(ctx, sessionCookie);
}

function tellOnlyWhatIsServed({ path, body }: Answer, scopes: readonly Scope[]): void {
  if (!path.startsWith('/.well-known/') || typeof body !== 'object' || body === null) return;
  Object.assign(body, { scopes_supported: scopes, response_types_supported: ['code'], response_modes_supported: ['query'] });
  for (const unused of ['claims_supported', 'claims_parameter_supported']) Reflect.deleteProperty(body, unused);
}

function endWithBrowser(ctx: Answer, sessionCookie: string): void {
  const cookies = ctx.response.get('set-cookie');
  if (!Array.isArray(cookies)) return;
  ctx.set(
    'set-cookie',
    cookies.map(String).map((each) => (each.startsWith(sessionCookie) ? each.replace(/; expires=(?!Thu, 01 Jan 1970)[^;]*/i, '') : each)),
  );
}
