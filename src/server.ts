import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Config } from './config/settings.ts';
import { makeIdentify } from './disclosure/callers.ts';
import { makeCursors } from './disclosure/cursors.ts';
import { makeGate, type Gate } from './disclosure/gate.ts';
import { makeHandles } from './disclosure/handles.ts';
import { openLedger } from './disclosure/ledger.ts';
import type { Installation } from './disclosure/tool.ts';
import { makeFront } from './http/front.ts';
import type { Logger } from './watch/log.ts';
import { makeSender, sweepMail, type Sender } from './jobs/mail.ts';
import { tellNotices } from './jobs/mail-notice-changes.ts';
import { tellOutside } from './jobs/mail-lawful-disclosures.ts';
import { smtp, type HandOver } from './jobs/smtp.ts';
import { noteWaiting, sweepRetention } from './jobs/retention.ts';
import { makeSweeper, type Sweeper } from './jobs/run-jobs.ts';
import { readiness, sweepReport, type SweepReport } from './jobs/sweep-report.ts';
import { sweepVerification } from './jobs/verification.ts';
import { makeEndpoint, type Endpoint } from './mcp/endpoint.ts';
import type { MirroredHeader } from './mcp/header-mismatch.ts';
import { serverFactory, type McpServerFactory } from './mcp/server.ts';
import { hostGuard, unreadableHop } from './http/host.ts';
import type { Bounds } from './oauth/bounds.ts';
import type { Budgets, CountRefusal } from './http/limits.ts';
import { makeOAuth, type OAuth } from './oauth/oauth.ts';
import type { VerifyPassword } from './sign-in/passwords.ts';
import type { FetchClientDocument } from './http/safe-fetch.ts';
import { sweepOAuth } from './oauth/sweep.ts';
import { watchBounds, type WatchBound } from './oauth/watch-bounds.ts';
import type { Clock } from './words/dates.ts';
import { acceptedFieldsOf, policyVersion } from './policy/fields/all.ts';
import { scopesOf } from './policy/scopes.ts';
import type { Database } from './store/engine/db.ts';
import type { DatabaseClock } from './store/retention/sweep-clock.ts';
import { currentNotice, noticeVersionsInForce, publishNotices } from './store/notices/notices.ts';
import { loadLedgerKeys, loadPurposeKeys, type PurposeKeys } from './store/engine/purpose-keys.ts';
import { reindexAwaited } from './store/search/reindex.ts';
import { publishPeriods } from './store/retention/periods.ts';
import { makeRights, type Rights } from './rights/requests.ts';
import { toolsOf } from './tools/index.ts';
import { version } from './version.ts';
import { routesOf, type Route } from './web/shell/methods.ts';
import { makePages } from './web/site.ts';
import { renderProblem } from './web/sign-in/oauth-problem.tsx';

export interface AppDependencies {
  readonly config: Pick<
    Config,
    | 'publicUrl'
    | 'services'
    | 'trustedProxies'
    | 'mailServer'
    | 'retention'
    | 'deletionsLog'
    | 'operatorAddress'
    | 'certumsslNoticeDate'
    | 'eras'
  >;
  readonly database: Database;
  readonly dataKey: Buffer;
  readonly clock: Clock;
  /** What the clock is compared with; the default asks the database. */
  readonly databaseClock?: DatabaseClock;
  readonly log: Logger;
  readonly countCall?: (tool: string, outcome: string) => void;
  readonly countMismatch?: (header: MirroredHeader) => void;
  readonly countFailure?: (job: string) => void;
  readonly countRefusal?: CountRefusal;
  readonly watchBound?: WatchBound;
  /** What answers at /mcp; the default serves our tools. */
  readonly makeServer?: McpServerFactory;
  /** Of client metadata documents; the default reaches public addresses only. */
  readonly fetchClientDocument?: FetchClientDocument;
  /** The default is argon2's. */
  readonly verifyPassword?: VerifyPassword;
  /** Takes the mail; the default is the settings' mail server. */
  readonly handOver?: HandOver;
  /** Other limits than the table's, in points. */
  readonly budgets?: Budgets;
  readonly bounds?: Bounds;
}

export interface App {
  /** The front: health, OAuth and its metadata, /mcp, and the pages for the rest. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Method and path of each page, form and JSON endpoint. */
  readonly routes: readonly Route[];
  /** Deletes what has expired. Called every few minutes. Answers the names of jobs of which something failed: the rest is done. */
  sweep(): Promise<string[]>;
  /** How each job and class was last swept, and what waits. */
  readonly sweeps: () => Promise<SweepReport>;
  /** From now on `/readyz` says no, so that a load balancer looks elsewhere. */
  drain(): void;
  /** After the last request: commits the ledger. */
  close(): Promise<void>;
}

/** Wires the rooms together. The database is migrated and verified already. */
export async function makeApp(dependencies: AppDependencies): Promise<App> {
  const { config, database, dataKey, clock, log, countCall } = dependencies;
  const { services, retention } = config;
  const keys = await loadPurposeKeys({ orm: database.orm, dataKey, clock });
  const ledgerKeys = await loadLedgerKeys({ orm: database.orm, dataKey });
  const handOver = dependencies.handOver ?? (config.mailServer && smtp({ server: config.mailServer }));
  const sender = makeSender({ orm: database.orm, key: keys.columns, clock, log, handOver });
  await publishNotices({ orm: database.orm, clock, ...config });
  await publishPeriods({ orm: database.orm, periods: retention });
  const oauth = openOAuth(dependencies, keys, () => sender.wake());
  const ledger = openLedger({ ...database, key: keys.ledger, clock });
  const handlesFor = makeHandles(keys.handles.bytes);
  const gate = makeGate({
    tools: toolsOf(services),
    statement: database.tools,
    ledger,
    handlesFor,
    cursorsFor: makeCursors({ cursorKey: keys.cursors.bytes, clock }),
    acts: { disconnectApp: async (app) => void (await oauth.grants.revokeApp(app)) },
    installation: installationOf(dependencies),
    publicUrl: config.publicUrl,
    clock,
    log,
    ...(countCall && { countCall }),
  });
  const rights = makeRights({ orm: database.orm, clock, key: keys.tombstones, deletionsLog: config.deletionsLog });
  const pages = makePages({ oauth, orm: database.orm, keys, ledgerKeys, handlesFor, rights, retention, services, clock, log });
  const endpoint = openEndpoint(dependencies, gate, oauth);
  const listener = getRequestListener(pages.fetch, { overrideGlobalObjects: false });
  let draining = false;
  const sweeper = openSweeper(dependencies, keys, { sender, rights });
  const sweeps = () => sweepReport({ orm: database.orm, sweeper });
  watchBounds({ orm: database.orm, ...dependencies });
  // What was queued while no server ran.
  sender.wake();
  return {
    handle: makeFront({
      isOurHost: hostGuard({ ...config, onUnreadable: () => log.warn(unreadableHop) }),
      isReady: async () => (draining ? null : readiness(sweeps, log)),
      mcp: endpoint.handle,
      oauth,
      pages: async (request, response) => {
        await listener(request, response);
        // A form may have queued mail, and its transaction is through.
        if (request.method === 'POST') sender.wake();
      },
      log,
    }),
    routes: routesOf(pages),
    sweep: () => sweeper.sweep(),
    sweeps,
    drain: () => {
      draining = true;
    },
    close: async () => {
      await endpoint.close();
      await oauth.passwords.settled();
      await sender.close();
      await ledger.drain();
    },
  };
}

function openEndpoint(dependencies: AppDependencies, gate: Gate, { limits, scopes }: OAuth): Endpoint {
  const { config, database, clock, log, countMismatch, makeServer = serverFactory({ gate, version }) } = dependencies;
  const identify = makeIdentify({ statement: database.tools, clock });
  const { publicUrl, eras } = config;
  return makeEndpoint({ gate, identify, limits, publicUrl, scopes, makeServer, eras, ...(countMismatch && { countMismatch }), log });
}

function installationOf({ config: { services, retention }, database: { orm } }: AppDependencies): Installation {
  return { services, retention, noticeOf: (service) => currentNotice({ orm, service }) };
}

function openSweeper(
  dependencies: AppDependencies,
  { columns, tombstones: key }: PurposeKeys,
  { sender, rights }: { readonly sender: Sender; readonly rights: Rights },
): Sweeper {
  const { config, database, ...given } = dependencies;
  const { orm } = database;
  const { publicUrl, retention: periods, deletionsLog } = config;
  const deleting = { orm, periods, key, deletionsLog };
  return makeSweeper({
    ...given,
    orm,
    jobsAt: (clock) => ({
      outside: () => tellOutside({ orm, key: columns, publicUrl, clock }),
      notices: () => tellNotices({ orm, key: columns, publicUrl, clock }),
      requests: (failed) => rights.settle(failed),
      mail: () => sweepMail({ orm, clock }),
      oauth: () => sweepOAuth({ orm, clock }),
      verification: () => sweepVerification({ orm, clock }),
      retention: (failed) => sweepRetention({ ...deleting, clock, wall: given.clock }, { onlyOnceADay: true, failed }),
    }),
    always: { search: () => reindexAwaited(orm), outbox: async () => sender.wake() },
    refused: (now) => noteWaiting(deleting, now),
  });
}

function openOAuth(dependencies: AppDependencies, keys: PurposeKeys, onMail: () => void): OAuth {
  const { config, database } = dependencies;
  return makeOAuth({
    ...dependencies,
    orm: database.orm,
    publicUrl: config.publicUrl,
    scopes: scopesOf(config.services),
    keys,
    acceptedFieldsOf,
    policyVersion,
    noticeVersion: () => noticeVersionsInForce({ orm: database.orm }),
    sharesLimits: database.engine === 'postgres',
    renderProblem,
    onMail,
  });
}
