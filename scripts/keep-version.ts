import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Db from '../src/store/engine/db.ts';
import type * as Migrate from '../src/store/rules/migrate.ts';

/**
 * Keeps how the version of a checkout makes its database: `tsx scripts/keep-version.ts CHECKOUT` writes what its `migrate` runs beside
 * the migrations into test/fixtures/version-before.sql, and the test of the next version moves a database that was made so.
 */
const checkout = resolve(process.argv[2] ?? '.');
const load = async <Module>(path: string): Promise<Module> => (await import(pathToFileURL(join(checkout, path)).href)) as Module;

const { openPglite } = await load<typeof Db>('src/store/db.ts');
const { migrate } = await load<typeof Migrate>('src/store/migrate.ts');
const database = await openPglite({ directory: null });
const scripts: string[] = [];
const recording: typeof database = {
  ...database,
  dedicated: () => {
    const connection = database.dedicated();
    const script = async (text: string): Promise<void> => {
      scripts.push(text);
      await connection.script(text);
    };
    return { ...connection, script };
  },
};
await migrate({ database: recording, clock: () => new Date('2026-01-01T00:00:00Z') });
const rules = await database.statement<{ name: string; hash: string; at: string }>(
  'select name, hash, applied_at::text as at from database_rules order by name',
  [],
);
await database.close();
const rows = rules.map(
  ({ name, hash, at }) => `insert into public.database_rules values ('${name}', '${hash}', '${at}') on conflict do nothing;`,
);
const { entries } = JSON.parse(await readFile(join(checkout, 'drizzle/meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] };
const target = join(import.meta.dirname, '../test/fixtures');
await mkdir(target, { recursive: true });
await writeFile(join(target, 'version-before.sql'), [`-- after ${entries.at(-1)?.tag}`, ...scripts, ...rows, ''].join('\n'));
