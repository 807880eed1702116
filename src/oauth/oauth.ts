import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorTable, publicError } from '../errors.ts';
import type { Logger } from '../watch/log.ts';
import type { Clock } from '../words/dates.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKeys } from '../store/engine/purpose-keys.ts';
import type { Bounds } from './bounds.ts';
import { makeClientDocuments } from './client-documents.ts';
import { limitFetches } from './fetches.ts';
import { makeGrants, type Grants } from './grants.ts';
import { hostGuard } from '../http/host.ts';
import { makeInteractions, type Interactions } from './interaction.ts';
import { makeLimits, secondsForNetwork, type Budgets, type CountRefusal, type Limits } from '../http/limits.ts';
import { protectedResourceMetadata } from './metadata.ts';
import { makeDevices } from '../sign-in/devices.ts';
import { makeSignInTries } from '../sign-in/tries.ts';
import { makePasswords, type Passwords, type VerifyPassword } from '../sign-in/passwords.ts';
import type { ProviderDeps } from './configuration.ts';
import { makeProvider } from './provider.ts';
import { oauthRouteOf } from './routes.ts';
import { makeSafeFetch, type FetchClientDocument } from '../http/safe-fetch.ts';
import { makeTurns } from '../sign-in/hashing-queue.ts';
import { makeBrowserSessions, type Sessions } from './sessions.ts';

export interface OAuthDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly log: Logger;
  /** An origin without a trailing slash: the issuer. */
  readonly publicUrl: string;
  /** Of the installed services, in the order of the consent page. */
  readonly scopes: readonly Scope[];
  readonly keys: PurposeKeys;
  readonly acceptedFieldsOf: (scopes: readonly Scope[]) => readonly string[];
  readonly policyVersion: string;
  readonly noticeVersion?: () => Promise<string | null>;
  /** Several instances may share this database, and then they share limits too. */
  readonly sharesLimits?: boolean;
  readonly budgets?: Budgets;
  readonly countRefusal?: CountRefusal;
  readonly bounds?: Bounds;
  readonly renderProblem: ProviderDeps['renderProblem'];
  /** Of client metadata documents and client keys; the default reaches public addresses only. */
  readonly fetchClientDocument?: FetchClientDocument;
  /** The default is argon2's. */
  readonly verifyPassword?: VerifyPassword;
  /** Called after mail was queued. */
  readonly onMail?: () => void;
}

export interface OAuth {
  /** True for the paths that `handle` answers. */
  handles(pathname: string): boolean;
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  readonly interactions: Interactions;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly grants: Grants;
  readonly limits: Limits;
  readonly publicUrl: string;
  readonly scopes: readonly Scope[];
  /** The cookies that hold a sign-in, to be cleared at sign-out. */
  readonly sessionCookies: readonly string[];
}

export function makeOAuth(deps: OAuthDeps): OAuth {
  const { orm, clock, publicUrl, scopes } = deps;
  const limits = makeLimits({
    secret: deps.keys.cookies.bytes,
    shared: deps.sharesLimits === true ? orm : null,
    ...(deps.budgets && { budgets: deps.budgets }),
    ...(deps.countRefusal && { countRefusal: deps.countRefusal }),
  });
  const fetchClientDocument = limitFetches({ ...deps, limits, fetchClientDocument: deps.fetchClientDocument ?? makeSafeFetch() });
  const documents = makeClientDocuments({ ...deps, fetchClientDocument });
  const provider = makeProvider({ ...deps, limits, documents });
  const grants = makeGrants(deps);
  const devices = makeDevices({ orm, key: deps.keys.cookies.bytes, clock, publicUrl });
  const inTurn = makeTurns({ onRefused: () => deps.countRefusal?.('hashing_queue') });
  const passwords = makePasswords({ ...deps, devices, inTurn, onMail: deps.onMail ?? (() => undefined) });
  const tries = makeSignInTries({ limits, devices, inTurn });
  const serve = provider.callback();
  const isOurHost = hostGuard({ publicUrl });
  const resource = JSON.stringify(protectedResourceMetadata({ publicUrl, scopes }));
  const cookie = provider.cookieName('session');
  return {
    handles: (pathname) => pathname.startsWith('/oauth/') || oauthRouteOf(pathname) !== null,
    handle: async (req, res) => {
      if (!isOurHost(req)) return refuse(res, 'misdirected');
      protect(res);
      const route = oauthRouteOf((req.url ?? '/').split('?')[0] ?? '');
      // Two people in one browser: the library's own page posts the session that it ends.
      if (route === null || (route === 'end_session' && !sends(req, cookie))) return refuse(res, 'not_available');
      if (route === 'resource') return answerResource(req, res, resource);
      if (route === 'register') {
        openToBrowserClients(res);
        if (req.method === 'OPTIONS') return end(res, 204);
        const seconds = await secondsForNetwork(limits, 'register', req);
        if (seconds > 0) return refuse(res, 'rate_limited', seconds);
      }
      await serve(req, res);
    },
    interactions: makeInteractions({ provider, orm, clock, publicUrl, scopes, grants, passwords, tries }),
    sessions: makeBrowserSessions({ provider, orm, clock }),
    passwords,
    grants,
    limits,
    publicUrl,
    scopes,
    sessionCookies: [cookie, `${cookie}.sig`],
  };
}

function sends({ headers: { cookie = '' } }: IncomingMessage, name: string): boolean {
  return cookie.split(';').some((each) => each.trim().startsWith(`${name}=`));
}

function protect(res: ServerResponse): void {
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
}

/** The library answers other origins everywhere but here. No cookie counts at this endpoint. */
function openToBrowserClients(res: ServerResponse): void {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Allow-Methods', 'POST');
  res.setHeader('Access-Control-Allow-Headers', 'content-type, authorization, mcp-protocol-version');
  res.setHeader('Access-Control-Max-Age', '3600');
}

/** RFC 9728 §3, readable from every origin. */
function answerResource(req: IncomingMessage, res: ServerResponse, document: string): void {
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Access-Control-Allow-Headers', 'mcp-protocol-version');
  if (req.method === 'OPTIONS') return end(res, 204);
  if (req.method !== 'GET' && req.method !== 'HEAD') return refuse(res, 'method_not_allowed');
  res.setHeader('Content-Type', 'application/json');
  res.setHeader('Cache-Control', 'public, max-age=3600');
  end(res, 200, req.method === 'HEAD' ? undefined : document);
}

type Refusal = 'misdirected' | 'rate_limited' | 'method_not_allowed' | 'not_available';

function refuse(res: ServerResponse, code: Refusal, retryAfterSeconds?: number): void {
  if (retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(retryAfterSeconds));
  res.setHeader('Content-Type', 'application/json');
  end(res, errorTable[code].status, JSON.stringify(publicError(code)));
}

function end(res: ServerResponse, status: number, body?: string): void {
  res.statusCode = status;
  res.end(body);
}
