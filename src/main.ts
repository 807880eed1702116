#!/usr/bin/env node
import { sweepGauges } from './jobs/sweep-gauges.ts';
import { text } from 'node:stream/consumers';
import { setTimeout as after } from 'node:timers/promises';
import { Command } from 'commander';
import type { App } from './server.ts';
import { addCommands } from './commands/all.ts';
import { explain, UsageError } from './boot/explain.ts';
import { listen, tryListening, type Listening } from './boot/listen.ts';
import { openDatabase } from './boot/open-database.ts';
import type { Terminal } from './commands/terminal.ts';
import { refuseForgotten, refuseOverdue } from './commands/restore.ts';
import { readConfig, type Config } from './config/settings.ts';
import { demoOwners, demoPassword, makeDemo } from './demo/make-demo.ts';
import { makeLogger, type Logger } from './watch/log.ts';
import { makeMetrics } from './watch/metrics.ts';
import { systemClock } from './words/dates.ts';
import { patience } from './store/engine/patience.ts';
import { compareClocks } from './store/retention/sweep-clock.ts';
import { isDemoHalfMade } from './store/demo/demo.ts';
import { isEmpty } from './store/accounts/new-account.ts';
import { version } from './version.ts';

const sweepMs = 300_000;
const stopMs = 20_000;
/** For how long a load balancer may still bring requests after `/readyz` has said no. */
const lingerMs = 2_000;
const clock = systemClock;

const terminal: Terminal = {
  config: () => readConfig(),
  clock,
  input: () => {
    if (process.stdin.isTTY) process.stderr.write('Type it and end with Ctrl-D on a line of its own:\n');
    return text(process.stdin);
  },
  print: (line) => void process.stdout.write(`${line}\n`),
  progress: (line) => void (process.stderr.isTTY && process.stderr.write(`\r\u001b[2K${line}`)),
};

async function serve(): Promise<void> {
  const config = readConfig();
  const log = makeLogger(config.logLevel);
  await tryListening(config);
  const { database, dataKey } = await openDatabase({ config, clock, patience });
  await compareClocks({ orm: database.orm, clock });
  if (await isDemoHalfMade(database.orm))
    throw new UsageError('DATA_DIR holds demo data that was interrupted while it was made. Delete the directory and start again.');
  const demo = config.databaseUrl === null && (await isEmpty({ orm: database.orm }));
  if (demo) await makeDemo({ database, dataKey, clock });
  if (config.databaseUrl !== null && config.toolsDatabaseUrl === null) {
    log.warn('tools read through the application’s login, dropped to the execute-only role; one of its own in TOOLS_DATABASE_URL is safer');
  }
  if (config.operatorAddress === null) log.warn('OPERATOR_ADDRESS is not set: the notices name no postal address of the operator');
  await refuseForgotten({ database, dataKey }, config, { clock, log });
  const metrics = makeMetrics();
  // Loaded here, so that commands and bad settings need not wait for it.
  const { makeApp } = await import('./server.ts');
  const app = await makeApp({ config, database, dataKey, clock, log, ...metrics });
  metrics.add((registry) => sweepGauges(registry, app.sweeps));
  if (config.metricsPort !== null) await metrics.listen(config.metricsPort, config.host);
  await app.sweep();
  await refuseOverdue(database);
  const listening = await listen(config, (request, response) => void app.handle(request, response));
  const sweeping = setInterval(() => void app.sweep().catch((error: unknown) => log.error({ err: error }, 'the sweep failed')), sweepMs);
  stopOnSignal({ listening, app, log, sweeping, isShared: config.databaseUrl !== null, close: () => database.close() });
  if (demo) greet(config);
  terminal.print(`ready ${config.publicUrl}/mcp`);
}

function greet({ publicUrl }: Config): void {
  terminal.print(`Demo data was made. Sign in as ${demoOwners.join(' or ')}, password: ${demoPassword}`);
  terminal.print(`Dashboard: ${publicUrl}/dashboard`);
  terminal.print(`Connect an MCP client, for example: npx @modelcontextprotocol/inspector --transport http --server-url ${publicUrl}/mcp`);
}

interface Running {
  readonly listening: Listening;
  readonly app: App;
  readonly log: Logger;
  readonly sweeping: NodeJS.Timeout;
  /** Several instances may stand behind a load balancer. */
  readonly isShared: boolean;
  readonly close: () => Promise<void>;
}

/** SIGTERM and SIGINT: `/readyz` says no, requests in flight are answered, the ledger is committed, then the end. The second signal ends at once. */
function stopOnSignal({ listening, app, log, sweeping, isShared, close }: Running): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopMs).unref();
    clearInterval(sweeping);
    app.drain();
    listening.drain();
    if (isShared && signal === 'SIGTERM') await after(lingerMs);
    await listening.close();
    await app.close();
    await close();
    log.info('stopped');
  };
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void stop(signal).then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
}

function fail(error: unknown): never {
  const lines = explain(error);
  if (lines === null) makeLogger('error').fatal({ err: error }, 'certveil stopped');
  process.stderr.write(`certveil: ${lines ?? 'stopped by an unexpected error, logged above'}\n`);
  process.exit(1);
}

const program = new Command('certveil')
  .description('The MCP server between a certificate database and AI assistants.')
  .version(version)
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'certveil: ')) });
program.command('serve').description('run the server (the default)').action(serve);
addCommands(program, terminal);
program.parseAsync(process.argv.length > 2 ? process.argv : [...process.argv, 'serve']).catch(fail);
