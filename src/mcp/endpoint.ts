import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import type { Caller, Identify } from '../disclosure/callers.ts';
import type { Gate } from '../disclosure/gate.ts';
import { AppError, errorTable, publicError, type ErrorCode } from '../errors.ts';
import type { Logger } from '../watch/log.ts';
import { bearerChallenge, isResource } from '../oauth/metadata.ts';
import { tokenDigest } from '../crypto/digest.ts';
import type { Scope } from '../policy/scopes.ts';
import { readBody } from './body.ts';
import { makeSdkHandler, type Eras } from './eras.ts';
import { mismatchedHeaders, type MirroredHeader } from './header-mismatch.ts';
import { isAllowedOrigin } from '../http/origins.ts';
import { BodyProblem, bodyProblemAnswer, withFixedErrors } from './protocol-errors.ts';

export interface Endpoint {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  close(): Promise<void>;
}

export interface EndpointDependencies {
  readonly gate: Gate;
  readonly identify: Identify;
  /** Counts a request of a grant: the seconds to wait when its budget is used up, else 0. Without it nothing is limited. */
  readonly limits?: { secondsToWait(act: 'tool_call' | 'request', grantId: string): Promise<number> };
  readonly publicUrl: string;
  readonly scopes: readonly Scope[];
  /** Makes the server that answers one request. */
  readonly makeServer: McpServerFactory;
  readonly eras: Eras;
  readonly countMismatch?: (header: MirroredHeader) => void;
  readonly log: Logger;
}

const allowedHeaders = 'authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name';

/** `/mcp`, both protocol eras, stateless: origin, bearer token, scope, then the SDK, which reaches data through the gate alone. */
export function makeEndpoint(dependencies: EndpointDependencies): Endpoint {
  const { gate, publicUrl, makeServer, eras, log } = dependencies;
  const handler = makeSdkHandler({ makeServer, eras, onerror: (error) => log.warn({ err: error }, 'an MCP request was refused') });
  const scopeOf = new Map(gate.tools.map(({ name, scope }) => [name, scope]));
  return {
    close: () => handler.close(),
    handle: async (request, response) => {
      try {
        if (!isAllowedOrigin(request.headers.origin, publicUrl)) throw new AppError('forbidden');
        allowCrossOrigin(request, response);
        if (request.method === 'OPTIONS') {
          response.writeHead(204).end();
          return;
        }
        const caller = await callerOf(dependencies, request);
        if (caller === null) {
          refuse(response, 'unauthorized', challengeOf(dependencies, request));
          return;
        }
        if (request.method !== 'POST') {
          response.setHeader('allow', 'POST, OPTIONS');
          throw new AppError('method_not_allowed');
        }
        const body = await readBody(request);
        warnOfMismatches(dependencies, request, body);
        const missing = missingScope(scopeOf, body, caller);
        if (missing !== null) {
          refuse(
            response,
            'forbidden',
            bearerChallenge({ publicUrl, error: 'insufficient_scope', scopes: [...(caller.grant.scopes as Scope[]), missing] }),
          );
          return;
        }
        const overBudget = await isOverBudget(dependencies, { body, caller, response });
        const extra = { caller: { ...caller, overBudget } };
        const authInfo = { token: '', clientId: caller.grant.client_id, scopes: caller.grant.scopes, extra };
        const answer = await handler.fetch(webRequest(request, publicUrl), { authInfo, parsedBody: body });
        await send(answer, response);
      } catch (error) {
        if (error instanceof BodyProblem) {
          respond(response, 400, bodyProblemAnswer(error.code));
          return;
        }
        const code = error instanceof AppError ? error.code : 'try_later';
        if (code === 'try_later') log.error({ err: error }, 'an MCP request failed');
        const wait = error instanceof AppError ? error.retryAfterSeconds : new AppError(code).retryAfterSeconds;
        if (wait !== null && !response.headersSent) response.setHeader('retry-after', String(wait));
        refuse(response, code);
        request.resume();
      }
    },
  };
}

function warnOfMismatches({ countMismatch, log }: EndpointDependencies, { headers }: IncomingMessage, body: object): void {
  const mismatched = mismatchedHeaders(headers, body);
  if (mismatched.length === 0) return;
  for (const header of mismatched) countMismatch?.(header);
  log.warn({ headers: mismatched }, 'headers do not match the body of an MCP request');
}

/** The bearer token's live grant for this resource (RFC 6750 §2.1: the header and nothing else), or null. */
async function callerOf({ identify, publicUrl }: EndpointDependencies, request: IncomingMessage): Promise<Caller | null> {
  const token = bearerToken(request);
  if (token === null) return null;
  const caller = await identify(tokenDigest(token));
  return caller && isResource(publicUrl, caller.grant.resource) ? caller : null;
}

function bearerToken(request: IncomingMessage): string | null {
  return /^Bearer ([\w.~+/-]{16,512}=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function challengeOf({ publicUrl, scopes }: EndpointDependencies, request: IncomingMessage): string {
  const sent = request.headers.authorization !== undefined;
  return bearerChallenge({ publicUrl, scopes, ...(sent && { error: 'invalid_token' as const }) });
}

interface Counted {
  readonly body: object;
  readonly caller: Caller;
  readonly response: ServerResponse;
}

/** True for a tool call beyond its grant's budget, which the gate refuses as a tool error. @throws AppError rate_limited for any other request */
async function isOverBudget({ limits }: EndpointDependencies, { body, caller, response }: Counted): Promise<boolean> {
  const act = 'method' in body && body.method === 'tools/call' ? 'tool_call' : 'request';
  const seconds = (await limits?.secondsToWait(act, caller.grant.grant_id)) ?? 0;
  if (seconds === 0) return false;
  if (act === 'request') throw new AppError('rate_limited', undefined, seconds);
  response.setHeader('retry-after', String(seconds));
  return true;
}

/** The scope that a `tools/call` needs and the token lacks. */
function missingScope(scopeOf: ReadonlyMap<string, Scope | null>, body: unknown, { grant }: Caller): Scope | null {
  if (typeof body !== 'object' || body === null || !('method' in body) || body.method !== 'tools/call') return null;
  const params = 'params' in body ? body.params : null;
  const name = typeof params === 'object' && params !== null && 'name' in params ? params.name : null;
  const scope = typeof name === 'string' ? scopeOf.get(name) : null;
  return scope && !grant.scopes.includes(scope) ? scope : null;
}

function allowCrossOrigin(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.origin === undefined) return;
  response.setHeader('access-control-allow-origin', request.headers.origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
  response.setHeader('access-control-allow-headers', allowedHeaders);
  response.setHeader('access-control-expose-headers', 'www-authenticate');
}

function refuse(response: ServerResponse, code: ErrorCode, challenge?: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (challenge !== undefined) response.setHeader('www-authenticate', challenge);
  respond(response, errorTable[code].status, JSON.stringify(publicError(code)));
}

function respond(response: ServerResponse, status: number, body: string): void {
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

/** What the SDK reads of a request: address and headers. The body is parsed already, and the token stays here. */
function webRequest(request: IncomingMessage, publicUrl: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === 'authorization' || name.startsWith(':') || value === undefined) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return new Request(`${publicUrl}/mcp`, { method: 'POST', headers });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  // Whether the connection stays is for the server to say, not for the SDK.
  response.writeHead(answer.status, Object.fromEntries([...answer.headers].filter(([name]) => name !== 'connection')));
  response.end(withFixedErrors(await answer.text()));
}
