import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openPglite } from '../../src/store/engine/db.ts';
import { dumpOf } from './pglite-dump.ts';
import { emptyTemplate, fillEmptyTemplate } from './templates.ts';

/** Makes the dump that test databases start from, in a temporary directory. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'certveil-pglite-'));
  const database = await openPglite({ directory: null });
  const roles = await fillEmptyTemplate(database);
  const dump = await dumpOf(database);
  await writeFile(join(directory, `${emptyTemplate}.tar`), Buffer.from(await dump.arrayBuffer()));
  await database.close();
  project.provide('databases', { engine: 'pglite', directory, roles });
  return () => rm(directory, { recursive: true, force: true });
}
