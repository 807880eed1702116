import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PGlite, Transaction } from '@electric-sql/pglite';
import type postgres from 'postgres';
import type { Database, Parameter } from '../db.ts';

export type Cell = string | null | readonly (string | null)[];

/** One transaction that many rows go through; everything in it happens, or nothing. */
export interface BulkTransaction {
  run<Row>(text: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** Streams rows into a table by COPY. The source is read no faster than the database takes it. */
  copyIn(table: string, columns: readonly string[], rows: AsyncIterable<readonly Cell[]>): Promise<void>;
}

/** Runs work in one transaction without the time limits of pages and tools. */
export async function inBulkTransaction<Result>(database: Database, work: (bulk: BulkTransaction) => Promise<Result>): Promise<Result> {
  return isPglite(database.driver) ? onPglite(database.driver, work) : onPostgres(database.driver, work);
}

function isPglite(driver: Database['driver']): driver is PGlite {
  return 'dumpDataDir' in driver;
}

async function onPostgres<Result>(client: postgres.Sql, work: (bulk: BulkTransaction) => Promise<Result>): Promise<Result> {
  const done = await client.begin(async (tx) => {
    await tx.unsafe('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0').simple();
    const result = await work({
      // What a statement returns is said by its caller.
      run: async <Row>(text: string, parameters: readonly Parameter[] = []) =>
        (await tx.unsafe(text, parameters as postgres.ParameterOrJSON<never>[])) as unknown as Row[],
      copyIn: async (table, columns, rows) => {
        const target = await tx.unsafe(copyStatement(table, columns, 'stdin')).writable();
        await pipeline(Readable.from(chunksOf(rows, postgresChunk), { objectMode: true, highWaterMark: 1 }), target);
      },
    });
    return { result };
  });
  return done.result as Result;
}

async function onPglite<Result>(client: PGlite, work: (bulk: BulkTransaction) => Promise<Result>): Promise<Result> {
  return client.transaction(async (tx: Transaction) =>
    work({
      run: async <Row>(text: string, parameters: readonly Parameter[] = []) => (await tx.query<Row>(text, [...parameters])).rows,
      copyIn: async (table, columns, rows) => {
        const statement = copyStatement(table, columns, "'/dev/blob'");
        for await (const chunk of chunksOf(rows, pgliteChunk)) await tx.query(statement, [], { blob: new Blob([chunk]) });
      },
    }),
  );
}

const postgresChunk = 64 * 1024;
const pgliteChunk = 1024 * 1024;

function copyStatement(table: string, columns: readonly string[], source: string): string {
  return `copy ${table} (${columns.join(', ')}) from ${source}`;
}

async function* chunksOf(rows: AsyncIterable<readonly Cell[]>, size: number): AsyncGenerator<string> {
  let chunk = '';
  for await (const row of rows) {
    chunk += `${row.map(copyCell).join('\t')}\n`;
    if (chunk.length < size) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  return escapeCopy(typeof cell === 'string' ? cell : arrayLiteral(cell));
}

function arrayLiteral(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}

const copyEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeCopy(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => copyEscapes[character] ?? character);
}
