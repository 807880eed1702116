import { createHash } from 'node:crypto';
import { mkdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite, type Database } from './db.ts';

/** Another process has the data directory open. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/** The data directory can't be what it must be; the message completes "DATA_DIR". */
export class DirectoryUnusable extends Error {
  override readonly name = 'DirectoryUnusable';
}

/** The longest socket path that every system takes. */
const longestSocketPath = 100;

/** Opens the database in a directory, alone: PGlite takes no lock itself, and two processes would destroy it. @throws DirectoryInUse, DirectoryUnusable */
export async function openEmbedded({ directory }: { directory: string }): Promise<Database> {
  await makeDirectory(directory);
  const unlock = await lockDirectory(await realpath(directory));
  const database = await openPglite({ directory: join(directory, 'pglite') });
  return {
    ...database,
    close: async () => {
      await database.close();
      await unlock();
    },
  };
}

/** @throws DirectoryUnusable */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new DirectoryUnusable('cannot be used as a directory', { cause });
  }
}

/**
 * A listening socket is a lock that dies with its process, unlike a file. The socket in the directory is seen from every container
 * that has it mounted, but a dead one must be removed, and two may remove at once: on Linux a nameless socket comes first.
 */
async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 32);
  const held = process.platform === 'linux' ? [await listenAlone(`\0certveil-${name}`, directory)] : [];
  try {
    held.push(await lockByFile(socketPath(directory, name), directory));
  } catch (error) {
    await closeAll(held);
    throw error;
  }
  return () => closeAll(held);
}

async function closeAll(held: readonly Server[]): Promise<void> {
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
}

async function listenAlone(path: string, directory: string): Promise<Server> {
  try {
    return await listenOn(path);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) throw new DirectoryInUse(`${directory} is in use by another process`);
    throw error;
  }
}

async function lockByFile(path: string, directory: string): Promise<Server> {
  for (;;) {
    try {
      return await listenOn(path);
    } catch (error) {
      if (!hasCode(error, 'EADDRINUSE')) throw error;
      if (await answers(path)) throw new DirectoryInUse(`${directory} is in use by another process`);
      await rm(path, { force: true });
    }
  }
}

function socketPath(directory: string, name: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\certveil-${name}`;
  const inside = join(directory, 'lock.sock');
  return Buffer.byteLength(inside) <= longestSocketPath ? inside : join(tmpdir(), `certveil-${name}.sock`);
}

function listenOn(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
