import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/words/dates.ts';
import { readDeletions } from '../../src/rights/deletions.ts';
import { makeRights } from '../../src/rights/requests.ts';
import { loadPurposeKeys, type PurposeKey } from '../../src/store/engine/purpose-keys.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';
import { rowsOf } from '../support/retention-data.ts';
import { certveil, lastingPort, startServer, type Settings } from '../support/server-process.ts';

/** Two copies of one database: in the first an owner erases an account, the second is the backup that is restored. */
describe('a restored backup', { timeout: 120_000 }, () => {
  let first: TestDatabase;
  let backup: TestDatabase;
  let directory: string;
  let key: PurposeKey;
  let settings: Settings & { readonly PORT: string };
  const ids: string[] = [];

  beforeAll(async () => {
    first = await openTestDatabase({ demo: true });
    backup = await openTestDatabase({ demo: true });
    directory = await mkdtemp(join(tmpdir(), 'certveil-restore-'));
    settings = {
      PORT: await lastingPort(),
      DATABASE_URL: backup.url ?? '',
      DATA_KEY: testDataKey.toString('base64'),
      DELETIONS_LOG: join(directory, 'deletions.log'),
    };
    const { orm, statement } = first.database;
    ({ tombstones: key } = await loadPurposeKeys({ orm, dataKey: testDataKey, clock: systemClock }));
    ids.push(...(await statement<{ id: string }>('select id from accounts order by email', [])).map(({ id }) => id));
    const rights = makeRights({ orm, clock: systemClock, key, deletionsLog: settings['DELETIONS_LOG'] ?? '' });
    for (const service of ['certfusion', 'certumssl'] as const) {
      const filing = { accountId: ids[0] ?? '', kind: 'erasure', service, categories: null, channel: 'dashboard' } as const;
      const { requestId, accountId } = await rights.file(filing);
      await rights.confirm({ accountId, requestId, confirmation: { ground: 'no_longer_necessary' } });
    }
    await backup.database.statement(
      `insert into oauth_artifacts (kind, digest, payload, created_at, expires_at) values ('Session', 'x', '{}', now(), now() + interval '1 day')`,
      [],
    );
  });
  afterAll(async () => {
    await first.close();
    await backup.close();
    await rm(directory, { recursive: true });
  });

  it('does not serve while it holds what was erased since, and says what to run', async () => {
    expect(await readDeletions({ file: settings['DELETIONS_LOG'] ?? '', key })).toHaveLength(2);
    const { code, stderr } = await certveil([], settings);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `certveil: DELETIONS_LOG holds 2 deletions that this database lacks. After a restore run: certveil restore replay ${settings['DELETIONS_LOG']}. If the file was written beside another database, set DELETIONS_LOG to one of this database's own.\n`,
    );
    expect((await rowsOf(backup.database, ids[0] ?? '')).memberships).toBe(2);
  });

  it('forgets by a replay what was erased, keeps what must stay and everybody else’s, and ends every sign-in', async () => {
    const others = await rowsOf(backup.database, ids[1] ?? '');
    const { stdout, code } = await certveil(['restore', 'replay', settings['DELETIONS_LOG'] ?? ''], settings);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^2 deletions read, 2 unknown to this database, 2 erased again\n\d+ tokens, sign-ins and links ended\n$/),
    ]);
    const left = await rowsOf(backup.database, ids[0] ?? '');
    expect(left).toEqual(await rowsOf(first.database, ids[0] ?? '').then((rows) => ({ ...rows, ...noRequests })));
    expect(left.transactions).toBeGreaterThan(0);
    const kept = await rowsOf(backup.database, ids[1] ?? '');
    expect({ ...kept, consent_events: 0 }).toEqual({ ...others, consent_events: 0 });
    expect(await backup.database.statement('select 1 from oauth_artifacts', [])).toEqual([]);
    const again = await certveil(['restore', 'replay', settings['DELETIONS_LOG'] ?? ''], settings);
    expect(again.stdout).toContain('2 deletions read, 0 unknown to this database, 0 erased again');
  });

  it('CF-22: deletes what is long due before it serves', async () => {
    await backup.database.statement(
      `insert into verification_events (at, account_id, certificate_id, kind)
       select now() - interval '13 months', account_id, id, 'view' from certificates limit 3`,
      [],
    );
    const server = await startServer(settings);
    try {
      expect(await backup.database.statement(`select 1 from verification_events where at < now() - interval '12 months'`, [])).toEqual([]);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    } finally {
      await server.kill();
    }
  });
});

/** The requests themselves were filed after the backup. */
const noRequests = { privacy_requests: expect.any(Number), request_steps: expect.any(Number) };
