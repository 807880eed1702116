import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverProgram } from './server-build.ts';

export type Settings = Readonly<Record<string, string>>;

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when standard output or error matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Ended>;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<Ended>;
}

const running = new Set<ChildProcess>();
/** One file for each database, so that its instances share it. */
const deletionLogs = mkdtempSync(join(tmpdir(), 'certveil-logs-'));
process.once('exit', () => {
  rmSync(deletionLogs, { recursive: true, force: true });
  for (const child of running) child.kill('SIGKILL');
});

/** `certveil …` as an operator runs it, to its end. */
export async function certveil(args: readonly string[], settings: Settings = {}, input = ''): Promise<Ended> {
  const { ended } = await run(args, settings, input);
  return ended;
}

/** Starts the server and waits until it is ready. Stop it with `kill` or a signal. */
export async function startServer(settings: Settings & { readonly PORT: string }): Promise<ServerProcess> {
  const server = await run([], settings);
  await server.says(/^ready .*\/mcp$/m);
  return { ...server, url: `http://localhost:${settings.PORT}` };
}

function logOf({ DATABASE_URL }: Settings): Settings {
  return DATABASE_URL === undefined
    ? {}
    : { DELETIONS_LOG: join(deletionLogs, DATABASE_URL.replace(/^.*@/, '').replaceAll(/[^\w.-]/g, '_')) };
}

/** Runs `certveil …` without waiting for anything. PGlite, which is WebAssembly, isn't optimised: most processes of tests end too soon to gain by it. */
export async function run(args: readonly string[], settings: Settings, input = ''): Promise<Omit<ServerProcess, 'url'>> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const env = { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), NODE_ENV: 'production', ...logOf(settings), ...settings };
  const child = spawn(process.execPath, ['--liftoff-only', await serverProgram(), ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => void (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]): Ended => {
    running.delete(child);
    return { code: code as number | null, stdout, stderr };
  });
  const says = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => void ((pattern.test(stdout) || pattern.test(stderr)) && resolve());
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`it ended without saying ${pattern.source}:\n${stdout}${stderr}`)));
      look();
    });
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    says,
    ended,
    signal: (signal) => void child.kill(signal),
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

/** A free port below those that the system hands out, so that nobody takes it while a server starts again. */
export async function lastingPort(): Promise<string> {
  for (;;) {
    const port = 20_001 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return String(port);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
