import { PGlite } from '@electric-sql/pglite';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { readInstallation } from './installation.ts';
import { withPatience, type Patience } from './patience.ts';
import * as schema from '../schema/index.ts';
import { beginInTime, type TransactionWork } from './transactions.ts';

/** Drizzle over either engine; a transaction's handle has the same type. */
export type Orm = PgDatabase<PgQueryResultHKT, typeof schema>;

/** A value of a prepared statement. Instants and days travel as text. */
export type Parameter = string | number | boolean | null | Uint8Array | readonly string[];

/** Runs one prepared statement in one round trip. */
export type Statement = <Row>(text: string, parameters: readonly Parameter[]) => Promise<Row[]>;

export interface Database {
  readonly engine: 'postgres' | 'pglite';
  /** The application's own login: pages, OAuth, jobs, imports. */
  readonly orm: Orm;
  readonly statement: Statement;
  /** The execute-only login that tools read and the ledger writes through (on PGlite the same session). */
  readonly tools: Statement;
  /** The login of TOOLS_DATABASE_URL; null where there is none. */
  readonly toolsLogin: string | null;
  /** The driver itself, for rows in bulk; see writes/bulk.ts. */
  readonly driver: PGlite | postgres.Sql;
  /** One connection for migrations: no time limits, and a lock taken on it stays its own. */
  dedicated(): DedicatedConnection;
  close(): Promise<void>;
}

export interface DedicatedConnection {
  readonly orm: Orm;
  readonly login: string;
  /** Runs many statements as one transaction. */
  script(text: string): Promise<void>;
  release(): Promise<void>;
}

export interface PostgresOptions {
  readonly url: string;
  /** The URL of the execute-only login; without it the application's login drops to the installation's tools role. */
  readonly toolsUrl: string | null;
  readonly connections: number;
  /** Of a server's requests; commands wait as long as they must. */
  readonly patience?: Patience;
}

const days = {
  date: { to: 1082, from: [1082], serialize: asIs, parse: asIs },
  instant: { to: 1184, from: [1184], serialize: asIs, parse: asIs },
};

function asIs(value: string): string {
  return value;
}

const statementTimeoutMs = 30_000;

function timeoutsOf(patience: Patience | undefined) {
  return {
    statement_timeout: patience?.statementMs ?? statementTimeoutMs,
    idle_in_transaction_session_timeout: patience?.statementMs ?? statementTimeoutMs,
    ...(patience && { lock_timeout: patience.lockMs }),
  };
}

export function openPostgres({ url, toolsUrl, connections, patience }: PostgresOptions): Database {
  const shared = {
    max: connections,
    connect_timeout: 10,
    onnotice: () => undefined,
    types: days,
  };
  const timeouts = timeoutsOf(patience);
  const client = postgres(url, { ...shared, connection: { application_name: 'certveil', ...timeouts } });
  const statement = statementOf(client, patience);
  const openTools = (role: { role?: string }) =>
    postgres(toolsUrl ?? url, { ...shared, connection: { application_name: 'certveil tools', ...timeouts, ...role } });
  const named = toolsUrl === null ? null : openTools({});
  const dropped = once(async () => openTools({ role: (await readInstallation(statement)).names.tools }));
  const droppedStatement: Statement = async (text, parameters) => statementOf(await dropped.get(), patience)(text, parameters);
  return {
    engine: 'postgres',
    orm: drizzlePostgres(preparing(client, patience), { schema }),
    statement,
    tools: named ? statementOf(named, patience) : droppedStatement,
    toolsLogin: named ? String(named.options.user) : null,
    driver: client,
    dedicated: () => dedicatedPostgres(url),
    close: async () => {
      const tools = named ?? (await dropped.made());
      await Promise.all([client.end({ timeout: 5 }), tools?.end({ timeout: 5 })]);
    },
  };
}

/** Makes something when it is first asked for, and again after it could not be made. */
function once<Made>(make: () => Promise<Made>): { get(): Promise<Made>; made(): Promise<Made | undefined> } {
  let making: Promise<Made> | undefined;
  const get = () =>
    (making ??= make().catch((error: unknown) => {
      making = undefined;
      throw error;
    }));
  return { get, made: async () => making?.catch(() => undefined) };
}

function dedicatedPostgres(url: string): DedicatedConnection {
  const client = postgres(url, { max: 1, onnotice: () => undefined, connection: { application_name: 'certveil migrate' } });
  return {
    orm: drizzlePostgres(client, { schema }),
    login: String(client.options.user),
    script: async (text) => {
      await client.unsafe(text).simple();
    },
    release: () => client.end({ timeout: 5 }),
  };
}

/** Drizzle sends unnamed statements, two round trips each; this makes postgres.js prepare and pipeline them. */
function preparing(client: postgres.Sql, patience: Patience | undefined): postgres.Sql {
  const unsafe = (query: string, parameters?: postgres.ParameterOrJSON<never>[], options?: postgres.UnsafeQueryOptions) => {
    const sent = client.unsafe(query, parameters, { ...options, prepare: true });
    return patience ? withPatience(sent, patience.waitMs) : sent;
  };
  return new Proxy(client, {
    get(target, property) {
      if (property === 'unsafe') return unsafe;
      if (property === 'begin' && patience) return (work: TransactionWork) => beginInTime({ client, work, patience });
      return Reflect.get(target, property, target) as unknown;
    },
  });
}

function statementOf(client: postgres.Sql, patience: Patience | undefined): Statement {
  // postgres.js types its rows as its own Row; what a statement returns is said by its caller, and checked at start.
  return async <Row>(text: string, parameters: readonly Parameter[]) => {
    const sent = client.unsafe(text, parameters as postgres.ParameterOrJSON<never>[], { prepare: true });
    return (await (patience ? withPatience(sent, patience.waitMs) : sent)) as unknown as Row[];
  };
}

export interface PgliteOptions {
  /** A directory, or null for a database in memory. */
  readonly directory: string | null;
  /** A dump to start from. */
  readonly dump?: Blob;
}

export async function openPglite({ directory, dump }: PgliteOptions): Promise<Database> {
  const client = await PGlite.create({
    ...(directory !== null && { dataDir: directory }),
    ...(dump && { loadDataDir: dump }),
    parsers: { 1082: asIs, 1184: asIs },
  });
  const statement: Statement = async <Row>(text: string, parameters: readonly Parameter[]) =>
    (await client.query<Row>(text, [...parameters])).rows;
  const orm = drizzlePglite(client, { schema });
  const script = async (text: string): Promise<void> => {
    await client.transaction(async (tx) => tx.exec(text));
  };
  return {
    engine: 'pglite',
    orm,
    statement,
    tools: statement,
    toolsLogin: null,
    driver: client,
    dedicated: () => ({ orm, login: 'postgres', script, release: () => Promise.resolve() }),
    close: () => client.close(),
  };
}
