import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { demoPassword } from '../src/demo/make-demo.ts';
import { owners } from '../src/demo/owners.ts';
import { Person } from '../test/support/person.ts';
import { certveil, lastingPort, startServer } from '../test/support/server-process.ts';
import { engineVersion, openBenchPostgres } from './databases.ts';
import { goal, heading, print, printGoals, printMachine } from './report.ts';
import { seedOwners } from './seed.ts';

const recipients = process.argv.includes('--quick') ? 10_000 : 100_000;
const email = `owner@example.com`;
const stallMs = 5_000;
const sampleMs = 20;

const place = await openBenchPostgres({ certificates: 2 * recipients });
const directory = await mkdtemp(join(tmpdir(), 'certveil-export-'));
try {
  printMachine({ Postgres: await engineVersion(place.database) });
  await place.seed(async (statement) => {
    // Accounts beside it, so that the export has to find its own rows.
    await seedOwners(statement, [recipients, recipients]);
    const { accountId } = place.owner;
    await statement(`update accounts set email = $2, email_key = $2, password_hash = $3 where id = $1`, [
      accountId,
      email,
      owners[0]?.passwordHash ?? '',
    ]);
    await statement(
      `insert into privacy_requests (account_id, kind, service, channel, status, received_on, due_on, closed_at)
       values ($1, 'access', 'certfusion', 'form', 'done', current_date, current_date, now())`,
      [accountId],
    );
  });
  const settings = {
    PORT: await lastingPort(),
    DATABASE_URL: place.url,
    TOOLS_DATABASE_URL: place.toolsUrl,
    DATA_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: directory,
    LOG_LEVEL: 'error',
  };
  const server = await startServer(settings);
  try {
    const person = new Person(server.url);
    await person.signIn(await person.get('/sign-in'), { email, password: demoPassword });
    const { requests } = JSON.parse((await person.get('/api/requests')).body) as { requests: { request: string }[] };
    const path = `/api/requests/${requests[0]?.request}/export`;
    const cookie = [...person.cookies.values()].map((each) => `${each.name}=${each.value}`).join('; ');
    const open = (query: string) => fetch(`${server.url}${path}${query}`, { headers: { cookie } });
    await after(stallMs);
    const idle = await residentMiB(server.pid);
    heading(`An account of ${recipients.toLocaleString('en')} recipients; the server rests at ${idle.toFixed(0)} MiB`);
    const cases = [
      { name: 'JSON', query: '', expected: recipients, count: recipientsOfJson },
      { name: 'CSV', query: '?format=csv&category=recipients', expected: recipients, count: linesOfCsv },
      { name: 'CSV of certificates', query: '?format=csv&category=certificates', expected: 2 * recipients, count: linesOfCsv },
    ];
    for (const { name, query, expected, count } of cases) {
      const { result, peak, seconds } = await whileSampling(server.pid, async () => count(await open(query)));
      print(`  ${name}: ${result.rows.toLocaleString('en')} rows, ${(result.bytes / 2 ** 20).toFixed(1)} MiB in ${seconds.toFixed(1)} s`);
      goal(`${name}: rows left out`, expected - result.rows, { atMost: 0 });
      goal(`${name}: MiB above idle`, peak - idle, { atMost: 200 });
    }
    const four = await whileSampling(server.pid, async () => Promise.all([1, 2, 3, 4].map(async () => recipientsOfJson(await open('')))));
    print(`  four at once: ${four.seconds.toFixed(1)} s`);
    goal('four at once: MiB above idle', four.peak - idle, { atMost: 200 });
    const stalled = await whileSampling(server.pid, async () => readerThatStops(await open('')));
    print(`  a reader that stops for ${stallMs / 1000} s after ${stalled.result.before.toLocaleString('en')} bytes, and reads on`);
    goal('a reader that stops: rows left out', recipients - stalled.result.rows, { atMost: 0 });
    goal('a reader that stops: MiB above idle', stalled.peak - idle, { atMost: 200 });
    const file = join(directory, 'export.json');
    const exported = await certveil(['export', '--account', email, '--to', file], settings);
    if (exported.code !== 0) throw new Error(exported.stderr);
    const data = (JSON.parse(await readFile(file, 'utf8')) as { data: { recipients: unknown[] } }).data;
    print(`  certveil export: ${((await stat(file)).size / 2 ** 20).toFixed(1)} MiB`);
    goal('certveil export: rows left out', recipients - data.recipients.length, { atMost: 0 });
    printGoals();
  } finally {
    await server.kill();
  }
} finally {
  await rm(directory, { recursive: true });
  await place.close();
}

interface Counted {
  readonly rows: number;
  readonly bytes: number;
}

async function recipientsOfJson(response: Response): Promise<Counted> {
  const text = await response.text();
  return { rows: (JSON.parse(text) as { data: { recipients: unknown[] } }).data.recipients.length, bytes: Buffer.byteLength(text) };
}

async function linesOfCsv(response: Response): Promise<Counted> {
  const text = await response.text();
  return { rows: text.trimEnd().split('\r\n').length - 1, bytes: Buffer.byteLength(text) };
}

async function readerThatStops({ body }: Response): Promise<{ rows: number; before: number }> {
  const reader = body?.getReader();
  const pieces: Uint8Array[] = [];
  for (let before = 0; ;) {
    const piece = await reader?.read();
    if (!piece?.value) break;
    pieces.push(piece.value);
    if (before > 0) continue;
    before = piece.value.length;
    await after(stallMs);
  }
  const text = Buffer.concat(pieces).toString('utf8');
  return { rows: (JSON.parse(text) as { data: { recipients: unknown[] } }).data.recipients.length, before: pieces[0]?.length ?? 0 };
}

/** The most memory that a process took while the work was done. */
async function whileSampling<Result>(pid: number, work: () => Promise<Result>): Promise<{ result: Result; peak: number; seconds: number }> {
  let peak = 0;
  let done = false;
  const sampling = (async () => {
    while (!done) {
      peak = Math.max(peak, await residentMiB(pid));
      await after(sampleMs);
    }
  })();
  const started = performance.now();
  try {
    const result = await work();
    return { result, peak, seconds: (performance.now() - started) / 1000 };
  } finally {
    done = true;
    await sampling;
  }
}

/** As Linux counts it. */
async function residentMiB(pid: number): Promise<number> {
  const [, kib = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
