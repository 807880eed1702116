import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLedger } from '../../src/disclosure/verify-ledger.ts';
import { loadLedgerKeys } from '../../src/store/engine/purpose-keys.ts';
import { patience } from '../../src/store/engine/patience.ts';
import { cookiesOf, handleOf } from '../support/attempts.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { callerOf } from '../support/gate.ts';
import { toolsLogin, urlFor } from '../support/postgres-logins.ts';
import { openWorld, type World } from '../support/world.ts';

describe('somebody with the tools’ login alone', { timeout: 60_000 }, () => {
  let world: World;
  let thief: postgres.Sql;

  beforeAll(async () => {
    world = await openWorld({ demo: true, patience });
    const adminUrl = world.adminUrl ?? '';
    thief = postgres(urlFor({ adminUrl, login: toolsLogin, database: new URL(adminUrl).pathname.slice(1) }), {
      max: 8,
      onnotice: () => undefined,
    });
  });
  afterAll(async () => {
    await thief.end();
    await world.close();
  });

  const fetchAs = ({ person }: ConnectedApp, path: string, method: string, body: unknown = {}) =>
    fetch(`${world.url}${path}`, {
      method,
      headers: { cookie: cookiesOf(person), origin: world.url, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const idOf = async (name: string): Promise<string> =>
    (await world.database.statement<{ id: string }>('select id from apps where name = $1', [name]))[0]?.id ?? '';

  /** Holds whatever `statements` lock, in a transaction that stays open, while `work` is done. */
  async function holding<Result>(statements: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const connection = await thief.reserve();
    try {
      await connection.unsafe('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; begin');
      for (const text of statements) await connection.unsafe(text);
      return await work();
    } finally {
      await connection.unsafe('rollback');
      connection.release();
    }
  }

  /** What can be taken without any token: the numbers that this product ever locked by, and whatever others hold now. */
  const guessed = async (name: string): Promise<string[]> => {
    const [appId, accountId] = [
      await idOf(name),
      (await world.database.statement<{ id: string }>('select account_id as id from apps where name = $1', [name]))[0]?.id,
    ];
    return [`app:${appId}`, `requests:${appId}`, `import:${accountId}`, 'notices'].map(
      (key) => `select pg_advisory_xact_lock(hashtextextended('${key}', 0))`,
    );
  };

  /** What a token gives beside: the locks of the functions that it may call. */
  const withToken = async (app: ConnectedApp): Promise<string[]> => {
    const digest = Buffer.from((await callerOf(world, app.accessToken)).digest).toString('hex');
    const now = world.clock().toISOString();
    return [
      `select certveil.file_request('\\x${digest}', '${now}', 'access', 'certfusion', null, '${now.slice(0, 10)}', 'not_promised')`,
      `select certveil.opt_out_of_marketing('\\x${digest}', '${now}', 'certfusion')`,
    ];
  };

  const endings: readonly (readonly [what: string, path: (app: string) => string, method: string, body: unknown, then: number])[] = [
    ['revokes an app', (app) => `/api/apps/${app}/revoke`, 'POST', {}, 401],
    ['pauses an app', (app) => `/api/apps/${app}/pause`, 'POST', {}, 200],
    ['narrows an app', (app) => `/api/apps/${app}`, 'PATCH', { scopes: ['tls:read'] }, 403],
    ['revokes every app', () => '/api/apps/revoke-all', 'POST', {}, 401],
  ];

  it.each(endings)(
    'without a token holds no lock that an owner waits for who %s: the next call is refused',
    async (what, path, method, body, then) => {
      const name = `Held without: ${what}`;
      const app = await connect(world, { name });
      const handle = await handleOf(app, name);
      const [answer, next] = await holding(
        await guessed(name),
        async () => [(await fetchAs(app, path(handle), method, body)).status, await app.call('get_account_summary')] as const,
      );
      expect([answer, next.status, next.structured]).toEqual([200, then, null]);
    },
  );

  it.each(endings)(
    'with a token, in a transaction left open, doesn’t stop an owner who %s either',
    async (what, path, method, body, then) => {
      const name = `Held with: ${what}`;
      const app = await connect(world, { name, choices: { tick: 'all' } });
      const handle = await handleOf(app, name);
      const [answer, next] = await holding(
        await withToken(app),
        async () => [(await fetchAs(app, path(handle), method, body)).status, await app.call('get_account_summary')] as const,
      );
      expect([answer, next.status, next.structured]).toEqual([200, then, null]);
    },
  );

  it('keeps nobody from signing in: the row that an app’s opt-out writes is passed by', async () => {
    const app = await connect(world, { name: 'Opts out', choices: { tick: 'all' } });
    const again = await holding(await withToken(app), () => connect(world, { name: 'Connected meanwhile' }));
    expect((await again.call('get_account_summary')).status).toBe(200);
  });

  it('asks in a transaction that began before a revocation, and is told nothing after it', async () => {
    const app = await connect(world, { name: 'Sees the past' });
    const digest = Buffer.from((await callerOf(world, app.accessToken)).digest).toString('hex');
    const now = world.clock().toISOString();
    const asked = async (connection: postgres.ReservedSql) => [
      (await connection.unsafe(`select from certveil.read_account_summary('\\x${digest}', '${now}')`)).length,
      (await connection.unsafe(`select from certveil.authenticate('\\x${digest}', '${now}')`)).length,
    ];
    const open = await Promise.all(
      ['read committed', 'repeatable read', 'serializable'].map(async (level) => {
        const connection = await thief.reserve();
        await connection.unsafe(`begin isolation level ${level}`);
        return { level, connection, before: await asked(connection) };
      }),
    );
    const { status } = await fetchAs(app, `/api/apps/${await handleOf(app, 'Sees the past')}/revoke`, 'POST');
    const answers: unknown[] = [];
    for (const { level, connection, before } of open) {
      answers.push([level, before, await asked(connection)]);
      await connection.unsafe('rollback');
      connection.release();
    }
    expect([status, ...answers]).toEqual([
      200,
      ['read committed', [1, 1], [0, 0]],
      ['repeatable read', [0, 0], [0, 0]],
      ['serializable', [0, 0], [0, 0]],
    ]);
  });

  it('its twin, with a living token and transactions of its own, reads and files for its person', async () => {
    const app = await connect(world, { name: 'Honest', choices: { tick: 'all' } });
    const digest = Buffer.from((await callerOf(world, app.accessToken)).digest).toString('hex');
    const read = `select from certveil.read_account_summary('\\x${digest}', '${world.clock().toISOString()}')`;
    for (const text of [read, ...(await withToken(app))]) expect((await thief.unsafe(text)).length).toBe(1);
  });

  const verified = async () => {
    const { orm } = world.database;
    return verifyLedger({ orm, keys: await loadLedgerKeys({ orm, dataKey: testDataKey }) });
  };

  /** Everything that the database holds, as one line a table. */
  async function contents(): Promise<string[]> {
    const tables = await world.database.statement<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
      [],
    );
    const lines: string[] = [];
    for (const { name } of tables) {
      const [row] = await world.database.statement<{ held: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as held from ${name} t`,
        [],
      );
      lines.push(`${name}: ${row?.held}`);
    }
    return lines;
  }

  it('changes nothing without a living token, by whatever function it calls', async () => {
    const before = await contents();
    const callable = await thief<{ name: string; types: string[] }[]>`
      select p.proname as name, array(select format_type(t.type, null) from unnest(p.proargtypes) with ordinality t (type, at) order by t.at) as types
      from pg_proc p where p.pronamespace = 'certveil'::regnamespace and has_function_privilege(p.oid, 'execute')`;
    expect(callable.length).toBeGreaterThan(20);
    const samples: Readonly<Record<string, readonly string[]>> = {
      bytea: [`'\\x00'`, `'\\x${'11'.repeat(32)}'`],
      'timestamp with time zone': ['now()'],
      uuid: [`'${randomUUID()}'`],
      bigint: ['1', '0'],
      integer: ['1'],
      date: ['current_date'],
      text: [`'[]'`, `'x'`, `'[{"seq":1,"leaf":"00","salt":"00","outcome":"withheld","field_names":[],"record_count":0}]'`],
      'text[]': [`'{}'`],
    };
    for (const { name, types } of callable) {
      for (let round = 0; round < 4; round += 1) {
        const given = types.map((type) => samples[type]?.[round % (samples[type]?.length ?? 1)] ?? 'null');
        await thief.unsafe(`select * from certveil.${name}(${given.join(', ')})`).catch((error: unknown) => error);
      }
    }
    expect(await contents()).toEqual(before);
  });

  const batchOf = (writer: string, { rows = '[]', seq = 7 } = {}) =>
    thief`select * from certveil.append_disclosures(${writer}, now(), ${rows}::text, ${seq}, ${Buffer.alloc(32)}, ${Buffer.alloc(64)}, ${randomUUID()})`;

  it('puts no head and no row into the ledger, with a token neither: it knows no chain that is written to', async () => {
    const app = await connect(world, { name: 'Told something' });
    const { digest, grant } = await callerOf(world, app.accessToken);
    expect((await app.call('get_account_summary')).status).toBe(200);
    const { account_id, app_id, grant_id } = grant;
    const row = { seq: 7, leaf: '00', salt: '00', digest: Buffer.from(digest).toString('hex'), account_id, app_id, grant_id, scopes: [] };
    const told = { at: world.clock(), tool: 't', purpose: 'fulfil_request', field_names: [], record_count: 1, outcome: 'answered' };
    const before = await contents();
    const writer = randomUUID();
    await thief`select certveil.open_ledger(${writer}, now())`.catch((error: unknown) => error);
    for (const rows of ['[]', JSON.stringify([{ ...row, ...told }])]) {
      for (const id of [writer, randomUUID()])
        expect(await batchOf(id, { rows }).catch((error: unknown) => String(error))).toContain('Error');
    }
    expect(await contents()).toEqual(before);
    expect((await verified()).problems).toEqual([]);
  });
});
