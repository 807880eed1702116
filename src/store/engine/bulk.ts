import type { PGlite } from '@electric-sql/pglite';
import type postgres from 'postgres';
import type { Database, Parameter } from './db.ts';

export type Cell = string | number | boolean | null | readonly (string | null)[];

/** One transaction that many rows go through; everything in it happens, or nothing. */
export interface BulkTransaction {
  run<Row>(text: string, parameters?: readonly Parameter[]): Promise<Row[]>;
  /** Streams rows into a table in batches; the source is read no faster than the database takes it. */
  insert(table: string, columns: Readonly<Record<string, string>>, rows: AsyncIterable<readonly Cell[]>): Promise<void>;
}

/** Runs work in one transaction without the time limits of pages and tools. Neither engine's memory grows with the rows. */
export async function inBulkTransaction<Result>(database: Database, work: (bulk: BulkTransaction) => Promise<Result>): Promise<Result> {
  return isPglite(database.driver) ? onPglite(database.driver, work) : onPostgres(database.driver, work);
}

function isPglite(driver: Database['driver']): driver is PGlite {
  return 'dumpDataDir' in driver;
}

async function onPostgres<Result>(client: postgres.Sql, work: (bulk: BulkTransaction) => Promise<Result>): Promise<Result> {
  const done = await client.begin(async (tx) => {
    await tx
      .unsafe('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local work_mem = 65536')
      .simple();
    // What a statement returns is said by its caller.
    const result = await work(
      bulkOf(
        async <Row>(text: string, parameters: readonly Parameter[] = []) =>
          (await tx.unsafe(text, parameters as postgres.ParameterOrJSON<never>[])) as unknown as Row[],
      ),
    );
    return { result };
  });
  return done.result as Result;
}

async function onPglite<Result>(client: PGlite, work: (bulk: BulkTransaction) => Promise<Result>): Promise<Result> {
  return client.transaction(async (tx) =>
    work(bulkOf(async <Row>(text: string, parameters: readonly Parameter[] = []) => (await tx.query<Row>(text, [...parameters])).rows)),
  );
}

const batchRows = 1000;

/** Rows travel as one JSON text a batch, which both engines turn into typed columns, arrays included. */
function bulkOf(run: BulkTransaction['run']): BulkTransaction {
  const insert: BulkTransaction['insert'] = async (table, columns, rows) => {
    const names = Object.keys(columns);
    const types = names.map((name) => `${name} ${columns[name]}`).join(', ');
    const statement = `insert into ${table} (${names.join(', ')}) select ${names.join(', ')} from json_to_recordset($1::text::json) as rows(${types})`;
    const source = rows[Symbol.asyncIterator]();
    let batch = await nextBatch(source, names);
    while (batch.length > 0) {
      const sent = run(statement, [`[${batch.join(',')}]`]);
      [batch] = await Promise.all([nextBatch(source, names), sent]);
    }
  };
  return { run, insert };
}

/** Reads while the database stores the batch before. */
async function nextBatch(source: AsyncIterator<readonly Cell[]>, names: readonly string[]): Promise<string[]> {
  const batch: string[] = [];
  while (batch.length < batchRows) {
    const row = await source.next();
    if (row.done) break;
    batch.push(JSON.stringify(Object.fromEntries(names.map((name, at) => [name, row.value[at] ?? null]))));
  }
  return batch;
}
