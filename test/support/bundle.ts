import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

const root = join(import.meta.dirname, '../..');
/** Stands in every file of a checkout that nobody may get. */
export const canary = 'canary-that-no-package-holds';

const secret = [
  '.data/data.key',
  '.data/pglite/base/1/1247',
  '.data/pglite/PG_VERSION',
  '.env',
  '.env.production',
  '.npmrc.local',
  'data.key',
  'tls.pem',
  'deletions.log',
  'desktop/.env',
  'desktop/server.key',
  'test-results/report.json',
  'dump.sql',
] as const;

/** A checkout in which somebody has run the server, and keeps keys and results. Whoever asks for it removes it. */
export async function usedCheckout(): Promise<string> {
  const checkout = await mkdtemp(join(tmpdir(), 'checkout-'));
  for (const path of secret) await place(join(checkout, path), canary);
  for (const path of ['scripts', 'desktop', 'drizzle', 'src/store']) await cp(join(root, path), join(checkout, path), { recursive: true });
  for (const path of ['manifest.json', 'package.json', 'LICENSE', 'README.md', '.gitignore'])
    await copyFile(join(root, path), join(checkout, path));
  await place(join(checkout, 'dist/main.js'), '');
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  return checkout;
}

/** The files of the bundle that `npm run bundle` makes there, by their paths. */
export async function bundleOf(checkout: string): Promise<Readonly<Record<string, Uint8Array>>> {
  await promisify(execFile)(process.execPath, ['scripts/bundle.mjs'], { cwd: checkout });
  return unzipSync(await readFile(join(checkout, 'certveil.mcpb')));
}

/** Unpacks it into a new folder, as a desktop assistant does. */
export async function unpacked(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  for (const [path, content] of Object.entries(files)) await place(join(folder, path), content);
  return folder;
}

async function place(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
