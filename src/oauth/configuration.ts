import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from '../watch/log.ts';
import type { Clock } from '../words/dates.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/engine/db.ts';
import { isPassing } from '../store/engine/patience.ts';
import type { PurposeKeys } from '../store/engine/purpose-keys.ts';
import { findPerson } from '../store/accounts/accounts.ts';
import { countEndings } from '../store/accounts/sessions.ts';
import { makeAdapter } from './adapter.ts';
import type { Destination } from './answering.ts';
import type { Bounds } from './bounds.ts';
import { documentBytes, type ClientDocuments } from './client-documents.ts';
import { authMethodList, dashboardClientId, normaliseClient } from './clients.ts';
import { endingsOf } from './endings.ts';
import { featuresOf } from './features.ts';
import { cookieKeys, pairwiseSubject, signingKey } from './keys.ts';
import type { CountRefusal, Limits } from '../http/limits.ts';
import { resourceOf } from './metadata.ts';
import { promptPolicy } from './prompts.ts';
import { isLoopback } from './redirects.ts';
import { isOver, secondsLeft } from './session-end.ts';

export type OAuthProblem = 'busy' | 'later' | 'unknown_client' | 'wrong_redirect' | 'expired' | 'refused' | 'internal';

export interface ProviderDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly scopes: readonly Scope[];
  readonly keys: PurposeKeys;
  readonly limits: Limits;
  readonly bounds?: Bounds;
  readonly countRefusal?: CountRefusal;
  readonly documents: ClientDocuments;
  /** With a destination, the page leaves going there to the person. */
  readonly renderProblem: (problem: OAuthProblem, destination?: Destination) => Promise<string>;
}

const lifetimes = { accessTokenSeconds: 900, interactionSeconds: 900, replayWindowSeconds: 10 };
const daySeconds = 86_400;

/** The settings of oidc-provider. */
export function configurationOf(deps: ProviderDeps): Configuration {
  const { clock, publicUrl, keys } = deps;
  return {
    adapter: makeAdapter({
      ...deps,
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
    clientAuthMethods: [...clientAuthMethods],
    clientDefaults: {
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], clientAuthSigningAlgValues: [...clientAuthAlgorithms] },
    allowOmittingSingleRegisteredRedirectUri: false,
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      registration: '/oauth/register',
      revocation: '/oauth/revoke',
      jwks: '/oauth/jwks',
      end_session: '/oauth/end-session',
    },
    discovery: {
      revocation_endpoint_auth_methods_supported: clientAuthMethods,
      revocation_endpoint_auth_signing_alg_values_supported: clientAuthAlgorithms,
    },
    interactions: { policy: promptPolicy(deps), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: featuresOf({ ...deps, accessTokenSeconds: lifetimes.accessTokenSeconds }),
    extraClientMetadata: { properties: [authMethodList], validator: (_ctx, _key, _value, metadata) => normaliseClient(metadata) },
    ttl: { ...ttl, Session: (_ctx, session) => secondsLeft(session, clock) },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true,
    clientBasedCORS: () => true,
    fetch: (url) => deps.documents.fetch(url instanceof Request ? url.url : url),
    fetchResponseBodyLimits: { 'client_id metadata document': documentBytes, jwks_uri: 65_536, sector_identifier_uri: 0 },
    findAccount: accountFinder(deps),
    loadExistingGrant,
    renderError: (ctx, out, error) => showProblem(deps, ctx, isPassing(error) ? 'later' : problemOf(String(out.error))),
  };
}

/** No client has a shared secret. */
const clientAuthMethods = ['none', 'private_key_jwt'] as const;
const clientAuthAlgorithms = ['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA'] as const;

const ttl = {
  AccessToken: lifetimes.accessTokenSeconds,
  AuthorizationCode: 60,
  RefreshToken: 30 * daySeconds,
  IdToken: 300,
  Grant: 366 * daySeconds,
  Interaction: lifetimes.interactionSeconds,
};

/** Answers with our own page. */
export async function showProblem(
  { renderProblem }: ProviderDeps,
  ctx: KoaContextWithOIDC,
  problem: OAuthProblem,
  to?: Destination,
): Promise<void> {
  ctx.type = 'html';
  ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'");
  ctx.set('Cache-Control', 'no-store');
  ctx.body = await renderProblem(problem, to);
}

/** Whoever is disabled is found no more, nor who signed in a day ago or before the last time that sign-ins were ended; what a client might learn of a person differs from client to client. */
function accountFinder({ orm, keys, clock }: ProviderDeps): NonNullable<Configuration['findAccount']> {
  const subjectOf = pairwiseSubject(keys.jwks.bytes);
  return async (ctx, accountId) => {
    if (ctx.oidc.session && isOver(ctx.oidc.session, clock)) return undefined;
    if ((await findPerson({ orm, accountId, now: clock() })) === null) return undefined;
    const login = ctx.oidc.result?.login;
    if (login && endingsOf(login.acr) !== (await countEndings({ orm, accountId }))) return undefined;
    const clientId = ctx.oidc.client?.clientId ?? '';
    return { accountId, claims: () => ({ sub: subjectOf({ accountId, clientId }) }) };
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
  if (code === 'temporarily_unavailable') return 'busy';
  return code === 'server_error' ? 'internal' : 'refused';
}
