import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules/.cache/certveil-server');
const whole = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'drizzle'];

let built: Promise<string> | null = null;

/** The path of a `main.js` built from the sources as they are now, in a place of its own, so that a build beside it changes nothing. */
export function serverProgram(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const directory = join(cache, await sourcesDigest());
  const program = join(directory, 'dist/main.js');
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  await removeOld();
  const partial = await mkdtemp(join(cache, 'building-'));
  const compiler = join(root, 'node_modules/.bin/tsc');
  await promisify(execFile)(compiler, ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(partial, 'dist')], { cwd: root });
  await cp(join(root, 'src/store'), join(partial, 'dist/store'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  await cp(join(root, 'drizzle'), join(partial, 'drizzle'), { recursive: true });
  await cp(join(root, 'package.json'), join(partial, 'package.json'));
  if (!existsSync(directory)) await rename(partial, directory);
  return program;
}

/** What another run beside this one may still use stays; one that was renamed or removed by another run since is no problem. */
async function removeOld(): Promise<void> {
  for (const name of await readdir(cache)) {
    const found = statSync(join(cache, name), { throwIfNoEntry: false });
    if (found && found.mtimeMs < Date.now() - 3_600_000) await rm(join(cache, name), { recursive: true, force: true });
  }
}

async function sourcesDigest(): Promise<string> {
  const digest = createHash('sha256');
  for (const each of whole) {
    const inside = each.includes('.') ? [''] : await readdir(join(root, each), { recursive: true });
    for (const path of inside.toSorted()) {
      if (each.includes('.') || /\.[a-z]+$/.test(path)) digest.update(`${each}/${path}\0`).update(await readFile(join(root, each, path)));
    }
  }
  return digest.digest('hex').slice(0, 16);
}
