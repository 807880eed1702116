import { PGlite } from '@electric-sql/pglite';
import type { Database } from '../../src/store/engine/db.ts';

/** What `openPglite` can start from. */
export async function dumpOf(database: Database): Promise<Blob> {
  if (!(database.driver instanceof PGlite)) throw new Error('not PGlite');
  return database.driver.dumpDataDir('none');
}
