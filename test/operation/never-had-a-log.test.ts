import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseForgotten } from '../../src/commands/restore.ts';
import { makeLogger } from '../../src/watch/log.ts';
import { systemClock } from '../../src/words/dates.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';

describe('a database of the version before, which noted no deletion and so made no DELETIONS_LOG', { timeout: 120_000 }, () => {
  let opened: TestDatabase;
  let dataDir: string;
  const log = makeLogger('silent');
  const refused = expect.stringMatching(/^is missing or empty, and this database is not new\..*certveil restore begin/);

  beforeEach(async () => {
    opened = await openTestDatabase({ demo: true });
    dataDir = await mkdtemp(join(tmpdir(), 'certveil-no-log-'));
    await opened.database.statement('delete from deletion_logs', []);
    await opened.database.statement(`insert into deletion_logs values ('00000000-0000-0000-0000-000000000000', 0, '')`, []);
  });
  afterEach(async () => {
    await opened.close();
    await rm(dataDir, { recursive: true });
  });

  const own = () => join(dataDir, 'deletions.log');
  const start = (deletionsLog: string) =>
    refuseForgotten({ database: opened.database, dataKey: testDataKey }, { dataDir, deletionsLog }, { clock: systemClock, log }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );

  it('starts at once where it is embedded and the log belongs into its own folder; from then on it has one', async () => {
    const isEmbedded = opened.database.engine === 'pglite';
    expect(await start(own())).toEqual(isEmbedded ? null : refused);
    if (!isEmbedded) return;
    expect(await readFile(own(), 'utf8')).toMatch(/^\{"log":"[^"]+","of":"[^"]+"\}\n$/);
    expect(await start(own())).toBeNull();
    await writeFile(own(), '');
    expect(await start(own())).toEqual(refused);
  });

  it('does not where the log stands elsewhere, or the database knows of a deletion', async () => {
    expect(await start(join(dataDir, 'elsewhere.log'))).toEqual(refused);
    await opened.database.statement(`insert into tombstones values ($1, 'recipient', '2026-11-01 00:00:00Z')`, [Buffer.alloc(32, 1)]);
    expect(await start(own())).toEqual(refused);
  });
});
