import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApp, type App } from '../../src/server.ts';
import { answerRequests, connectionLimits, type ConnectionLimits } from '../../src/http/connections.ts';
import { timeouts, type Timeouts } from '../../src/boot/listen.ts';
import { services, type Service } from '../../src/policy/classes.ts';
import type { HandOver } from '../../src/jobs/smtp.ts';
import type { OperatorPeriods } from '../../src/policy/retention.ts';
import { makeLogger } from '../../src/watch/log.ts';
import type { Bounds } from '../../src/oauth/bounds.ts';
import type { Budgets } from '../../src/http/limits.ts';
import type { Eras } from '../../src/mcp/eras.ts';
import type { McpServerFactory } from '../../src/mcp/server.ts';
import type { VerifyPassword } from '../../src/sign-in/passwords.ts';
import type { FetchClientDocument } from '../../src/http/safe-fetch.ts';
import type { Database } from '../../src/store/engine/db.ts';
import type { Patience } from '../../src/store/engine/patience.ts';
import type { DatabaseClock } from '../../src/store/retention/sweep-clock.ts';
import { makeTestClock, type TestClock } from './clock.ts';
import { openTestDatabase, testDataKey } from './engines.ts';

export interface World {
  /** The origin: `http://localhost:PORT`. */
  readonly url: string;
  readonly database: Database;
  /** A superuser's URL of its database; null on PGlite. */
  readonly adminUrl: string | null;
  readonly clock: TestClock;
  /** Of its pages and JSON endpoints. */
  readonly routes: App['routes'];
  /** DELETIONS_LOG. */
  readonly deletionsLog: string;
  /** Every line that the server has logged. */
  readonly logged: string[];
  /** What the server does every few minutes. @throws with the names of the jobs that failed, when all is done */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly demo?: boolean;
  /** How long its requests wait for Postgres. */
  readonly patience?: Patience;
  /** How long its server waits for requests to arrive; by default as long as the product's. */
  readonly slowest?: Partial<Timeouts & ConnectionLimits>;
  readonly services?: readonly Service[];
  /** RETENTION. */
  readonly retention?: OperatorPeriods;
  /** How many proxies stand in front. */
  readonly trustedProxies?: number;
  readonly operatorAddress?: string | null;
  readonly eras?: Eras;
  /** Answers at /mcp instead of our tools. */
  readonly makeServer?: McpServerFactory;
  readonly countMismatch?: (header: string) => void;
  readonly countRefusal?: (limit: string) => void;
  /** Answers for client metadata documents instead of the network. */
  readonly fetchClientDocument?: FetchClientDocument;
  /** Verifies passwords instead of argon2, to count or to hold back. */
  readonly verifyPassword?: VerifyPassword;
  /** Takes the mail; without it mail waits. */
  readonly handOver?: HandOver;
  /** Another instance on the database and the clock of this world, under its public address: send it that `Host`. */
  readonly beside?: World;
  /** Other than the database's own, moved as the world's clock is. */
  readonly databaseClock?: DatabaseClock;
  /** Other limits than the product's, so that a test needn't make thousands of calls. */
  readonly budgets?: Budgets;
  readonly bounds?: Bounds;
}

/** The whole product on a database of its own, over real HTTP. */
export async function openWorld({
  demo = false,
  services: installed = services,
  retention = {},
  trustedProxies = 0,
  operatorAddress = null,
  eras = 'both',
  makeServer,
  countMismatch,
  countRefusal,
  fetchClientDocument,
  verifyPassword,
  handOver,
  beside,
  patience,
  slowest,
  budgets,
  databaseClock,
  bounds,
}: WorldOptions = {}): Promise<World> {
  const { database, adminUrl, close } = beside
    ? { database: beside.database, adminUrl: beside.adminUrl, close: async () => undefined }
    : await openTestDatabase({ demo, ...(patience && { patience }) });
  const clock = beside?.clock ?? makeTestClock();
  const logged: string[] = [];
  const log = makeLogger('debug', { write: (line: string) => void logged.push(line) });
  const deletionsLog = beside?.deletionsLog ?? join(await mkdtemp(join(tmpdir(), 'certveil-')), 'deletions.log');
  // A connection that a slow test left idle is kept for its next request.
  const server = createServer({ ...timeouts, keepAliveTimeout: 120_000, ...slowest });
  const url = `http://localhost:${await listen(server)}`;
  const app: App = await makeApp({
    config: {
      publicUrl: beside?.url ?? url,
      services: installed,
      retention,
      trustedProxies,
      mailServer: null,
      deletionsLog,
      operatorAddress,
      certumsslNoticeDate: null,
      eras,
    },
    database,
    dataKey: testDataKey,
    clock,
    databaseClock: databaseClock ?? clock.database,
    log,
    ...(makeServer && { makeServer }),
    ...(countMismatch && { countMismatch }),
    ...(countRefusal && { countRefusal }),
    ...(fetchClientDocument && { fetchClientDocument }),
    ...(verifyPassword && { verifyPassword }),
    ...(handOver && { handOver }),
    ...(budgets && { budgets }),
    ...(bounds && { bounds }),
  });
  answerRequests(server, (request, response) => void app.handle(request, response), { ...connectionLimits, ...slowest });
  return {
    url,
    database,
    adminUrl,
    clock,
    routes: app.routes,
    deletionsLog,
    logged,
    sweep: async () => {
      const failed = await app.sweep();
      if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
