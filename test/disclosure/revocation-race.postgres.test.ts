import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disableAccount } from '../../src/store/accounts/new-account.ts';
import { listConnectedApps } from '../../src/tools/list-connected-apps.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { callerOf, openGate } from '../support/gate.ts';
import { answered, unanswered, withLedger } from '../support/ledger-rows.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a revocation and a call in flight (laws of revocation)', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
  });
  afterAll(() => world.close());

  interface Held {
    readonly appId: string;
    readonly release: () => Promise<void>;
  }

  /** Holds what calls and revocations of the app wait for, from a connection of its own. */
  async function hold(name: string): Promise<Held> {
    const [row] = await world.database.statement<{ id: string }>('select id from apps where name = $1', [name]);
    const appId = row?.id ?? '';
    const connection = world.database.dedicated();
    await connection.orm.execute(sql`begin`);
    await connection.orm.execute(sql`select from apps where id = ${appId} for update`);
    return { appId, release: () => connection.release() };
  }

  async function waiting(count: number): Promise<void> {
    for (;;) {
      const rows = await world.database.statement<{ count: number }>(
        `select count(distinct l.pid)::integer as count from pg_locks l join pg_stat_activity a on a.pid = l.pid
         where not l.granted and a.datname = current_database()`,
        [],
      );
      if (rows[0]?.count === count) return;
    }
  }

  async function revoke({ person }: ConnectedApp): Promise<Response> {
    const { apps } = JSON.parse((await person.get('/api/apps')).body) as { apps: { app: string; status: string }[] };
    const handle = apps.find(({ status }) => status === 'active')?.app;
    const cookie = [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    return fetch(`${world.url}/api/apps/${handle}/revoke`, {
      method: 'POST',
      headers: { cookie, origin: world.url, 'content-type': 'application/json' },
    });
  }

  const fields = ['display_name', 'email_masked', 'services', 'quota'];

  it('withholds an answer that was read before the revocation and would leave after it (CF-10)', async () => {
    const app = await connect(world, { name: 'Too late' });
    const held = await hold('Too late');
    const revocation = revoke(app);
    await waiting(1);
    const { answer, rows } = await withLedger(world, async () => {
      const call = app.call('get_account_summary');
      await waiting(2);
      await held.release();
      return call;
    });
    expect((await revocation).status).toBe(200);
    expect(answer.error).toBe('not_available');
    expect(answer.body).not.toContain('Ada Lovelace');
    expect(rows).toEqual([unanswered('get_account_summary', 'withheld')]);
    expect((await app.call('get_account_summary')).status).toBe(401);
  });

  it('lets an answer leave whose ledger row came first; the revocation waits for it', async () => {
    const app = await connect(world, { name: 'In time' });
    const held = await hold('In time');
    const { answer, rows } = await withLedger(world, async () => {
      const call = app.call('get_account_summary');
      await waiting(1);
      const revocation = revoke(app);
      await waiting(2);
      await held.release();
      expect((await revocation).status).toBe(200);
      return call;
    });
    expect(answer.structured).toMatchObject({ display_name: 'Ada Lovelace Academy' });
    expect(rows).toEqual([answered('get_account_summary', fields, 1)]);
    expect((await app.call('get_account_summary')).status).toBe(401);
  });

  it('disabling an account waits for its answers that have their ledger row, and withholds the others', async () => {
    const app = await connect(world, { name: 'Of a disabled account', owner: grace });
    const disable = () => disableAccount({ orm: world.database.orm, clock: world.clock, email: grace.email });
    const held = await hold('Of a disabled account');
    const inTime = app.call('get_account_summary');
    await waiting(1);
    const disabling = disable();
    await waiting(2);
    await held.release();
    expect(await disabling).toBe(true);
    expect((await inTime).structured).toMatchObject({ display_name: expect.any(String) });
    expect((await app.call('get_account_summary')).status).toBe(401);

    await world.database.statement('update accounts set disabled_at = null', []);
    const again = await hold('Of a disabled account');
    const disablingAgain = disable();
    await waiting(1);
    const { answer, rows } = await withLedger(world, async () => {
      const tooLate = app.call('get_account_summary');
      await waiting(2);
      await again.release();
      return tooLate;
    });
    expect(await disablingAgain).toBe(true);
    expect([answer.error, answer.structured]).toEqual(['not_available', null]);
    expect(rows).toEqual([unanswered('get_account_summary', 'withheld')]);
  });

  const narrow = async ({ person }: ConnectedApp, scopes: readonly string[]): Promise<Response> => {
    const { apps } = JSON.parse((await person.get('/api/apps')).body) as { apps: { app: string; name: string }[] };
    const handle = apps.find(({ name }) => name === 'Sees others')?.app;
    const cookie = [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    return fetch(`${world.url}/api/apps/${handle}`, {
      method: 'PATCH',
      headers: { cookie, origin: world.url, 'content-type': 'application/json' },
      body: JSON.stringify({ scopes }),
    });
  };

  it('narrowing apps:others away withholds a list of the other apps that was read before', async () => {
    await connect(world, { name: 'Is seen' });
    const app = await connect(world, { name: 'Sees others', choices: { tick: ['apps:others'] } });
    const seen: unknown[] = [];
    let meanwhile: () => Promise<unknown> = () => Promise.resolve();
    const tool = {
      ...listConnectedApps,
      run: async (...[call]: Parameters<typeof listConnectedApps.run>) => {
        const rows = await listConnectedApps.run(call, {});
        seen.push(rows?.['apps']);
        await meanwhile();
        return rows;
      },
    };
    const gate = await openGate(world, { tools: [tool] });
    const caller = await callerOf(world, app.accessToken);
    const told = await gate.disclose(caller, 'list_connected_apps', {});
    expect(told.structured?.['apps']).toMatchObject([{ name: 'Sees others' }, { name: 'Is seen' }]);
    meanwhile = () => narrow(app, ['apps:read']);
    const { answer, rows } = await withLedger(world, () => gate.disclose(caller, 'list_connected_apps', {}));
    expect(seen).toMatchObject([{}, {}].map(() => [{ name: 'Sees others' }, { name: 'Is seen' }]));
    expect([answer.code, answer.structured]).toEqual(['not_available', null]);
    expect(rows).toEqual([unanswered('list_connected_apps', 'withheld')]);
    const { structured } = await app.call('list_connected_apps');
    expect(structured).toMatchObject({ apps: [{ name: 'Sees others', is_this_app: true }], other_app_count: expect.any(Number) });
  });
});
