import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openBuild, type Build } from './build-process.ts';
import { linesFor } from './import-file.ts';
import { interleave, medianOf, ratioOf, ratiosOf, type Rung } from './measure.ts';
import { heading, print, printMachine } from './report.ts';

const quick = process.argv.includes('--quick');
const [other] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (other === undefined) throw new Error('give the folder of the other checkout, in which npm run build has run');
const lines = quick ? 2_000 : 20_000;
const rounds = quick ? 3 : 7;
const calls = quick ? 5 : 20;
const searches = [
  ['search_certificates', { limit: 20 }],
  ['search_certificates', { query: 'data protection' }],
  ['search_certificates', { query: 'quartz' }],
  ['search_recipients', { limit: 20 }],
  ['search_recipients', { query: 'ada' }],
  ['search_recipients', { query: 'zythum' }],
] as const;

const root = resolve(import.meta.dirname, '..');
const directory = await mkdtemp(join(tmpdir(), 'certveil-builds-'));
const builds: Build[] = [];
try {
  const files = { many: join(directory, 'many.csv'), one: join(directory, 'one.csv') };
  await writeFile(files.many, linesFor(lines));
  await writeFile(files.one, linesFor(1));
  for (const [name, checkout] of [
    ['this', root],
    ['other', resolve(other)],
  ] as const)
    builds.push(await openBuild({ name, checkout, directory }));
  printMachine({});
  for (const { name, checkout } of builds) print(`${name}: ${await commitOf(checkout)}`);
  for (const build of builds) await build.bring(files.many);
  heading(`${rounds} interleaved rounds: ms of this build and the other, the median of the rounds’ ratios, the least and the greatest`);
  await compare(`import of ${lines.toLocaleString('en')} new certificates`, (build) => build.importing(files.many, files.one));
  await compare('the same file again', (build) => build.importingAgain(files.many, files.one));
  for (const [tool, given] of searches) await compare(`${tool} ${JSON.stringify(given)}`, (build) => build.calling(tool, given, calls));
} finally {
  for (const build of builds) await build.close();
  await rm(directory, { recursive: true, force: true });
}

async function compare(what: string, measured: (build: Build) => Promise<number>): Promise<void> {
  const rungs = builds.map((build): Rung => ({ name: build.name, measure: () => measured(build) }));
  const found = await interleave(rungs, rounds);
  const { least, greatest } = ratiosOf(found, 'this', 'other');
  const ms = ['this', 'other'].map((name) => medianOf(found, name).toFixed(1)).join(' / ');
  print(
    `  ${what.padEnd(62)}${ms.padStart(18)} ms ${ratioOf(found, 'this', 'other').toFixed(2)} × (${least.toFixed(2)}–${greatest.toFixed(2)})`,
  );
}

async function commitOf(checkout: string): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['log', '-1', '--format=%h %s'], { cwd: checkout });
  return stdout.trim();
}
