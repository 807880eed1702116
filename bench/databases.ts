import postgres from 'postgres';
import { systemClock } from '../src/words/dates.ts';
import { tables } from '../src/policy/tables/all.ts';
import { openPglite, openPostgres, type Database, type Statement } from '../src/store/engine/db.ts';
import { readInstallation } from '../src/store/engine/installation.ts';
import { migrate } from '../src/store/rules/migrate.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { ownerLogin, toolsLogin, urlFor } from '../test/support/postgres-logins.ts';
import { seedOwner, settled, type Owner } from './seed.ts';

/** As many connections as the product opens. */
const connections = 6;

export interface SeededDatabase {
  readonly database: Database;
  readonly owner: Owner;
}

export interface BenchPostgres extends SeededDatabase {
  /** A copy of the database, in which row-level security is switched off. No setting of a server does this. */
  readonly open: SeededDatabase;
  /** The URL of the application's login, as DATABASE_URL; that of the tools' login, as TOOLS_DATABASE_URL. */
  readonly url: string;
  readonly toolsUrl: string;
  /** A connection of the owner's without time limits. */
  seed<Result>(work: (statement: Statement) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** A Postgres that makes its fsyncs, with the product's two logins. */
export async function openBenchPostgres({ certificates }: { certificates: number }): Promise<BenchPostgres> {
  const server = await startPostgres({ durable: true });
  const { adminUrl } = server;
  const databaseOf = (name: string): Database =>
    openPostgres({
      url: urlFor({ adminUrl, login: ownerLogin, database: name }),
      toolsUrl: urlFor({ adminUrl, login: toolsLogin, database: name }),
      connections,
    });
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create role ${ownerLogin.name} login createrole password '${ownerLogin.password}'`);
  await admin.unsafe(`create database bench owner ${ownerLogin.name}`);
  const seed = async <Result>(work: (statement: Statement, made: Database) => Promise<Result>): Promise<Result> => {
    const made = openPostgres({
      url: urlFor({ adminUrl, login: ownerLogin, database: 'bench' }),
      toolsUrl: null,
      connections: 1,
    });
    try {
      await made.statement('set statement_timeout = 0', []);
      return await work(made.statement, made);
    } finally {
      await made.close();
    }
  };
  const owner = await seed(async (statement, made) => {
    await migrate({ database: made, clock: systemClock });
    return settled(statement, await seedOwner(statement, { certificates }));
  });
  const { names } = await seed((statement) => readInstallation(statement));
  await admin.unsafe(`create role ${toolsLogin.name} login password '${toolsLogin.password}' in role ${names.tools}`);
  await admin.unsafe(`create database bench_open template bench owner ${ownerLogin.name}`);
  await admin.unsafe('revoke temporary on database bench_open from public');
  await admin.end();
  const database = databaseOf('bench');
  const open = { database: databaseOf('bench_open'), owner };
  for (const table of Object.keys(tables)) await open.database.statement(`alter table public.${table} disable row level security`, []);
  await open.database.statement('vacuum analyze', []);
  return {
    database,
    owner,
    open,
    url: urlFor({ adminUrl, login: ownerLogin, database: 'bench' }),
    toolsUrl: urlFor({ adminUrl, login: toolsLogin, database: 'bench' }),
    seed,
    close: async () => {
      await database.close();
      await open.database.close();
      await server.stop();
    },
  };
}

export async function openBenchPglite({ certificates }: { certificates: number }): Promise<SeededDatabase> {
  const database = await openPglite({ directory: null });
  await migrate({ database, clock: systemClock });
  return { database, owner: await settled(database.statement, await seedOwner(database.statement, { certificates })) };
}

export async function engineVersion({ statement }: Database): Promise<string> {
  const [row] = await statement<{ server_version: string }>('show server_version', []);
  return row?.server_version ?? 'unknown';
}
