import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginSweep, ClocksDiffer, databaseClock } from '../../src/store/retention/sweep-clock.ts';
import { sweepMoment } from '../support/clock.ts';
import { openTestDatabase } from '../support/engines.ts';
import { openInstallation, type Installation } from '../support/installation.ts';
import { fillAccount } from '../support/retention-data.ts';
import { lastingPort, run, startServer, type Settings } from '../support/server-process.ts';
import { openWorld } from '../support/world.ts';

/** A process whose machine is so many minutes ahead of the database's. */
function clockAhead(minutes: number): Settings {
  const program = `const real = Date; const ahead = ${minutes * 60_000};
    globalThis.Date = class Date extends real { constructor(...given) { super(...(given.length ? given : [real.now() + ahead])); } static now() { return real.now() + ahead; } };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}

const tables = ['tls_certificates', 'memberships', 'verification_events', 'oauth_artifacts', 'outbox', 'billing_profiles'] as const;

describe('a machine whose clock is wrong', { timeout: 120_000 }, () => {
  let home: Installation;
  let directory: string;

  beforeAll(async () => {
    home = await openInstallation();
    directory = await mkdtemp(join(tmpdir(), 'certveil-clock-'));
    await home.inspect(async ({ statement }) => {
      await statement(
        `insert into oauth_artifacts (kind, digest, payload, created_at, expires_at) values ('Session', 'x', '{}', now(), now() + interval '1 day')`,
        [],
      );
    });
  });
  afterAll(async () => {
    await home.close();
    await rm(directory, { recursive: true });
  });

  const counts = () =>
    home.inspect(async ({ statement }) => {
      const [row] = await statement<Record<string, number>>(
        `select ${tables.map((table) => `(select count(*)::integer from ${table}) as ${table}`).join(', ')}`,
        [],
      );
      return row;
    });

  it.each([
    ['1,500 days ahead', 1_500 * 1_440],
    ['six minutes ahead', 6],
    ['a day behind', -1_440],
  ])('does not start on one that is %s, says so in one line, and deletes nothing', async (_, minutes) => {
    const before = await counts();
    const { ended, says, kill } = await run([], { ...home.settings, DATA_DIR: directory, ...clockAhead(minutes) });
    const { code, stderr, stdout } = await Promise.race([ended, says(/^ready/m).then(kill, () => ended)]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^certveil: the clock of this machine is .* (?:ahead of|behind) the database’s; set it, and start again\n$/m);
    expect(await counts()).toEqual(before);
  });

  it('starts on one that is a minute ahead, and sweeps', async () => {
    const METRICS_PORT = await lastingPort();
    const server = await startServer({ ...home.settings, DATA_DIR: directory, METRICS_PORT, ...clockAhead(1) });
    try {
      const ready = await fetch(`${server.url}/readyz`);
      expect([ready.status, await ready.text()]).toEqual([
        200,
        expect.stringMatching(/^ready\n(?:.*\n)*sweep retention:transaction: done, /m),
      ]);
      const metrics = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
      expect(metrics).toMatch(/^certveil_sweep_ok\{sweep="retention:transaction"\} 1$/m);
      expect(metrics).toMatch(/^certveil_sweep_done_timestamp_seconds\{sweep="retention:transaction"\} \d{10}/m);
      expect(metrics).toMatch(/^certveil_sweep_due\{sweep="retention:transaction"\} 0$/m);
      expect(metrics).toMatch(/^certveil_clock_ahead_seconds 0$/m);
    } finally {
      await server.kill();
    }
  });
});

describe('a clock that goes wrong while the server runs', () => {
  it('deletes nothing, tells nobody early, and says so in the log, on /readyz and how many wait; set right, it sweeps on', async () => {
    const world = await openWorld({ demo: true, databaseClock });
    try {
      await world.sweep();
      await world.database.statement(
        `insert into external_disclosures (writer_id, seq, salt, account_id, at, day, code, recipient, field_names, record_count, gag_until, gag_reason)
         select gen_random_uuid(), 1, 'x', id, now(), now()::date, 'legal_process', 'x', '{}', 0, (now() + interval '2 years')::date, 'x' from accounts`,
        [],
      );
      const everything = async () =>
        (
          await world.database.statement<{ all: string }>(
            `select concat_ws(' ', (select count(*) from tls_certificates), (select count(*) from memberships), (select count(*) from verification_events),
             (select count(*) from oauth_artifacts), (select count(*) from external_disclosures where notified_at is null)) as all`,
            [],
          )
        )[0]?.all;
      const ready = async () => (await fetch(`${world.url}/readyz`)).text();
      const before = await everything();
      world.clock.advance({ days: 1_500 });
      await expect(world.sweep()).rejects.toThrow('failed: clock');
      expect(await everything()).toBe(before);
      expect(world.logged.join('')).toContain('"aheadSeconds":129600000,"msg":"the sweep is refused: this clock is not the database’s"');
      expect(await ready()).toMatch(/^ready\nsweeps refused: this clock is 129600000 seconds ahead of the database’s\n/);
      expect(await ready()).toMatch(/^sweep retention:tls_certificate: refused, last done \d{4}-/m);
      world.clock.advance({ days: -1_500 });
      await world.sweep();
      expect(await everything()).toBe(before);
      expect(await ready()).toMatch(/^ready\nsweep mail: done, /);
    } finally {
      await world.close();
    }
  });

  it('counts what was due and waits, and since when', async () => {
    const world = await openWorld({ databaseClock });
    try {
      await fillAccount({ database: world.database, from: '2020-03-01' });
      world.clock.advance({ hours: 1 });
      await expect(world.sweep()).rejects.toThrow('failed: clock');
      const ready = async () => (await fetch(`${world.url}/readyz`)).text();
      expect(await ready()).toMatch(/^sweep retention:tls_certificate: refused, never done, 1 due since 2023-03-01$/m);
      world.clock.advance({ hours: -1 });
      await world.sweep();
      expect(await ready()).toMatch(/^sweep retention:tls_certificate: done, last done [\d:.TZ-]+$/m);
    } finally {
      await world.close();
    }
  });
});

describe('the moment of a sweep', () => {
  it('never runs ahead of the last one’s by more than the database’s clock has run, whichever instance sweeps', async () => {
    const db = await openTestDatabase();
    try {
      const { orm } = db.database;
      let database = Date.parse('2027-01-01T00:00:00Z');
      let last: { moment: number; database: number } | null = null;
      for (const [runs, apart] of [
        [0, -299],
        [60, 299],
        [300, 0],
        [-120, 200],
        [86_400 * 900, 299],
        [1, 299],
        [-86_400 * 900, -10],
        [5, 60],
      ] as const) {
        database += runs * 1_000;
        const at = new Date(database);
        const moment = (
          await beginSweep({ orm, clock: () => new Date(database + apart * 1_000), databaseClock: () => Promise.resolve(at) })
        )().getTime();
        expect(moment).toBeLessThanOrEqual(Math.min(database, database + apart * 1_000));
        expect(moment - (last?.moment ?? moment)).toBeLessThanOrEqual(database - (last?.database ?? database));
        last = { moment, database };
      }
      const apart = { orm, clock: () => new Date(database + 301_000), databaseClock: () => Promise.resolve(new Date(database)) };
      await expect(beginSweep(apart)).rejects.toThrow(ClocksDiffer);
      await expect(beginSweep({ ...apart, clock: () => new Date(Number.NaN) })).rejects.toThrow(ClocksDiffer);
    } finally {
      await db.close();
    }
  });

  it('of a database whose clock ran for years has no bound: what is due after a restore goes (CF-22)', async () => {
    const db = await openTestDatabase();
    try {
      const { orm } = db.database;
      await sweepMoment({ orm, clock: () => new Date('2024-01-01T00:00:00Z') });
      const now = new Date('2027-06-01T00:00:00Z');
      expect((await sweepMoment({ orm, clock: () => now }))()).toEqual(now);
    } finally {
      await db.close();
    }
  });
});
