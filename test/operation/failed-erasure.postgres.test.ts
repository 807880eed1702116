import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseForgotten } from '../../src/commands/restore.ts';
import { makeLogger } from '../../src/watch/log.ts';
import { systemClock } from '../../src/words/dates.ts';
import { makeRights } from '../../src/rights/requests.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { liftHolds, placeHold } from '../../src/store/rights/holds.ts';
import { ada } from '../support/connect.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';
import { certveil, lastingPort, startServer, type Settings } from '../support/server-process.ts';

describe('a start after an erasure that could not be done', { timeout: 120_000 }, () => {
  let db: TestDatabase;
  let directory: string;
  let broken: unknown;
  let settings: Settings & { readonly PORT: string };

  beforeAll(async () => {
    db = await openTestDatabase({ demo: true });
    directory = await mkdtemp(join(tmpdir(), 'certveil-failed-'));
    settings = {
      PORT: await lastingPort(),
      DATABASE_URL: db.url ?? '',
      DATA_KEY: testDataKey.toString('base64'),
      DELETIONS_LOG: join(directory, 'deletions.log'),
    };
    const { orm } = db.database;
    const { tombstones: key } = await loadPurposeKeys({ orm, dataKey: testDataKey, clock: systemClock });
    await query('revoke delete on memberships from current_user');
    const rights = makeRights({ orm, clock: systemClock, key, deletionsLog: settings['DELETIONS_LOG'] ?? '' });
    const [account] = await query(`select id from accounts where email = '${ada.email}'`);
    const accountId = String(account?.['id']);
    const filed = await rights.file({ accountId, kind: 'erasure', service: 'certfusion', categories: null, channel: 'dashboard' });
    const confirming = rights.confirm({ accountId, requestId: filed.requestId, confirmation: { ground: 'unlawful' } });
    broken = await confirming.catch((error: unknown) => error);
  });
  afterAll(async () => {
    await db.close();
    await rm(directory, { recursive: true });
  });

  const query = (text: string) => db.database.statement<Record<string, unknown>>(text, []);

  it('serves everybody else, and the log says that it is tried again', async () => {
    expect(String(broken)).toContain('delete from "memberships"');
    const server = await startServer(settings);
    try {
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      expect(server.stderr()).toContain('"job":"requests"');
      expect(server.stderr()).not.toMatch(/example\.com/);
    } finally {
      await server.kill();
    }
  });

  it('CF-22: refuses while activity that is long due can’t be deleted', async () => {
    await query('revoke delete on verification_events from current_user');
    await query(
      `insert into verification_events (at, account_id, certificate_id, kind)
       select now() - interval '13 months', account_id, id, 'view' from certificates limit 3`,
    );
    const { code, stderr } = await certveil([], settings);
    expect([code, stderr]).toEqual([1, expect.stringContaining('certveil: 3 openings of verification links are older than 12 months')]);
    await query('grant delete on verification_events to current_user');
  });

  it('starts at once under a legal hold that came after it was noted', async () => {
    await placeHold({ orm: db.database.orm, email: ada.email, reason: 'court', now: systemClock() });
    const deps = { clock: systemClock, log: makeLogger('fatal') };
    const starting = refuseForgotten(
      { database: db.database, dataKey: testDataKey },
      { dataDir: '.data', deletionsLog: settings['DELETIONS_LOG'] ?? '' },
      deps,
    );
    await expect(starting).resolves.toBeUndefined();
    await liftHolds({ orm: db.database.orm, email: ada.email, now: systemClock() });
  });

  it('refuses when the database has forgotten the erasure itself, as a backup has', async () => {
    const server = await startServer(settings);
    await server.kill();
    await query(`delete from request_steps`);
    await query(`delete from privacy_requests`);
    const { code, stderr } = await certveil([], settings);
    expect([code, stderr]).toEqual([1, expect.stringContaining('DELETIONS_LOG holds 1 deletions that this database lacks')]);
  });
});
