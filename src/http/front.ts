import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, errorTable, publicError, type ErrorCode } from '../errors.ts';
import type { Logger } from '../watch/log.ts';
import { isPassing } from '../store/engine/patience.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontDependencies {
  /** Makes a request say our own host; false when it was meant for another. */
  readonly isOurHost: (request: IncomingMessage) => boolean;
  /** What it says when it can serve, else null. */
  readonly isReady: () => Promise<string | null>;
  readonly mcp: Handle;
  readonly oauth: { handles(pathname: string): boolean; handle: Handle };
  readonly pages: Handle;
  readonly log: Logger;
}

/** The one front: health, /mcp, OAuth and its metadata, and the pages for the rest. */
export function makeFront({ isOurHost, isReady, mcp, oauth, pages, log }: FrontDependencies): Handle {
  const route: Handle = async (request, response) => {
    const sent = pathOf(request);
    if (sent === null) return refuse(response, 'invalid_input');
    const pathname = servedPath(sent);
    if (pathname === null) return refuse(response, 'not_available');
    if (pathname !== sent) request.url = pathname;
    if (pathname === '/healthz') return say(response, 200, 'alive');
    if (pathname === '/readyz') return sayReady(response, await isReady());
    if (!isOurHost(request)) return refuse(response, 'misdirected');
    if (pathname === '/mcp' || pathname === '/mcp/') return mcp(request, response);
    if (oauth.handles(pathname)) return oauth.handle(request, response);
    return pages(request, response);
  };
  return async (request, response) => {
    try {
      await route(request, response);
    } catch (error) {
      log.error({ err: error }, 'a request failed');
      if (response.headersSent) response.destroy();
      else refuse(response, isPassing(error) ? 'try_later' : 'internal');
    }
  };
}

/** The path as it was sent. Null for a target that isn't one, and for one with NUL, which no database text can hold. */
function pathOf({ url = '/' }: IncomingMessage): string | null {
  if (/%00/.test(url)) return null;
  return url.startsWith('/') && URL.canParse(url, home) ? (url.split('?')[0] ?? null) : null;
}

const home = 'http://home.invalid';
const links = '/v/';

/** The path as it was sent, or null for one that nobody serves. A link that was damaged on its way is one without a code, which its own page answers. */
function servedPath(path: string): string | null {
  if (isPlain(path)) return path;
  return path.startsWith(links) ? links : null;
}

/** What paths are compared with has one spelling: no dot segments, no empty ones within, nothing escaped that need not be, and no escaped slash. */
function isPlain(path: string): boolean {
  const escaped = (path.match(/%[\da-f]{2}/gi) ?? []).map((each) => String.fromCharCode(Number.parseInt(each.slice(1), 16)));
  return !path.includes('//') && !escaped.some((each) => /[\w.~/\\-]/.test(each)) && new URL(path, home).pathname === path;
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(`${text}\n`);
}

function sayReady(response: ServerResponse, text: string | null): void {
  if (text === null) say(response, 503, 'not ready');
  else say(response, 200, text);
}

function refuse(response: ServerResponse, code: ErrorCode): void {
  const wait = new AppError(code).retryAfterSeconds;
  if (wait !== null) response.setHeader('retry-after', String(wait));
  response
    .writeHead(errorTable[code].status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(publicError(code)));
}
