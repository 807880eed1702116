import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tables } from '../../src/policy/tables/all.ts';
import { exportName, exportTables } from '../../src/policy/export.ts';
import { ada, connect, grace, type ConnectedApp } from '../support/connect.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

type Row = Readonly<Record<string, unknown>>;
interface Exported {
  readonly left_out: readonly { readonly category: string; readonly column: string; readonly why: string }[];
  readonly data: Readonly<Record<string, readonly Row[]>>;
}

describe('the export of what is held', () => {
  let world: World;
  let mine: ConnectedApp;
  let path: string;
  let exported: Exported;
  let text: string;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    mine = await connect(world);
    await mine.call('get_account_summary');
    await world.database.statement(
      `update recipients set hidden_at = now() where id = (select id from recipients where email like 'a%' limit 1)`,
      [],
    );
    path = `/api/requests/${await doneRequest(mine.person)}/export`;
    text = (await mine.person.get(path)).body;
    exported = JSON.parse(text) as Exported;
  });
  afterAll(() => world.close());

  async function post(person: Person, address: string, body: object): Promise<Row> {
    const response = await fetch(`${world.url}${address}`, {
      method: 'POST',
      headers: {
        cookie: [...person.cookies.values()].map((each) => `${each.name}=${each.value}`).join('; '),
        origin: world.url,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Row;
  }

  async function doneRequest(person: Person): Promise<string> {
    const filed = await post(person, '/api/requests', { kind: 'access', service: 'certfusion' });
    const request = String(filed['request']);
    expect((await person.get(`/api/requests/${request}/export`)).status).toBe(404);
    expect(await post(person, `/api/requests/${request}/confirm`, {})).toMatchObject({
      status: 'done',
      next_step: 'download_in_dashboard',
    });
    return request;
  }

  const countOf = async (table: string, owner: string) => {
    const rows = await world.database.statement<{ count: number }>(
      `select count(*)::integer as count from ${table} where ${owner} = (select id from accounts where email = 'ada@example.com')`,
      [],
    );
    return rows[0]?.count;
  };

  it('CS-41: holds every row of the account, and every column or the reason why it is left out', async () => {
    for (const { table, owner, columns } of exportTables) {
      expect(columns.map(({ column }) => column)).toEqual(Object.keys(tables[table].columns));
      const left = columns.filter(({ as }) => as === 'left_out').map(({ column }) => column);
      expect(exported.left_out.filter(({ category }) => category === table).map(({ column }) => column)).toEqual(left);
      const names = columns.filter(({ as }) => as !== 'left_out').map(exportName);
      const rows = exported.data[table] ?? [];
      const held = names.length === 0 ? undefined : await countOf(table, owner);
      expect([table, exported.data[table]?.length]).toEqual([table, held]);
      for (const row of rows) expect(Object.keys(row)).toEqual(names);
    }
    expect(exported.left_out.every(({ why }) => why.length > 10)).toBe(true);
    expect(exported.data['recipients']?.some((row) => row['hidden_at'] !== null)).toBe(true);
  });

  it('CS-45: is JSON after its JSON Schema, and CSV by category', async () => {
    const schema = JSON.parse((await mine.person.get(`${path}?format=schema`)).body) as object;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { date: true, 'date-time': true } }).compile(schema);
    expect([validate(exported), validate.errors]).toEqual([true, null]);
    expect(validate({ ...exported, more: 1 })).toBe(false);
    const csv = await mine.person.get(`${path}?format=csv&category=recipients`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.body.trimEnd().split('\r\n')).toHaveLength((exported.data['recipients']?.length ?? 0) + 1);
    expect((await mine.person.get(`${path}?format=csv&category=verification_events`)).status).toBe(400);
  });

  it('opens what is sealed for its person; holds no secret, no internal id and nobody else’s account', () => {
    expect(exported.data['accounts']).toMatchObject([{ email: 'ada@example.com', phone: expect.stringMatching(/^\D*\d/) }]);
    expect(exported.data['order_contacts']?.every(({ details }) => typeof details === 'string')).toBe(true);
    const fields = new Set(exported.data['custom_fields']?.map((row) => row['shared_name'] ?? row['private_name']));
    expect(exported.data['custom_values']?.every((row) => fields.has(row['field_id']))).toBe(true);
    expect(text).not.toContain('grace@example.com');
    expect(text).not.toMatch(/\$argon2|\$scrypt/);
    const rows = exported.data['certificates'] ?? [];
    const known = new Set(exported.data['recipients']?.map((row) => row['id']));
    expect(rows.every((row) => known.has(row['recipient_id']))).toBe(true);
  });

  it('CS-41: is whole to its last row, also where its pages are full', async () => {
    const add = async (wanted: number): Promise<string> => {
      const held = (await countOf('recipients', 'account_id')) ?? 0;
      await world.database.statement(
        `insert into recipients (account_id, list_id, name, name_key, name_rank, email, email_masked, email_key, created_at)
         select account_id, list_id, 'Recipient ' || n, 'recipient', $1::integer + n, n || '@example.org', 'x', $1::text || n || '@example.org', now()
         from generate_series(1, $2::integer) n,
           (select account_id, list_id from recipients where account_id = (select id from accounts where email = 'ada@example.com') limit 1) r`,
        [1_000_000 + held, wanted - held],
      );
      const [last] = await world.database.statement<{ email: string }>(
        `select email from recipients where account_id = (select id from accounts where email = 'ada@example.com') order by id desc limit 1`,
        [],
      );
      return last?.email ?? '';
    };
    for (const wanted of [4_000, 4_001]) {
      const last = await add(wanted);
      const { data } = JSON.parse((await mine.person.get(path)).body) as Exported;
      expect([data['recipients']?.length, data['recipients']?.at(-1)?.['email']]).toEqual([wanted, last]);
      expect(new Set(data['recipients']?.map(({ id }) => id)).size).toBe(wanted);
      const lines = (await mine.person.get(`${path}?format=csv&category=recipients`)).body.trimEnd().split('\r\n');
      expect(lines).toHaveLength(wanted + 1);
      expect(lines.at(-1)).toContain(last);
    }
  });

  it('is for its own person alone, after a fresh sign-in, for 14 days', async () => {
    const hers = await connect(world, { owner: grace });
    expect((await hers.person.get(path)).status).toBe(404);
    expect((await new Person(world.url).get(path)).status).toBe(401);
    world.clock.advance({ minutes: 6 });
    expect((await mine.person.get(path)).status).toBe(401);
    const again = async () => {
      const person = new Person(world.url);
      await person.signIn(await person.get('/sign-in'), ada);
      return (await person.get(path)).status;
    };
    world.clock.advance({ days: 13 });
    expect(await again()).toBe(200);
    world.clock.advance({ days: 2 });
    expect(await again()).toBe(404);
  });
});
