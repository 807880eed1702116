// Makes the desktop bundle (MCPB) from a list of what goes in: `npm run bundle [-- FILE]`.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const root = fileURLToPath(new URL('..', import.meta.url));
const own = ['manifest.json', 'LICENSE', 'desktop/bridge.mjs'];
/** The packages that the bridge imports; what they depend on goes in too. */
const packages = ['mcp-remote'];
/** Of a package, what no program reads when it runs, and what is hidden. */
const notNeeded = /^\.|^node_modules$|^tests?$|\.(?:map|md|markdown|flow)$|\.d\.[cm]?ts$/;
/** The earliest day that a zip can hold, so that a bundle depends on nothing but its files. */
const mtime = new Date(1980, 0, 1);

/** The folders of packages and of all that they depend on, as Node finds them. */
function foldersOf(names, from, found = new Set()) {
  for (const name of names) {
    const folder = folderOf(name, from);
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    foldersOf(Object.keys(dependencies), folder, found);
  }
  return found;
}

function folderOf(name, from) {
  for (let place = from; ; place = join(place, '..')) {
    const folder = join(place, 'node_modules', name);
    if (statSync(join(folder, 'package.json'), { throwIfNoEntry: false })) return folder;
    if (relative(root, place) === '') throw new Error(`${name} is not installed: run npm install`);
  }
}

/** The files of a package; the packages inside it aren't its own. */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !notNeeded.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
    });
}

const files = [...own.map((path) => join(root, path)), ...[...foldersOf(packages, root)].flatMap(filesIn)].toSorted((one, other) =>
  one < other ? -1 : 1,
);
const entries = files.map((path) => {
  const attrs = ((statSync(path).mode & 0o777) | 0o100000) << 16;
  return [relative(root, path).replaceAll('\\', '/'), [readFileSync(path), { mtime, os: 3, attrs: attrs >>> 0 }]];
});
const target = process.argv[2] ?? join(root, 'certveil.mcpb');
const zip = zipSync(Object.fromEntries(entries), { level: 9 });
writeFileSync(target, zip);
process.stdout.write(`${target}: ${entries.length} files, ${(zip.length / 1e6).toFixed(1)} MB\n`);
