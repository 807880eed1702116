import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tables } from '../../src/policy/tables/all.ts';
import { functions } from '../../src/store/rules/roles.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { grantsRole, ledgerRole, readerRole, toolsRole } from '../support/roles.ts';

const denied = '42501';

describe('the login boundary', () => {
  let opened: TestDatabase;
  let admin: postgres.Sql;
  let tools: postgres.Sql;

  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
    admin = postgres(opened.adminUrl ?? '', { max: 1, onnotice: () => undefined });
    tools = postgres(opened.toolsUrl ?? '', { max: 1, onnotice: () => undefined });
  });
  afterAll(async () => {
    await Promise.all([admin.end(), tools.end()]);
    await opened.close();
  });

  async function attempt(client: postgres.Sql, text: string): Promise<string> {
    try {
      const rows = await client.unsafe(text);
      return `${rows.length} rows`;
    } catch (error) {
      return String(Reflect.get(error as object, 'code'));
    }
  }

  async function as(role: string, text: string, account?: string): Promise<string> {
    const connection = postgres(opened.adminUrl ?? '', { max: 1, onnotice: () => undefined });
    try {
      await connection.unsafe(`set role ${role}`);
      if (account !== undefined) await connection.unsafe(`select set_config('app.account', '${account}', false)`);
      return await attempt(connection, text);
    } finally {
      await connection.end();
    }
  }

  it('the reader role may not select a password hash, nor everything of a table (CF-12)', async () => {
    expect(await as(readerRole, 'select password_hash from accounts')).toBe(denied);
    expect(await as(readerRole, 'select * from accounts')).toBe(denied);
    expect(await as(readerRole, 'select verification_code from certificates')).toBe(denied);
    expect(await as(readerRole, 'select * from verification_events')).toBe(denied);
    expect(await as(readerRole, 'select id from accounts for update')).toBe(denied);
  });

  it('the reader role sees no row without an account, and one account’s rows with it (CF-16)', async () => {
    for (const [table, { read, columns }] of Object.entries(tables)) {
      if (!read) continue;
      const column =
        Object.entries(columns as Record<string, readonly [string, string]>).find(([, [dataClass]]) => dataClass === 'internal')?.[0] ??
        'id';
      expect(`${table}: ${await as(readerRole, `select ${column} from ${table}`)}`).toBe(`${table}: 0 rows`);
      expect(`${table}: ${await as(readerRole, `select ${column} from ${table}`, '')}`).toBe(`${table}: 0 rows`);
    }
    const owners = await admin<{ id: string; visible: number }[]>`
      select a.id, count(*) filter (where c.hidden_at is null)::integer as visible from accounts a join certificates c on c.account_id = a.id group by a.id`;
    expect(owners).toHaveLength(2);
    for (const { id, visible } of owners) expect(await as(readerRole, 'select id from certificates', id)).toBe(`${visible} rows`);
  });

  it('the tools’ login may read and write no table at all', async () => {
    const everything = await admin<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'drizzle', 'certveil')`;
    expect(everything.length).toBeGreaterThanOrEqual(Object.keys(tables).length);
    for (const { name } of everything) {
      expect(`${name} ${await attempt(tools, `select count(*) from ${name}`)}`).toBe(`${name} ${denied}`);
      expect(`${name} ${await attempt(tools, `delete from ${name}`)}`).toBe(`${name} ${denied}`);
    }
  });

  it('the tools’ login becomes nobody else, makes nothing, and calls no inner function', async () => {
    for (const role of [readerRole, ledgerRole, grantsRole, 'certveil_owner', 'postgres'])
      expect(await attempt(tools, `set role ${role}`)).toBe(denied);
    for (const text of [
      'create table public.mine (x integer)',
      'create function certveil.mine() returns integer language sql as $$ select 1 $$',
      'create schema mine',
      'create role mine',
      'alter function certveil.authenticate(bytea, timestamptz) owner to certveil_tools_login',
      `copy accounts to '/tmp/accounts'`,
      `select pg_read_file('/etc/hostname')`,
    ]) {
      expect(`${text}: ${await attempt(tools, text)}`).toBe(`${text}: ${denied}`);
    }
    expect(await attempt(tools, `select certveil.enter('x', now(), 'account:read')`)).toBe(denied);
    expect(await attempt(tools, `select * from certveil.live_grant('x', now())`)).toBe(denied);
    expect(await attempt(tools, 'select certveil.leave()')).toBe(denied);
  });

  it('setting an account by hand opens nothing to the tools’ login', async () => {
    const [ada] = await admin<{ id: string }[]>`select id from accounts where email = 'ada@example.com'`;
    await tools.unsafe(`select set_config('app.account', '${ada?.id}', false)`);
    expect(await attempt(tools, 'select id from certificates')).toBe(denied);
    expect(await attempt(tools, `select * from certveil.read_account_summary('x', now())`)).toBe('0 rows');
  });

  it('exactly the functions of the contract may be called by the tools’ role', async () => {
    const rows = await admin<{ name: string }[]>`
      select p.proname as name from pg_proc p where p.pronamespace = 'certveil'::regnamespace and has_function_privilege(${toolsRole}, p.oid, 'execute')`;
    expect(rows.map(({ name }) => name).toSorted()).toEqual(
      functions
        .filter(({ callers }) => callers.includes('tools'))
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it('the ledger’s role may add rows, and neither change, delete nor read them', async () => {
    for (const table of ['disclosures', 'ledger_leaves', 'ledger_heads', 'ledger_writers']) {
      for (const text of [
        `select * from ${table}`,
        `delete from ${table}`,
        `truncate ${table}`,
        `update ${table} set ${table === 'ledger_writers' ? 'id = id' : 'seq = seq'}`,
      ]) {
        expect(`${text}: ${await as(ledgerRole, text)}`).toBe(`${text}: ${denied}`);
      }
    }
    const leaf = `insert into ledger_leaves (writer_id, seq, leaf) select id, 1000, '' from`;
    expect(await as(ledgerRole, `insert into ledger_writers (id, started_at) values (gen_random_uuid(), now())`)).toBe(denied);
    await admin`insert into ledger_writers (id, started_at) values ('33333333-3333-4333-8333-333333333333', now())`;
    expect(await as(ledgerRole, `${leaf} (values ('33333333-3333-4333-8333-333333333333'::uuid)) w (id)`)).toBe('0 rows');
    expect(await as(ledgerRole, 'select email from accounts')).toBe(denied);
  });

  it('the ledger refuses rows for a token that lives no more, and writes nothing then', async () => {
    const writer = '11111111-1111-4111-8111-111111111111';
    await admin`insert into ledger_writers (id, started_at) values (${writer}, now())`;
    const row = {
      seq: 1,
      leaf: '00',
      salt: '00',
      digest: '00'.repeat(32),
      account_id: writer,
      app_id: writer,
      grant_id: writer,
      scopes: [],
      at: '2026-01-01T00:00:00Z',
      tool: 't',
      purpose: 'p',
      field_names: [],
      record_count: 1,
      outcome: 'answered',
    };
    const rows =
      await tools`select dead from certveil.append_disclosures(${writer}, now(), ${JSON.stringify([row])}::text, 1, '\\x00', '\\x00', ${writer})`;
    expect(rows.map(({ dead }) => Number(dead))).toEqual([1]);
    expect(await admin`select from ledger_leaves where writer_id = ${writer}`).toHaveLength(0);
    expect(await admin`select from ledger_heads where writer_id = ${writer}`).toHaveLength(0);
  });
});
