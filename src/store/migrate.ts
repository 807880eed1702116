import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { eq, sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { PgDialect, PgSession } from 'drizzle-orm/pg-core';
import type { Clock } from '../policy/dates.ts';
import type { Database, Orm } from './db.ts';
import { rolesSql, rolesSqlFor, rulesSql } from './roles.ts';
import { databaseRules } from './schema/index.ts';

/** The login may not make the roles; `sql` is what an administrator runs once. */
export class MissingRights extends Error {
  override readonly name = 'MissingRights';
  readonly sql: string;

  constructor(login: string, cause: unknown) {
    super('the database login may not create roles', { cause });
    this.sql = rolesSqlFor(login);
  }
}

const migrationsFolder = fileURLToPath(new URL('../../drizzle', import.meta.url));
const lockName = 'certveil migrate';

/** Brings schema, roles, functions, grants and policies up to date. Instances that start together do it once, one waits for the other. */
export async function migrate({ database, clock }: { database: Database; clock: Clock }): Promise<void> {
  const connection = database.dedicated();
  try {
    await connection.orm.execute(sql`select pg_advisory_lock(hashtextextended(${lockName}, 0))`);
    await applyMigrations(connection.orm);
    await applyRules(connection, clock);
    await connection.orm.execute(sql`select pg_advisory_unlock(hashtextextended(${lockName}, 0))`);
  } finally {
    await connection.release();
  }
}

async function applyMigrations(orm: Orm): Promise<void> {
  // The migrators of both drivers are this one call, each typed for its own driver only.
  const { dialect, session } = orm as unknown as { dialect: PgDialect; session: PgSession };
  await dialect.migrate(readMigrationFiles({ migrationsFolder }), session, { migrationsFolder });
}

async function applyRules(connection: ReturnType<Database['dedicated']>, clock: Clock): Promise<void> {
  const rules = rulesSql();
  const hash = createHash('sha256').update(rolesSql()).update(rules).digest('hex');
  const [applied] = await connection.orm.select().from(databaseRules).where(eq(databaseRules.name, 'rules'));
  if (applied?.hash === hash) return;
  try {
    await connection.script(rolesSql());
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    throw new MissingRights(connection.login, error);
  }
  const record = `insert into public.database_rules (name, hash, applied_at) values ('rules', '${hash}', '${clock().toISOString()}')
    on conflict (name) do update set hash = excluded.hash, applied_at = excluded.applied_at;`;
  await connection.script(`${rules}\n${record}`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (Reflect.get(error, 'code') as unknown) : undefined;
}
