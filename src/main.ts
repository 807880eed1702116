#!/usr/bin/env node
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { Command } from 'commander';
import { makeApp, type App } from './app.ts';
import { accountCommands } from './commands/accounts.ts';
import { demoCommand } from './commands/demo.ts';
import { explain, UsageError } from './commands/explain.ts';
import { importCommands } from './commands/imports.ts';
import { openDatabase, withDatabase } from './commands/open-database.ts';
import type { Terminal } from './commands/terminal.ts';
import { readConfig, type Config } from './config.ts';
import { demoOwners, demoPassword, makeDemo } from './demo/make-demo.ts';
import { makeLogger, type Logger } from './log.ts';
import { makeMetrics } from './metrics.ts';
import { systemClock } from './policy/dates.ts';
import { isDemoHalfMade } from './store/writes/demo.ts';
import { isEmpty } from './store/writes/new-account.ts';
import { version } from './version.ts';

const sweepMs = 300_000;
const stopMs = 20_000;
const clock = systemClock;

const terminal: Terminal = {
  config: () => readConfig(),
  clock,
  print: (line) => void process.stdout.write(`${line}\n`),
  progress: (line) => void (process.stderr.isTTY && process.stderr.write(`\r\u001b[2K${line}`)),
};

async function serve(): Promise<void> {
  const config = readConfig();
  const log = makeLogger(config.logLevel);
  const { database, dataKey } = await openDatabase({ config, clock });
  if (await isDemoHalfMade(database.orm))
    throw new UsageError('DATA_DIR holds demo data that was interrupted while it was made. Delete the directory and start again.');
  const demo = config.databaseUrl === null && (await isEmpty({ orm: database.orm }));
  if (demo) await makeDemo({ database, dataKey, clock });
  if (config.databaseUrl !== null && config.toolsDatabaseUrl === null) {
    log.warn('tools read through the application’s login, dropped to the execute-only role; one of its own in TOOLS_DATABASE_URL is safer');
  }
  const metrics = makeMetrics();
  const app = await makeApp({ config, database, dataKey, clock, log, countCall: metrics.countCall });
  if (config.metricsPort !== null) await metrics.listen(config.metricsPort, config.host);
  const server = await listen(config, app);
  const sweeping = setInterval(() => void app.sweep().catch((error: unknown) => log.error({ err: error }, 'the sweep failed')), sweepMs);
  stopOnSignal({ server, app, log, sweeping, close: () => database.close() });
  if (demo) greet(config);
  terminal.print(`ready ${config.publicUrl}/mcp`);
}

function greet({ publicUrl }: Config): void {
  terminal.print(`Demo data was made. Sign in as ${demoOwners.join(' or ')}, password: ${demoPassword}`);
  terminal.print(`Dashboard: ${publicUrl}/dashboard`);
  terminal.print(`Connect an MCP client, for example: npx @modelcontextprotocol/inspector --transport http --server-url ${publicUrl}/mcp`);
}

async function listen({ tls, port, host }: Config, app: App): Promise<Server> {
  const limits = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 };
  const answer: Parameters<typeof createServer>[1] = (request, response) => void app.handle(request, response);
  const server = tls
    ? createTlsServer({ ...limits, minVersion: 'TLSv1.2', cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) }, answer)
    : createServer(limits, answer);
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

interface Running {
  readonly server: Server;
  readonly app: App;
  readonly log: Logger;
  readonly sweeping: NodeJS.Timeout;
  readonly close: () => Promise<void>;
}

/** SIGTERM and SIGINT: no new requests, those in flight are answered, the ledger is committed, then the end. */
function stopOnSignal({ server, app, log, sweeping, close }: Running): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopMs).unref();
    clearInterval(sweeping);
    app.drain();
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    await closed;
    await app.close();
    await close();
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal).then(() => process.exit(0), fail));
}

function fail(error: unknown): never {
  const lines = explain(error);
  if (lines === null) makeLogger('error').fatal({ err: error }, 'certveil stopped');
  process.stderr.write(`certveil: ${lines ?? 'stopped by an unexpected error, logged above'}\n`);
  process.exit(1);
}

const program = new Command('certveil').description('The MCP server between a certificate database and AI assistants.').version(version);
program.command('serve', { isDefault: true }).description('run the server (the default)').action(serve);
program
  .command('migrate')
  .description('bring the database up to date')
  .action(() => withDatabase({ config: readConfig(), clock }, () => Promise.resolve(terminal.print('The database is up to date.'))));
demoCommand(program, terminal);
accountCommands(program, terminal);
importCommands(program, terminal);
program.parseAsync().catch(fail);
