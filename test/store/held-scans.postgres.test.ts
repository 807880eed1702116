import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldCategoryNames } from '../../src/policy/categories.ts';
import { heldSpans } from '../../src/store/retention/data-page.ts';
import { heldTables } from '../../src/store/rules/stored-sql.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { addOwner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

const rows = 60_000;

describe('what is held, asked of an account among many rows of another', () => {
  let world: World;
  let app: ConnectedApp;
  let big = '';
  let small = '';

  beforeAll(async () => {
    world = await openWorld();
    const { orm, statement } = world.database;
    await addOwner(world, 'big@owner.example');
    const owner = await addOwner(world, 'small@owner.example');
    big = (await accountWith({ orm, email: 'big@owner.example' })) ?? '';
    small = (await accountWith({ orm, email: owner.email })) ?? '';
    app = await connect(world, { owner, choices: { tick: 'all' } });
    const [list] = await statement<{ id: string }>(
      `insert into lists (account_id, name, name_key, created_on) values ($1, 'L', 'l', '2026-01-01') returning id`,
      [big],
    );
    const [recipient] = await statement<{ id: string }>(
      `insert into recipients (account_id, list_id, name, name_key, name_rank, email, email_masked, email_key, created_at)
       values ($1, $2, 'M', 'm', 1, 'm@people.example', 'm…@people.example', 'm@people.example', '2026-01-01') returning id`,
      [big, list?.id ?? ''],
    );
    const given = [big, list?.id ?? '', recipient?.id ?? '', rows];
    await statement(
      `insert into certificates (account_id, list_id, recipient_id, title, public_number, issued_on, expires_on, revoked_on, created_at)
       select $1, $2, $3, 'T', 'N-' || n, '2020-01-01', date '2020-01-02' + n % 5000, case when n % 3 = 0 then date '2020-01-05' + n % 4000 end, now()
       from generate_series(1, $4::integer) n`,
      given,
    );
    await statement(
      `insert into verification_events (at, account_id, certificate_id, kind)
       select now() - n * interval '1 minute', $1, gen_random_uuid(), 'view' from generate_series(1, $2::integer) n`,
      [big, rows],
    );
    for (const [table, columns, values] of [
      ['contact_messages', 'channel, kind, body, received_at', `'form', 'question', 'x', now()`],
      ['vetting_documents', 'kind, content_sealed, received_at', `'x', 'x', now()`],
    ] as const)
      await statement(`insert into ${table} (account_id, ${columns}) select $1, ${values} from generate_series(1, $2::integer)`, [
        big,
        rows,
      ]);
    const admin = postgres(world.adminUrl ?? '', { max: 1, onnotice: () => undefined });
    await admin.unsafe('analyze');
    await admin.end();
  });
  afterAll(() => world.close());

  /** Blocks of every table that were read since the last look. */
  async function blocksRead(doing: () => Promise<unknown>): Promise<number> {
    const admin = postgres(world.adminUrl ?? '', { max: 1, onnotice: () => undefined });
    const tables = [...heldTables.map(([table]) => table), 'verification_events%'];
    const look = async () => {
      await admin.unsafe('select pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
      const [row] = await admin.unsafe<{ blocks: string; scans: string }[]>(
        `select sum(heap_blks_read + heap_blks_hit) as blocks, 0 as scans from pg_statio_user_tables where relname like any ($1)`,
        [tables],
      );
      return Number(row?.blocks);
    };
    const flush = () => world.database.statement('select pg_stat_force_next_flush()', []);
    try {
      await Promise.all(Array.from({ length: 8 }, flush));
      const before = await look();
      await doing();
      await Promise.all(Array.from({ length: 8 }, flush));
      return (await look()) - before;
    } finally {
      await admin.end();
    }
  }

  it('CS-27: confirm_data_held reads no more of an account without rows than a few blocks, also once its plan is generic', async () => {
    for (let times = 0; times < 8; times += 1) expect((await app.call('confirm_data_held')).status).toBe(200);
    expect(await blocksRead(() => app.call('confirm_data_held'))).toBeLessThan(200);
  });

  it('CS-50: the days of “your data” come from the ends of indexes, for both accounts, and are the right ones', async () => {
    const { orm } = world.database;
    // Of its own messages an account has few, whose clocks are read one by one.
    const many = heldCategoryNames.filter((name) => name !== 'support');
    for (const [accountId, categories] of [
      [big, many],
      [small, heldCategoryNames],
    ] as const) {
      const ask = () => heldSpans({ orm, accountId, categories });
      for (let times = 0; times < 7; times += 1) await ask();
      expect(await blocksRead(ask)).toBeLessThan(400);
    }
    const spans = await heldSpans({ orm, accountId: big, categories: heldCategoryNames });
    const [right] = await world.database.statement(
      `select min(least(expires_on, revoked_on))::text as "firstOn", max(least(expires_on, revoked_on))::text as "lastOn", true as held
       from certificates where account_id = $1`,
      [big],
    );
    expect(spans.get('lists_and_certificates')).toEqual(right);
    expect(spans.get('recipients')).toEqual({ held: true, firstOn: '2026-01-01', lastOn: '2026-01-01' });
    expect((await heldSpans({ orm, accountId: small, categories: ['support'] })).get('support')).toMatchObject({ held: false });
  });
});
