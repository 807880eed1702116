import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../support/command-line.ts';
import { connect } from '../support/connect.ts';
import { onDurablePostgres, type Installation } from '../support/installation.ts';
import { disagreements } from '../support/kill-rounds.ts';
import { startLoad } from '../support/load.ts';
import { revokeInRounds } from '../support/revoke-rounds.ts';
import { lastingPort, startServer } from '../support/server-process.ts';
import { chanceFrom } from '../../src/demo/chance.ts';

describe('servers on one Postgres', { timeout: 120_000 }, () => {
  let place: Installation;
  let admin: postgres.Sql;

  beforeAll(async () => {
    place = await onDurablePostgres();
    admin = postgres(place.adminUrl ?? '', { max: 1, onnotice: () => undefined });
  });
  afterAll(async () => {
    await admin.end();
    await place.close();
  });

  it('migrate an empty database once when three start together, and make no demo data unless they are told', async () => {
    await admin.unsafe('create database fresh owner certveil_owner');
    const url = new URL(place.settings['DATABASE_URL'] ?? '');
    url.pathname = '/fresh';
    const ports = await Promise.all([lastingPort(), lastingPort(), lastingPort()]);
    const servers = await Promise.all(ports.map((PORT) => startServer({ ...place.settings, DATABASE_URL: url.href, PORT })));
    try {
      for (const server of servers) expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      expect(servers.map((server) => server.stdout().includes('Demo data'))).toEqual([false, false, false]);
      const fresh = { ...place.settings, DATABASE_URL: url.href };
      expect(await command(['account', 'list'], fresh)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await command(['demo'], fresh)).stdout).toContain('Sign in as ada@example.com or grace@example.com');
      expect((await connect({ url: `http://localhost:${ports[2]}` })).accessToken).not.toBe('');
    } finally {
      await Promise.all(servers.map((server) => server.kill()));
    }
  });

  it('answer nothing without its row while the database goes, and serve again by themselves when it is back', async () => {
    const server = await startServer(place.settings);
    try {
      const app = await connect(server);
      const from = new Date();
      const load = startLoad({ app, clients: 8, chance: chanceFrom(7) });
      for (let round = 0; round < 5; round += 1) {
        await load.more(30);
        await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'durable' and pid <> pg_backend_pid()`;
      }
      await load.more(60);
      await load.stop();
      const rounds = [{ from, to: new Date(), received: load.received, unanswered: load.unanswered() }];
      expect(await disagreements(place, rounds)).toEqual([]);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      expect((await app.call('get_account_summary')).structured).not.toBeNull();
    } finally {
      await server.kill();
    }
  });

  it('refuse on one, at its next request, an app that was revoked on another, twenty times in a row with calls and refreshes in flight (CF-10)', async () => {
    const { through, calls, refreshes } = await revokeInRounds(place, 20);
    expect(through).toEqual([]);
    expect([calls >= 80, refreshes >= 20]).toEqual([true, true]);
  });
});
