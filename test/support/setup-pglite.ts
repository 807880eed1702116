import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { openPglite } from '../../src/store/db.ts';
import { fillTemplate, templates } from './templates.ts';

/** Makes one dump of each kind in a temporary directory. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'certveil-pglite-'));
  for (const template of templates) {
    const database = await openPglite({ directory: null });
    await fillTemplate({ template, database });
    if (!(database.driver instanceof PGlite)) throw new Error('not PGlite');
    const dump = await database.driver.dumpDataDir('none');
    await writeFile(join(directory, `${template}.tar`), Buffer.from(await dump.arrayBuffer()));
    await database.close();
  }
  project.provide('databases', { engine: 'pglite', directory });
  return () => rm(directory, { recursive: true, force: true });
}
