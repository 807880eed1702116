import { Provider, errors, type Configuration, type KoaContextWithOIDC, type TokenEndpointGrantContext } from 'oidc-provider';
import type { Clock } from '../policy/dates.ts';
import { isScope, type Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/db.ts';
import type { PurposeKeys } from '../store/purpose-keys.ts';
import { findPerson } from '../store/writes/accounts.ts';
import type { Logger } from '../log.ts';
import { makeAdapter } from './adapter.ts';
import { dashboardClientId, isLoopback, normaliseClient } from './clients.ts';
import { cookieKeys, pairwiseSubject, signingKey } from './keys.ts';
import { networkOf, type Limits } from './limits.ts';
import { isResource, resourceOf } from './metadata.ts';
import { promptPolicy } from './prompts.ts';
import { wrapGrantType } from './refresh.ts';
import type { FetchClientDocument } from './safe-fetch.ts';

export type OAuthProblem = 'unknown_client' | 'wrong_redirect' | 'expired' | 'refused' | 'internal';

export interface ProviderDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly scopes: readonly Scope[];
  readonly keys: PurposeKeys;
  readonly limits: Limits;
  readonly fetchClientDocument: FetchClientDocument;
  readonly renderProblem: (problem: OAuthProblem) => Promise<string>;
}

export const lifetimes = { accessTokenSeconds: 900, sessionSeconds: 86_400, interactionSeconds: 900, replayWindowSeconds: 10 };
const daySeconds = 86_400;

type Names = string | readonly string[] | ReadonlySet<string>;

/** The authorization server (OAuth 2.1, RFC 8414, 8707, 9207, 7591, 7009, Client ID Metadata Documents). */
export function makeProvider(deps: ProviderDeps): Provider {
  const { orm, publicUrl, log } = deps;

  class AuthorizationServer extends Provider {
    override registerGrantType<Params extends object>(
      name: string,
      handler: (ctx: TokenEndpointGrantContext<Params>) => void | Promise<void>,
      params?: Names,
      duplicates?: Names,
    ): void {
      super.registerGrantType(name, wrapGrantType({ orm, publicUrl }, name, handler), params, duplicates);
    }

    /** Codes travel in the query only. */
    override registerResponseMode(...[name, handler]: Parameters<Provider['registerResponseMode']>): void {
      if (name === 'query') super.registerResponseMode(name, handler);
    }
  }

  const provider = new AuthorizationServer(publicUrl, configurationOf(deps));
  provider.proxy = true;
  provider.silent = true;
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'authorization server failed'));
  provider.use(async (ctx, next) => {
    await next();
    tellOnlyWhatIsServed(ctx, deps.scopes);
    endWithBrowser(ctx, provider.cookieName('session'));
  });
  return provider;
}

/** Metadata says the scopes of the resource; `openid` and `none` serve our own dashboard alone. */
function tellOnlyWhatIsServed(ctx: { path: string; body?: unknown }, scopes: readonly Scope[]): void {
  if (!ctx.path.startsWith('/.well-known/') || typeof ctx.body !== 'object' || ctx.body === null) return;
  Object.assign(ctx.body, { scopes_supported: scopes, response_types_supported: ['code'], response_modes_supported: ['query'] });
  for (const unused of ['claims_supported', 'claims_parameter_supported']) Reflect.deleteProperty(ctx.body, unused);
}

/** The session's cookie has no date, so that it goes when the browser closes (CS-10). */
function endWithBrowser(ctx: { response: { get(name: string): unknown }; set(name: string, value: string[]): void }, cookieName: string): void {
  const cookies = ctx.response.get('set-cookie');
  if (!Array.isArray(cookies)) return;
  ctx.set(
    'set-cookie',
    cookies.map(String).map((each) => (each.startsWith(cookieName) ? each.replace(/; expires=(?!Thu, 01 Jan 1970)[^;]*/i, '') : each)),
  );
}

function configurationOf(deps: ProviderDeps): Configuration {
  const { orm, clock, publicUrl, keys, renderProblem } = deps;
  const subjectOf = pairwiseSubject(keys.jwks.bytes);
  return {
    adapter: makeAdapter({
      orm,
      clock,
      resource: resourceOf(publicUrl),
      returnTo: (id) => `${publicUrl}/oauth/authorize/${id}`,
      replayWindowSeconds: lifetimes.replayWindowSeconds,
    }),
    jwks: { keys: [signingKey(keys.jwks.bytes)] },
    cookies: cookiesOf(publicUrl, keys),
    clients: [dashboardClient(publicUrl)],
    scopes: [],
    responseTypes: ['code', 'none'],
    pkce: { required: (_ctx, client) => client.clientId !== dashboardClientId },
    clientAuthMethods: ['none', 'private_key_jwt'],
    clientDefaults: {
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    allowOmittingSingleRegisteredRedirectUri: false,
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      registration: '/oauth/register',
      revocation: '/oauth/revoke',
      jwks: '/oauth/jwks',
      end_session: '/oauth/end-session',
    },
    interactions: { policy: promptPolicy(), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: featuresOf(deps),
    extraClientMetadata: { properties: ['normalised'], validator: (_ctx, _key, _value, metadata) => normaliseClient(metadata) },
    ttl: {
      AccessToken: lifetimes.accessTokenSeconds,
      AuthorizationCode: 60,
      RefreshToken: 30 * daySeconds,
      IdToken: 300,
      Grant: 366 * daySeconds,
      Session: lifetimes.sessionSeconds,
      Interaction: lifetimes.interactionSeconds,
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true,
    clientBasedCORS: () => true,
    fetch: (url) => deps.fetchClientDocument(url instanceof Request ? url.url : url),
    fetchResponseBodyLimits: { 'client_id metadata document': 5_120, jwks_uri: 65_536, sector_identifier_uri: 0 },
    findAccount: async (ctx, accountId) => {
      if ((await findPerson({ orm, accountId })) === null) return undefined;
      const clientId = ctx.oidc.client?.clientId ?? '';
      return { accountId, claims: () => ({ sub: subjectOf({ accountId, clientId }) }) };
    },
    loadExistingGrant,
    renderError: async (ctx, out) => {
      ctx.type = 'html';
      ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'");
      ctx.set('Cache-Control', 'no-store');
      ctx.body = await renderProblem(problemOf(String(out.error)));
    },
  };
}

/** Our own sign-in: a client without code or token, so that pages and apps share one login. */
function dashboardClient(publicUrl: string) {
  return {
    client_id: dashboardClientId,
    redirect_uris: [`${publicUrl}/sign-in/done`],
    response_types: ['none' as const],
    grant_types: [],
    application_type: isLoopback(new URL(publicUrl).hostname) ? ('native' as const) : ('web' as const),
    token_endpoint_auth_method: 'none' as const,
  };
}

function cookiesOf(publicUrl: string, keys: PurposeKeys): NonNullable<Configuration['cookies']> {
  const secure = publicUrl.startsWith('https:');
  const flags = { signed: true, httpOnly: true, sameSite: 'lax' as const, secure, overwrite: true };
  return {
    keys: cookieKeys(keys.cookies.bytes),
    names: secure
      ? { session: '__Host-session', interaction: '__Secure-interaction', resume: '__Secure-resume' }
      : { session: 'session', interaction: 'interaction', resume: 'resume' },
    long: { ...flags, path: '/' },
    short: flags,
  };
}

function featuresOf({ publicUrl, scopes, limits }: ProviderDeps): NonNullable<Configuration['features']> {
  const all = scopes.join(' ');
  const resource = resourceOf(publicUrl);
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    dPoP: { enabled: false },
    revocation: { enabled: true },
    registration: { enabled: true, issueRegistrationAccessToken: false },
    clientIdMetadataDocument: {
      enabled: true,
      ack: 'draft-02',
      allowFetch: (ctx) => limits.spend('fetch_client', networkOf(ctx.req)),
      cacheDuration: { min: 60, max: 3_600 },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: async (_ctx, client, oneOf) => oneOf?.[0] ?? (client.clientId === dashboardClientId ? [] : resource),
      useGrantedResource: async () => true,
      getResourceServerInfo: async (ctx, asked, client) => {
        if (!isResource(publicUrl, asked) || client.clientId === dashboardClientId) throw new errors.InvalidTarget();
        if (ctx.oidc.route === 'authorization') settleScope(ctx, scopes);
        return { scope: all, audience: resource, accessTokenTTL: lifetimes.accessTokenSeconds, accessTokenFormat: 'opaque' };
      },
    },
  };
}

/** RFC 6749 §3.3: all scopes when none is asked. `openid` would name the person, so no app gets it. */
function settleScope(ctx: KoaContextWithOIDC, scopes: readonly Scope[]): void {
  const { params } = ctx.oidc;
  if (!params) return;
  const ignored = ['openid', 'offline_access', 'profile', 'email'];
  const asked = (typeof params['scope'] === 'string' ? params['scope'] : '').split(' ').filter((each) => each !== '' && !ignored.includes(each));
  const known = asked.filter((each) => isScope(each) && scopes.includes(each));
  if (asked.length > 0 && known.length === 0) throw new errors.InvalidScope('requested scope is not supported', asked.join(' '));
  params['scope'] = (asked.length === 0 ? scopes : known).join(' ');
}

/** A consent is never remembered: each authorization of an app asks again and makes a grant of its own. */
async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { client, account, result, provider } = ctx.oidc;
  if (client?.clientId === dashboardClientId) {
    const grant = new provider.Grant({ accountId: account?.accountId ?? '', clientId: dashboardClientId });
    grant.addOIDCScope('openid');
    return grant;
  }
  const grantId = result?.consent?.grantId;
  return grantId === undefined ? undefined : provider.Grant.find(grantId);
}

function problemOf(code: string): OAuthProblem {
  if (code === 'invalid_client') return 'unknown_client';
  if (code === 'invalid_redirect_uri') return 'wrong_redirect';
  if (code === 'invalid_request') return 'expired';
  return code === 'server_error' ? 'internal' : 'refused';
}
