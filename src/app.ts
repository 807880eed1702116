import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Config } from './config.ts';
import { makeIdentify } from './disclosure/callers.ts';
import { makeCursors } from './disclosure/cursors.ts';
import { makeGate } from './disclosure/gate.ts';
import { makeHandles } from './disclosure/handles.ts';
import { openLedger } from './disclosure/ledger.ts';
import { errorTable, publicError, type ErrorCode } from './errors.ts';
import type { Logger } from './log.ts';
import { makeEndpoint } from './mcp/endpoint.ts';
import { hostGuard } from './oauth/host.ts';
import { makeOAuth } from './oauth/oauth.ts';
import type { FetchClientDocument } from './oauth/safe-fetch.ts';
import { sweepOAuth } from './oauth/sweep.ts';
import type { Clock } from './policy/dates.ts';
import { acceptedFieldsOf, policyVersion } from './policy/fields.ts';
import { scopesOf } from './policy/scopes.ts';
import type { Database } from './store/db.ts';
import { loadPurposeKeys } from './store/purpose-keys.ts';
import { toolsOf } from './tools/index.ts';
import { version } from './version.ts';
import { makePages } from './web/pages.ts';
import { renderProblem } from './web/problem.tsx';

export interface AppDependencies {
  readonly config: Pick<Config, 'publicUrl' | 'services'>;
  readonly database: Database;
  readonly dataKey: Buffer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of client metadata documents; the default reaches public addresses only. */
  readonly fetchClientDocument?: FetchClientDocument;
}

export interface App {
  /** The front: health, OAuth and its metadata, /mcp, and the pages for the rest. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Deletes what has expired. Called every few minutes. */
  sweep(): Promise<void>;
  /** From now on `/readyz` says no, so that a load balancer looks elsewhere. */
  drain(): void;
  /** After the last request: commits the ledger. */
  close(): Promise<void>;
}

/** Wires the rooms together. The database is migrated and verified already. */
export async function makeApp({ config, database, dataKey, clock, log, fetchClientDocument }: AppDependencies): Promise<App> {
  const { publicUrl } = config;
  const keys = await loadPurposeKeys({ orm: database.orm, dataKey, clock });
  const scopes = scopesOf(config.services);
  const oauth = makeOAuth({
    orm: database.orm,
    clock,
    log,
    publicUrl,
    scopes,
    keys,
    acceptedFieldsOf,
    policyVersion,
    renderProblem,
    ...(fetchClientDocument && { fetchClientDocument }),
  });
  const ledger = openLedger({ tools: database.tools, key: keys.ledger, clock });
  const handlesFor = makeHandles(keys.handles.bytes);
  const gate = makeGate({
    tools: toolsOf(config.services),
    statement: database.tools,
    ledger,
    handlesFor,
    cursorsFor: makeCursors({ cursorKey: keys.cursors.bytes, clock }),
    acts: { disconnectApp: async (app) => void (await oauth.grants.revokeApp(app)) },
    publicUrl,
    clock,
    log,
  });
  const endpoint = makeEndpoint({ gate, identify: makeIdentify({ statement: database.tools, clock }), publicUrl, scopes, version, log });
  const pages = makePages({ oauth, orm: database.orm, handlesFor, keys, clock, log });
  const showPage = getRequestListener(pages.fetch, { overrideGlobalObjects: false });
  const isOurHost = hostGuard({ publicUrl });
  let draining = false;

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pathname = pathOf(request);
    if (pathname === null) return refuse(response, 'invalid_input');
    if (pathname === '/healthz') return say(response, 200, 'alive');
    if (pathname === '/readyz') return (await isReady()) ? say(response, 200, 'ready') : say(response, 503, 'not ready');
    if (!isOurHost(request)) return refuse(response, 'misdirected');
    if (pathname === '/mcp' || pathname === '/mcp/') return endpoint.handle(request, response);
    if (oauth.handles(pathname)) return oauth.handle(request, response);
    await showPage(request, response);
  };

  const isReady = async (): Promise<boolean> => {
    if (draining) return false;
    try {
      await database.statement('select 1', []);
      return true;
    } catch (error) {
      log.warn({ err: error }, 'the database does not answer');
      return false;
    }
  };

  return {
    handle: async (request, response) => {
      try {
        await route(request, response);
      } catch (error) {
        log.error({ err: error }, 'a request failed');
        if (response.headersSent) response.destroy();
        else refuse(response, 'internal');
      }
    },
    sweep: async () => {
      await sweepOAuth({ orm: database.orm, clock });
    },
    drain: () => {
      draining = true;
    },
    close: async () => {
      await endpoint.close();
      await ledger.drain();
    },
  };
}

function pathOf(request: IncomingMessage): string | null {
  const target = request.url ?? '/';
  return target.startsWith('/') && URL.canParse(target, 'http://home.invalid') ? new URL(target, 'http://home.invalid').pathname : null;
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(`${text}\n`);
}

function refuse(response: ServerResponse, code: ErrorCode): void {
  response.writeHead(errorTable[code].status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(publicError(code)));
}
