import { createHash } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eq, sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { PgDialect, PgSession } from 'drizzle-orm/pg-core';
import type { Clock } from '../../words/dates.ts';
import type { Database, DedicatedConnection, Orm } from '../engine/db.ts';
import { quoted, rolesSql, rolesSqlFor } from './make-roles.ts';
import { settleInstallation } from './settle-installation.ts';
import { reindexAll } from '../search/reindex.ts';
import { roleNames, type RoleNames } from '../engine/role-names.ts';
import { cutSql, rulesSql, theirs } from './rules-sql.ts';
import { databaseRules } from '../schema/index.ts';

/** The login may not make the roles, or they are not its own; `sql` is what an administrator runs once. */
export class MissingRights extends Error {
  override readonly name = 'MissingRights';
  readonly sql: string;

  constructor(sql: string, cause: unknown) {
    super('the database login may not create the roles', { cause });
    this.sql = sql;
  }
}

/** The tables were in use for so long that the rules could not be put on them. */
export class TablesInUse extends Error {
  override readonly name = 'TablesInUse';
}

const migrationsFolder = fileURLToPath(new URL('../../../drizzle', import.meta.url));
/** Below Postgres' deadlock_timeout of a second, so that the rules give way and never a call. */
const lockMs = 400;
const pauseMs = 200;
const mostTries = 1000;

/** The database was migrated by a newer version, whose rules this one must not put back. */
export class NewerDatabase extends Error {
  override readonly name = 'NewerDatabase';
}

export interface Migration {
  readonly database: Database;
  readonly clock: Clock;
  /** Also puts back functions, grants and policies that somebody changed, or that a restored backup lost. */
  readonly repair?: boolean;
  /** This is a copy beside the original: it becomes an installation of its own. */
  readonly asCopy?: boolean;
  /** No instance of the version before runs any more: what its role may do ends. */
  readonly endRollOut?: boolean;
}

type Options = Omit<Migration, 'database'>;

/**
 * Brings schema, roles, functions, grants, policies, search words and orders up to date. Instances that start together do it once, one
 * waits for the other.
 * @throws MissingRights, NewerDatabase, TablesInUse
 */
export async function migrate({ database, ...options }: Migration): Promise<void> {
  await alone(database, () => migrateAlone({ database, ...options }));
}

/** Instances wait for each other by a table that nobody but the owner can lock. */
async function alone(database: Database, work: () => Promise<void>): Promise<void> {
  if (database.engine === 'pglite') return work();
  const holder = database.dedicated();
  try {
    await makeLockTable(holder);
    await holder.orm.transaction(async (tx) => {
      await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`);
      await tx.execute(sql`lock table drizzle.migrating in access exclusive mode`);
      await work();
    });
  } finally {
    await holder.release();
  }
}

/** Several may make it at once, and Postgres tells all but one that it is there. */
async function makeLockTable(holder: DedicatedConnection): Promise<void> {
  try {
    await holder.script('create schema if not exists drizzle; create table if not exists drizzle.migrating ();');
  } catch (error) {
    if (!['23505', '42P06', '42P07'].includes(String(codeOf(error)))) throw error;
    await after(pauseMs);
    await makeLockTable(holder);
  }
}

async function migrateAlone({ database, ...options }: Migration): Promise<void> {
  const connection = database.dedicated();
  try {
    // A login may have the name of a schema, where Postgres would make its tables.
    await connection.orm.execute(sql`set search_path = public`);
    await applyMigrations(connection.orm);
    // Nothing of another version runs on an embedded database.
    const endRollOut = options.endRollOut === true || database.engine === 'pglite';
    await applyRules(connection, { ...options, endRollOut, toolsLogin: database.toolsLogin });
    await reindexAll({ orm: connection.orm, clock: options.clock });
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

async function applyRules(connection: DedicatedConnection, options: Options & { toolsLogin: string | null }): Promise<void> {
  const { orm, login } = connection;
  const { toolsLogin, clock, repair = false } = options;
  const installation = await settleInstallation(orm, options);
  const { names } = installation;
  const rules = rulesSql(installation);
  const cut = cutSql(installation);
  const hash = createHash('sha256').update(rolesSql(names)).update(rules).update(cut).digest('hex');
  const [applied] = await orm.select().from(databaseRules).where(eq(databaseRules.name, 'rules'));
  if (applied?.hash === hash && !repair) return;
  try {
    await connection.script(rolesSql(names));
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    throw new MissingRights(rolesSqlFor({ names, login, toolsLogin }), error);
  }
  const record = `insert into public.database_rules (name, hash, applied_at) values ('rules', '${hash}', '${clock().toISOString()}')
    on conflict (name) do update set hash = excluded.hash, applied_at = excluded.applied_at;`;
  const waiting = `set local lock_timeout = ${lockMs};`;
  await patiently(() => connection.script(`${waiting}\n${rules}`));
  await callsOfOthersEnded(orm, names);
  await patiently(() => connection.script(`${waiting}\n${cut}\n${record}`));
  if (toolsLogin !== null) await takeAlong(connection, { names, toolsLogin });
}

/** Calls wait for no longer than a lock is tried for, and no call is ended so that the rules get theirs. */
async function patiently(apply: () => Promise<void>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await apply();
    } catch (error) {
      if (codeOf(error) !== '55P03') throw error;
      if (tried === mostTries) throw new TablesInUse('the tables are in use', { cause: error });
      await after(pauseMs);
    }
  }
}

/** Waits for the transactions that run now, in which a call may have begun as a role that another installation or version has. */
async function callsOfOthersEnded(orm: Orm, names: RoleNames): Promise<void> {
  const [found] = await orm.select({ others: sql<boolean>`count(*) > 0` }).from(sql`pg_shdepend d join pg_roles r on r.oid = d.refobjid`)
    .where(sql`d.refclassid = 'pg_authid'::regclass and d.dbid = (select oid from pg_database where datname = current_database())
      and ${sql.raw(theirs('r.rolname', names))}`);
  if (found?.others !== true) return;
  const running = async () => {
    const rows = await orm
      .select({ transaction: sql<string>`l.virtualtransaction` })
      .from(sql`pg_locks l join pg_stat_activity a on a.pid = l.pid`)
      .where(
        sql`l.locktype = 'virtualxid' and l.granted and a.datname = current_database() and a.usesysid is not null and a.pid <> pg_backend_pid()
        and not exists (select from pg_locks m where m.pid = l.pid and m.relation = to_regclass('drizzle.migrating'))`,
      );
    return rows.map(({ transaction }) => transaction);
  };
  let left = await running();
  for (let tried = 0; left.length > 0 && tried < mostTries; tried += 1) {
    await after(pauseMs);
    const now = await running();
    left = left.filter((transaction) => now.includes(transaction));
  }
}

/** The tools' login of the version before calls through this one's role from now on. Where that may not be granted, the start names it. */
async function takeAlong(connection: DedicatedConnection, { names, toolsLogin }: { names: RoleNames; toolsLogin: string }): Promise<void> {
  const before = roleNames(null).tools;
  const [found] = await connection.orm
    .select({
      mayGrant: sql<boolean>`pg_has_role(r.oid, b.oid, 'member') and not pg_has_role(r.oid, t.oid, 'member')
      and (pg_has_role(t.oid, 'member with admin option') or current_setting('server_version_num')::integer < 160000)`,
    })
    .from(sql`pg_roles r, pg_roles b, pg_roles t`)
    .where(sql`r.rolname = ${toolsLogin} and b.rolname = ${before} and t.rolname = ${names.tools}`);
  if (found?.mayGrant === true) await connection.script(`grant ${names.tools} to ${quoted(toolsLogin)};`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (Reflect.get(error, 'code') as unknown) : undefined;
}
