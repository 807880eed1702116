import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { inject } from 'vitest';
import { openPglite, openPostgres, type Database } from '../../src/store/engine/db.ts';
import type { Patience } from '../../src/store/engine/patience.ts';
import { dumpOf } from './pglite-dump.ts';
import { ownerLogin, toolsLogin, urlFor } from './postgres-logins.ts';
import { demoTemplate, emptyTemplate, fillDemoTemplate } from './templates.ts';

export { testDataKey } from './templates.ts';

export interface TestDatabase {
  readonly database: Database;
  /** The owner's URL, as DATABASE_URL; null on PGlite. */
  readonly url: string | null;
  /** The execute-only login's URL, as TOOLS_DATABASE_URL; null on PGlite. */
  readonly toolsUrl: string | null;
  /** A superuser's URL of the same database; null on PGlite. */
  readonly adminUrl: string | null;
  /** Closes the connections and drops the database. */
  readonly close: () => Promise<void>;
}

export interface TestDatabaseOptions {
  /** Starts with the demo data, whose purpose keys `testDataKey` opens. */
  readonly demo?: boolean;
  readonly connections?: number;
  /** As a server has it; on Postgres. */
  readonly patience?: Patience;
}

/** A migrated database of its own, on the engine of the running project: open it in `beforeAll`, close it in `afterAll`. */
export async function openTestDatabase({ demo = false, connections = 4, patience }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const databases = inject('databases');
  return databases.engine === 'postgres'
    ? openOnPostgres({ serverUrl: databases.adminUrl, demo, connections, ...(patience && { patience }) })
    : openOnPglite({ directory: databases.directory, demo });
}

async function openOnPostgres({
  serverUrl,
  demo,
  connections,
  ...bounds
}: {
  serverUrl: string;
  demo: boolean;
  connections: number;
  patience?: Patience;
}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  if (demo) await ensureDemoTemplate(serverUrl);
  await administer(serverUrl, (admin) => create(admin, { name, template: demo ? demoTemplate : emptyTemplate }));
  const adminUrl = urlFor({ adminUrl: serverUrl, database: name });
  const url = urlFor({ adminUrl, login: ownerLogin, database: name });
  const toolsUrl = urlFor({ adminUrl, login: toolsLogin, database: name });
  const database = openPostgres({ url, toolsUrl, connections, ...bounds });
  return {
    database,
    url,
    toolsUrl,
    adminUrl,
    close: async () => {
      await database.close();
      await administer(serverUrl, (admin) => admin.unsafe(`drop database ${name} with (force)`));
    },
  };
}

async function administer(serverUrl: string, act: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    await act(admin);
  } finally {
    await admin.end();
  }
}

async function create(admin: postgres.Sql, { name, template }: { name: string; template: string }): Promise<void> {
  await admin.unsafe(`create database ${name} template ${template} strategy file_copy owner ${ownerLogin.name}`);
  // A copy has the rights of a new database, not those of its template.
  await admin.unsafe(`revoke temporary on database ${name} from public`);
}

/** One worker makes the template under a lock while the other waits; it gets its name when it is whole. */
async function ensureDemoTemplate(serverUrl: string): Promise<void> {
  const unfinished = `${demoTemplate}_${randomBytes(6).toString('hex')}`;
  await administer(serverUrl, async (admin) => {
    await admin`select pg_advisory_lock(1)`;
    const made = await admin`select from pg_database where datname = ${demoTemplate}`;
    if (made.length > 0) return;
    await create(admin, { name: unfinished, template: emptyTemplate });
    const url = urlFor({ adminUrl: serverUrl, login: ownerLogin, database: unfinished });
    const database = openPostgres({ url, toolsUrl: null, connections: 2 });
    try {
      await fillDemoTemplate(database);
    } finally {
      await database.close();
    }
    await admin.unsafe(`alter database ${unfinished} rename to ${demoTemplate}`);
  });
}

let demoDump: Promise<Blob> | null = null;

async function openOnPglite({ directory, demo }: { directory: string; demo: boolean }): Promise<TestDatabase> {
  const read = async () => new Blob([await readFile(join(directory, `${emptyTemplate}.tar`))], { type: 'application/x-tar' });
  if (demo) demoDump ??= read().then(withDemo);
  const database = await openPglite({ directory: null, dump: await (demo && demoDump ? demoDump : read()) });
  return { database, url: null, toolsUrl: null, adminUrl: null, close: () => database.close() };
}

async function withDemo(empty: Blob): Promise<Blob> {
  const database = await openPglite({ directory: null, dump: empty });
  try {
    await fillDemoTemplate(database);
    return await dumpOf(database);
  } finally {
    await database.close();
  }
}
