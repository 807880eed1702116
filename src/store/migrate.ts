import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { eq, sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { PgDialect, PgSession } from 'drizzle-orm/pg-core';
import type { Clock } from '../policy/dates.ts';
import type { Database, DedicatedConnection, Orm } from './db.ts';
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

/** The database was migrated by a newer version, whose rules this one must not put back. */
export class NewerDatabase extends Error {
  override readonly name = 'NewerDatabase';
}

export interface Migration {
  readonly database: Database;
  readonly clock: Clock;
  /** Also puts back functions, grants and policies that somebody changed, or that a restored backup lost. */
  readonly repair?: boolean;
}

/**
 * Brings schema, roles, functions, grants and policies up to date. Instances that start together do it once, one waits for the other.
 * @throws MissingRights, NewerDatabase
 */
export async function migrate({ database, clock, repair = false }: Migration): Promise<void> {
  const connection = database.dedicated();
  try {
    await connection.orm.execute(sql`select pg_advisory_lock(hashtextextended(${lockName}, 0))`);
    await applyMigrations(connection.orm);
    await applyRules(connection, { clock, repair });
    await connection.orm.execute(sql`select pg_advisory_unlock(hashtextextended(${lockName}, 0))`);
  } finally {
    await connection.release();
  }
}

async function applyMigrations(orm: Orm): Promise<void> {
  // The migrators of both drivers are this one call, each typed for its own driver only.
  const { dialect, session } = orm as unknown as { dialect: PgDialect; session: PgSession };
  const migrations = readMigrationFiles({ migrationsFolder });
  await dialect.migrate(migrations, session, { migrationsFolder });
  const newest = sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`;
  const [applied] = await session.all<{ at: string }>(newest);
  if (Number(applied?.at) > Math.max(...migrations.map(({ folderMillis }) => folderMillis))) throw new NewerDatabase();
}

async function applyRules(connection: DedicatedConnection, { clock, repair }: { clock: Clock; repair: boolean }): Promise<void> {
  const rules = rulesSql();
  const hash = createHash('sha256').update(rolesSql()).update(rules).digest('hex');
  const [applied] = await connection.orm.select().from(databaseRules).where(eq(databaseRules.name, 'rules'));
  if (applied?.hash === hash && !repair) return;
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
