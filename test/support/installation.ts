import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { inject } from 'vitest';
import { openPglite, openPostgres, type Database } from '../../src/store/engine/db.ts';
import { openTestDatabase } from './engines.ts';
import { dumpOf } from './pglite-dump.ts';
import { ownerLogin, urlFor } from './postgres-logins.ts';
import { startPostgres } from './postgres.ts';
import { lastingPort, type Settings } from './server-process.ts';
import { fillDemoTemplate, fillEmptyTemplate, testDataKey } from './templates.ts';

/** Where a server process lives: its settings, with demo data in its database and `testDataKey` as its key. */
export interface Installation {
  readonly settings: Settings & { readonly PORT: string };
  /** A superuser's URL of its database; null when embedded. */
  readonly adminUrl: string | null;
  /** Looks into the database; when embedded, only while no server runs. */
  inspect<Seen>(look: (database: Database) => Promise<Seen>): Promise<Seen>;
  close(): Promise<void>;
}

/** On the engine of the running project. */
export async function openInstallation(): Promise<Installation> {
  return inject('databases').engine === 'postgres' ? onTestServer() : embedded(await demoDump());
}

async function onTestServer(): Promise<Installation> {
  const { database, url, toolsUrl, adminUrl, close } = await openTestDatabase({ demo: true });
  const settings = {
    PORT: await lastingPort(),
    DATABASE_URL: url ?? '',
    TOOLS_DATABASE_URL: toolsUrl ?? '',
    DATA_KEY: testDataKey.toString('base64'),
  };
  return { settings, adminUrl, inspect: (look) => look(database), close };
}

async function demoDump(): Promise<Blob> {
  const { database, close } = await openTestDatabase({ demo: true });
  const dump = await dumpOf(database);
  await close();
  return dump;
}

/** In a directory of its own, whatever the engine of the project is. */
export async function embeddedInstallation(): Promise<Installation> {
  const database = await openPglite({ directory: null });
  return embedded(
    await withOpened(database, async () => {
      await fillEmptyTemplate(database);
      await fillDemoTemplate(database);
      return dumpOf(database);
    }),
  );
}

async function embedded(dump: Blob): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'certveil-data-'));
  const inside = join(directory, 'pglite');
  await writeFile(join(directory, 'data.key'), testDataKey.toString('base64'));
  await withOpened(await openPglite({ directory: inside, dump }), () => Promise.resolve());
  return {
    settings: { PORT: await lastingPort(), DATA_DIR: directory },
    adminUrl: null,
    inspect: async (look) => withOpened(await openPglite({ directory: inside }), look),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** On a Postgres of its own that makes every fsync, so that it may be killed too. One login does everything. */
export async function onDurablePostgres(): Promise<Installation> {
  const server = await startPostgres({ durable: true });
  const adminUrl = urlFor({ adminUrl: server.adminUrl, database: 'durable' });
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create role ${ownerLogin.name} login createrole password '${ownerLogin.password}'`);
  await admin.unsafe(`create database durable owner ${ownerLogin.name}`);
  await admin.end();
  const url = urlFor({ adminUrl, login: ownerLogin, database: 'durable' });
  const inspect: Installation['inspect'] = async (look) => withOpened(openPostgres({ url, toolsUrl: null, connections: 2 }), look);
  await inspect(async (database) => {
    await fillEmptyTemplate(database);
    await fillDemoTemplate(database);
  });
  const settings = { PORT: await lastingPort(), DATABASE_URL: url, DATA_KEY: testDataKey.toString('base64') };
  return { settings, adminUrl, inspect, close: () => server.stop() };
}

async function withOpened<Seen>(database: Database, look: (database: Database) => Promise<Seen>): Promise<Seen> {
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}
