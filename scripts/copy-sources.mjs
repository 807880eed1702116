import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitOf } from './commit.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const path of await readdir(join(root, 'src/store'), { recursive: true })) {
  if (!path.endsWith('.sql')) continue;
  const target = join(root, 'dist/store', path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(root, 'src/store', path), target);
}

await writeFile(join(root, 'dist/build.json'), JSON.stringify({ commit: commitOf(root) }));
