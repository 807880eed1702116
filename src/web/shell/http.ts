import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { AppError, errorTable, publicError } from '../../errors.ts';
import type { Exchange } from '../../http/exchange.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import { renderPage } from './page.tsx';
import { stylesheet } from './styles.ts';

export interface WebEnv {
  Bindings: HttpBindings;
  Variables: { person: SignedIn };
}

export type WebContext = Context<WebEnv>;

const bodyLimitBytes = 64 * 1024;

export function exchangeOf(c: WebContext): Exchange {
  return { req: c.env.incoming, res: c.env.outgoing };
}

/** What every page says to the browser. No `form-action`: browsers apply it to the redirect that ends a consent. */
export function pageHeaders({ publicUrl }: { publicUrl: string }): MiddlewareHandler<WebEnv> {
  const secure = publicUrl.startsWith('https:');
  return async (c, next) => {
    await next();
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'");
    c.header('X-Frame-Options', 'DENY');
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    if (secure) c.header('Strict-Transport-Security', 'max-age=31536000');
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  };
}

/**
 * Refuses a change that another site's page started (CS-09). Browsers say where a request comes from; under `no-referrer` their
 * Origin is `null` even at home, and Sec-Fetch-Site decides.
 */
export function sameOrigin({ publicUrl }: { publicUrl: string }): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    if (!['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) {
      const origin = c.req.header('origin');
      const site = c.req.header('sec-fetch-site');
      const foreign = origin !== undefined && origin !== publicUrl && !(origin === 'null' && site === 'same-origin');
      if (foreign || (site !== undefined && site !== 'same-origin')) throw new AppError('forbidden');
    }
    await next();
  };
}

/** A path of this server to go on to. Anything else becomes `otherwise`. */
export function safePath(text: string | undefined, otherwise = '/dashboard'): string {
  if (text === undefined || text.length > 1_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(text) || text.includes('\\')) return otherwise;
  const home = 'https://home.invalid';
  const url = URL.canParse(text, home) ? new URL(text, home) : null;
  return url?.origin === home && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}` : otherwise;
}

/** The fields of a posted form. @throws AppError for another content type, or more than 64 KiB */
export async function formOf(c: WebContext): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')) throw new AppError('unsupported_media_type');
  return new URLSearchParams((await bodyOf(c)).toString('utf8'));
}

/** The bytes of a body. @throws AppError for more than 64 KiB, or for one that breaks off */
export async function bodyOf(c: WebContext): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of arriving(c)) {
    received += chunk.length;
    if (received > bodyLimitBytes) throw new AppError('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* arriving(c: WebContext): AsyncGenerator<Uint8Array> {
  try {
    if (c.req.raw.body) yield* c.req.raw.body;
  } catch (cause) {
    throw new AppError('invalid_input', cause);
  }
}

/** Answers with a page. */
export async function showPage(
  c: WebContext,
  page: Parameters<typeof renderPage>[0],
  status: 200 | 400 | 401 | 404 | 409 | 429 = 200,
): Promise<Response> {
  return c.html(await renderPage(page), status);
}

/** The answer to an error, for `app.onError` and `app.notFound`: the table's text as a page, or as JSON under `/api/`. */
export async function answerError(
  c: WebContext,
  error: AppError,
  page: (text: string) => Parameters<typeof renderPage>[0],
): Promise<Response> {
  const { status, text } = errorTable[error.code];
  if (error.retryAfterSeconds !== null) c.header('Retry-After', String(error.retryAfterSeconds));
  if (c.req.path.startsWith('/api/')) return c.json(publicError(error.code), status);
  return c.html(await renderPage(page(text)), status);
}

export function answerStylesheet(c: WebContext): Response {
  c.header('Cache-Control', 'public, max-age=31536000, immutable');
  return c.body(stylesheet.css, 200, { 'Content-Type': 'text/css; charset=utf-8' });
}
