import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { inject } from 'vitest';
import { openPglite, openPostgres, type Database } from '../../src/store/db.ts';
import { toolsRole } from '../../src/store/roles.ts';
import { ownerLogin, toolsLogin, urlFor } from './postgres-logins.ts';
import type { Template } from './templates.ts';

/** The key that wraps purpose keys in every test database. */
export const testDataKey = Buffer.alloc(32, 7);

export interface TestDatabase {
  readonly database: Database;
  /** The owner's URL, as DATABASE_URL; null on PGlite. */
  readonly url: string | null;
  /** The execute-only login's URL, as TOOLS_DATABASE_URL; null on PGlite. */
  readonly toolsUrl: string | null;
  /** A superuser's URL of the same database; null on PGlite. */
  readonly adminUrl: string | null;
  /** Closes the connections and drops the database. */
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  readonly connections?: number;
}

/** A database of its own for a test file: migrated and empty, on the engine of the running project. */
export async function openTestDatabase({ connections = 4 }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const template: Template = 'template_empty';
  const databases = inject('databases');
  return databases.engine === 'postgres'
    ? openOnPostgres({ adminUrl: databases.adminUrl, template, connections })
    : openOnPglite(join(databases.directory, `${template}.tar`));
}

async function openOnPostgres(given: { adminUrl: string; template: Template; connections: number }): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(given.adminUrl, `create database ${name} template ${given.template} strategy file_copy owner ${ownerLogin.name}`);
  const adminUrl = urlFor({ adminUrl: given.adminUrl, database: name });
  const url = urlFor({ adminUrl, login: ownerLogin, database: name });
  const toolsUrl = urlFor({ adminUrl, login: toolsLogin, database: name });
  const database = openPostgres({ url, toolsUrl, toolsRole, connections: given.connections });
  return {
    database,
    url,
    toolsUrl,
    adminUrl,
    close: async () => {
      await database.close();
      await administer(given.adminUrl, `drop database ${name} with (force)`);
    },
  };
}

async function administer(adminUrl: string, command: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  try {
    await admin.unsafe(command);
  } finally {
    await admin.end();
  }
}

async function openOnPglite(file: string): Promise<TestDatabase> {
  const database = await openPglite({ directory: null, dump: new Blob([await readFile(file)], { type: 'application/x-tar' }) });
  return { database, url: null, toolsUrl: null, adminUrl: null, close: () => database.close() };
}
