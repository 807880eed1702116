import { sweepVerification } from '../src/jobs/verification.ts';
import { systemClock, type Clock } from '../src/words/dates.ts';
import { readerFor } from '../src/store/tools/reader.ts';
import { beginSweep } from '../src/store/retention/sweep-clock.ts';
import { engineVersion, openBenchPostgres } from './databases.ts';
import { goal, heading, print, printGoals, printMachine } from './report.ts';

const events = process.argv.includes('--quick') ? 100_000 : 1_000_000;
const callers = 4;
const aloneMs = 5_000;

const server = await openBenchPostgres({ certificates: 2_000 });
try {
  const { database, owner } = server;
  printMachine({ Postgres: await engineVersion(database) });
  const monthsAgo = (months: number) => () => new Date(systemClock().getTime() - months * 31 * 86_400_000);
  const momentAt = (clock: Clock) => beginSweep({ orm: database.orm, clock, databaseClock: () => Promise.resolve(clock()) });
  await sweepVerification({ orm: database.orm, clock: await momentAt(monthsAgo(14)) });
  await server.seed(async (statement) => {
    await statement(
      `insert into verification_events (at, account_id, certificate_id, kind, ip, user_agent)
       select $1::timestamptz + n * interval '1 second', c.account_id, c.id, 'view', '192.0.2.1', 'a browser'
       from generate_series(1, $2::integer) n
       join (select account_id, id, row_number() over () as at, count(*) over () as of from certificates) c on c.at = 1 + n % c.of`,
      [monthsAgo(14)().toISOString(), events],
    );
    await statement('analyze verification_events', []);
  });
  const search = () =>
    readerFor({ tools: database.tools, digest: owner.digest, now: systemClock() }).certificateLists({
      afterKey: '',
      afterName: '',
      limit: 20,
    });
  const alone = await p99While(search, () => new Promise((resolve) => setTimeout(resolve, aloneMs)));
  const started = performance.now();
  let deleted = 0;
  const during = await p99While(search, async () => {
    deleted = (await sweepVerification({ orm: database.orm, clock: await momentAt(systemClock) })).deletedEvents;
  });
  const seconds = (performance.now() - started) / 1000;
  heading(`${events.toLocaleString('en')} expired activity rows, while ${callers} callers read`);
  print(`  ${deleted.toLocaleString('en')} deleted in ${seconds.toFixed(1)} s`);
  print(`  p99 of a call: ${alone.toFixed(2)} ms alone, ${during.toFixed(2)} ms beside the sweep`);
  goal('rows left out', events - deleted, { atMost: 0 });
  goal('seconds for a million rows', (seconds * 1_000_000) / events, { atMost: 60 });
  goal('p99 of calls, with the sweep / without', during / alone, { atMost: 10 });
  printGoals();
} finally {
  await server.close();
}

async function p99While(call: () => Promise<unknown>, work: () => Promise<void>): Promise<number> {
  const took: number[] = [];
  let done = false;
  const caller = async (): Promise<void> => {
    while (!done) {
      const start = performance.now();
      await call();
      took.push(performance.now() - start);
    }
  };
  const calling = Array.from({ length: callers }, caller);
  try {
    await work();
  } finally {
    done = true;
    await Promise.all(calling);
  }
  const sorted = took.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
