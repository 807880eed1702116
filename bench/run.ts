import { engineVersion, openBenchPglite, openBenchPostgres } from './databases.ts';
import { runGuard } from './guard.ts';
import { runLadder } from './ladder.ts';
import { runLedger } from './ledger.ts';
import { runKeyset, runReads } from './reads.ts';
import { print, printGoals, printMachine } from './report.ts';

const quick = process.argv.includes('--quick');
const certificates = quick ? 2_000 : 20_000;
const sizes = quick ? [1_000, 10_000, 100_000] : [1_000, 100_000, 2_000_000];

const started = performance.now();
const server = await openBenchPostgres({ certificates });
const embedded = await openBenchPglite({ certificates });
try {
  printMachine({ Postgres: await engineVersion(server.database), PGlite: await engineVersion(embedded.database) });
  await runGuard({ rounds: quick ? 3 : 7 });
  await runLadder({ server, embedded, rounds: quick ? 2 : 5, seconds: quick ? 1 : 2 });
  await runLedger({ on: server, rounds: quick ? 2 : 5, seconds: quick ? 0.5 : 1 });
  await runReads({ on: server, rounds: quick ? 3 : 7, seconds: quick ? 0.5 : 1 });
  await runKeyset({ on: server, sizes, rounds: quick ? 3 : 7, times: quick ? 100 : 200 });
  printGoals();
  print(`${Math.round((performance.now() - started) / 1000)} s`);
} finally {
  await embedded.database.close();
  await server.close();
}
