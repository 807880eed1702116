import type postgres from 'postgres';
import { systemClock } from '../src/words/dates.ts';
import type { Database, Statement } from '../src/store/engine/db.ts';
import { readerFor, type Reader } from '../src/store/tools/reader.ts';
import { engineVersion, openBenchPostgres } from './databases.ts';
import { interleave, medianMs, medianOf, ratioOf } from './measure.ts';
import { goal, heading, print, printGoals, printMachine } from './report.ts';
import { scaleCases, type ScaleCase } from './scale-cases.ts';
import { seedOwners, seedTerms, type Owner } from './seed.ts';

const quick = process.argv.includes('--quick');
const sizes = quick ? [10_000, 100_000] : [10_000, 2_000_000];
const rounds = quick ? 3 : 7;
const times = quick ? 5 : 15;
/** Index entries that one search may read: 4000 candidates, each looked up with its words, and the same again for how far it came. */
const entriesAtMost = 40_000;

const started = performance.now();
const server = await openBenchPostgres({ certificates: 1_000 });
try {
  printMachine({ Postgres: await engineVersion(server.database) });
  const owners = await server.seed(async (statement) => {
    const made = await seedOwners(statement, sizes);
    await seedTerms(statement, made);
    return made;
  });
  print(`seeded in ${secondsSince(started)} s`);
  const [small, large] = owners;
  if (!small || !large) throw new Error('an owner is missing');
  heading(`One account of ${shown(sizes[1])} certificates against one of ${shown(sizes[0])}; ms, and index entries read`);
  for (const each of scaleCases) await compare(each, server.database, { small, large });
  printGoals();
  print(`${secondsSince(started)} s`);
} finally {
  await server.close();
}

async function compare(each: ScaleCase, database: Database, { small, large }: { small: Owner; large: Owner }): Promise<void> {
  const read = (owner: Owner) => each.read(readerOf(database.tools, owner));
  for (const owner of [small, large]) expectAnswer(each, await read(owner));
  const measured = await interleave(
    [
      { name: 'small', measure: () => medianMs(() => read(small), times) },
      { name: 'large', measure: () => medianMs(() => read(large), times) },
    ],
    rounds,
  );
  const entries = [await entriesRead(database, small, each), await entriesRead(database, large, each)];
  const ms = [medianOf(measured, 'small'), medianOf(measured, 'large')].map((each) => each.toFixed(2));
  print(`  ${each.name.padEnd(52)}${ms.join(' → ').padStart(16)} ms ${entries.map(shown).join(' → ').padStart(18)} entries`);
  goal(`${each.name}, large / small`, ratioOf(measured, 'large', 'small'), { atMost: 2 });
  goal(`${each.name}, entries read`, entries[1] ?? Number.NaN, { atMost: entriesAtMost });
}

function readerOf(tools: Statement, { digest }: Owner): Reader {
  return readerFor({ tools, digest, now: systemClock() });
}

/** A page, or for what finds nothing no record: at most the row that says how far the search came. */
function expectAnswer({ name, finds }: ScaleCase, rows: readonly object[]): void {
  const found = rows.filter((row) => Object.values(row)[0] !== null).length;
  if (finds !== found > 0) throw new Error(`${name}: found ${found}`);
}

/** Counted by Postgres itself, inside the transaction of the read. */
async function entriesRead({ driver }: Database, owner: Owner, each: ScaleCase): Promise<number> {
  return (driver as postgres.Sql).begin(async (tx) => {
    const inside: Statement = async <Row>(text: string, parameters: readonly unknown[]) =>
      (await tx.unsafe(text, parameters as postgres.ParameterOrJSON<never>[])) as unknown as Row[];
    const before = await entriesSoFar(tx);
    await each.read(readerOf(inside, owner));
    return (await entriesSoFar(tx)) - before;
  });
}

async function entriesSoFar(tx: postgres.TransactionSql): Promise<number> {
  const [row] = await tx<{ entries: number }[]>`
    select sum(pg_stat_get_xact_tuples_returned(c.oid))::integer as entries from pg_class c
    where c.relkind in ('r', 'i') and c.relnamespace = 'public'::regnamespace`;
  return row?.entries ?? Number.NaN;
}

function shown(number: number | undefined): string {
  return (number ?? Number.NaN).toLocaleString('en');
}

function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 1000);
}
