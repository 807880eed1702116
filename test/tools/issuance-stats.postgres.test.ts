import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner, importRows } from '../support/account-data.ts';
import { ada, connect, grace, type ConnectedApp } from '../support/connect.ts';
import { answered, withLedger } from '../support/ledger-rows.ts';
import { rowsOf, type Row } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const nothing = { issued: 0, revoked: 0, expired: 0 };

interface Truth {
  readonly list: string;
  readonly issued_on: string;
  readonly revoked_on: string | null;
  readonly expires_on: string | null;
}

/** The same numbers, counted one certificate at a time. */
function counted(certificates: readonly Truth[], periodOf: (day: string) => string, today: string): Map<string, typeof nothing> {
  const found = new Map<string, typeof nothing>();
  const add = (day: string | null, what: keyof typeof nothing) => {
    if (day === null) return;
    const period = periodOf(day);
    const before = found.get(period) ?? nothing;
    found.set(period, { ...before, [what]: before[what] + 1 });
  };
  for (const { issued_on, revoked_on, expires_on } of certificates) {
    if (issued_on <= today) add(issued_on, 'issued');
    if (revoked_on !== null && revoked_on <= today) add(revoked_on, 'revoked');
    if (expires_on !== null && expires_on < today && (revoked_on === null || revoked_on > expires_on)) add(expires_on, 'expired');
  }
  return found;
}

const periods = {
  month: (day: string) => day.slice(0, 7),
  quarter: (day: string) => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`,
  year: (day: string) => day.slice(0, 4),
} as const;

const certificatesOf = `select l.name as list, c.issued_on, c.revoked_on, c.expires_on from certificates c join lists l on l.id = c.list_id
  join accounts a on a.id = c.account_id where a.email = $1 and c.hidden_at is null`;

describe('get_issuance_stats', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
  });
  afterAll(() => world.close());

  const today = (): string => world.clock().toISOString().slice(0, 10);
  const statsOf = async (input: Row): Promise<Row[]> => rowsOf(await app.call('get_issuance_stats', input), 'periods');
  const truth = () => world.database.statement<Truth>(certificatesOf, [ada.email]);

  async function agrees(input: { period: keyof typeof periods; list?: unknown }, listName?: string): Promise<void> {
    const certificates = (await truth()).filter(({ list }) => listName === undefined || list === listName);
    const expected = counted(certificates, periods[input.period], today());
    for (const { period, ...counts } of await statsOf(input)) {
      expect([input, period, counts]).toEqual([input, period, expected.get(String(period)) ?? nothing]);
    }
  }

  it('counts by month, quarter and year as counting one by one does, newest first, no period left out', async () => {
    for (const [period, count] of [
      ['month', 24],
      ['quarter', 12],
      ['year', 10],
    ] as const) {
      const names = (await statsOf({ period })).map((each) => String(each['period']));
      expect(names).toHaveLength(count);
      expect(names[0]).toBe(periods[period](today()));
      expect(names).toEqual(names.toSorted().toReversed());
      await agrees({ period });
    }
  });

  it('counts one list, by its handle; a foreign and an unknown one are not available', async () => {
    const lists = rowsOf(await app.call('list_certificate_lists'), 'lists');
    for (const { list, name } of lists) await agrees({ period: 'month', list }, String(name));
    const other = await connect(world, { owner: grace, name: 'Grace’s app' });
    const [foreign] = rowsOf(await other.call('list_certificate_lists'), 'lists');
    const refusals = [];
    for (const list of [foreign?.['list'], 'lst_00000000000000000000000000', 'nonsense']) {
      refusals.push((await app.call('get_issuance_stats', { period: 'year', list })).text);
    }
    expect(new Set(refusals)).toEqual(new Set(['{"error":{"code":"not_available","message":"This is not available."}}']));
  });

  it('demands a period of the three', async () => {
    for (const input of [{}, { period: 'day' }, { period: null }, { period: 'month', list: 5 }]) {
      expect((await app.call('get_issuance_stats', input)).error).toBe('invalid_input');
    }
  });

  it('is in the ledger by the names of its fields, each period a record', async () => {
    const { rows } = await withLedger(world, () => app.call('get_issuance_stats', { period: 'quarter' }));
    expect(rows).toEqual([answered('get_issuance_stats', ['period', 'issued', 'revoked', 'expired'], 12)]);
  });

  it('follows what happens to certificates: revoked, hidden, moved, dated anew, deleted', async () => {
    const mine = `account_id = (select id from accounts where email = '${ada.email}') and hidden_at is null`;
    const some = (count: number) => `id in (select id from certificates where ${mine} order by public_number limit ${count})`;
    const changes = [
      `update certificates set revoked_on = '${today()}' where revoked_on is null and ${some(40)}`,
      `update certificates set hidden_at = now() where ${some(25)}`,
      `update certificates set hidden_at = null where ${some(60)} or public_number like 'DPB-%'`,
      `update certificates set expires_on = issued_on + 3 where ${some(30)}`,
      `update certificates set list_id = (select list_id from certificates where ${mine} order by public_number desc limit 1) where ${some(20)}`,
      `update certificates set verification_code = gen_random_uuid() where ${some(10)}`,
      `delete from certificates where ${some(35)}`,
    ];
    for (const change of changes) {
      await world.database.statement(change, []);
      for (const period of ['month', 'quarter', 'year'] as const) await agrees({ period });
    }
    for (const { list, name } of rowsOf(await app.call('list_certificate_lists'), 'lists'))
      await agrees({ period: 'year', list }, String(name));
    await world.database.statement(`delete from certificates where ${mine}`, []);
    expect(
      (await statsOf({ period: 'year' })).every(({ issued, revoked, expired }) => issued === 0 && revoked === 0 && expired === 0),
    ).toBe(true);
    const left = await world.database.statement(`select from issuance_counts c join accounts a on a.id = c.account_id where a.email = $1`, [
      ada.email,
    ]);
    expect(left).toEqual([]);
  });
});

describe('the running period of get_issuance_stats', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('counts only the days that have come; what expires today is still valid', async () => {
    const dated = (publicNumber: string, issuedOn: string, expiresOn: string) => ({
      list: 'Safety',
      recipient_name: 'Ada Byron',
      recipient_email: 'ada@people.example',
      title: 'Fire Warden',
      public_number: publicNumber,
      issued_on: issuedOn,
      expires_on: expiresOn,
    });
    world.clock.travelTo(new Date('2030-03-15T12:00:00Z'));
    const owner = await addOwner(world, 'stats@owner.example');
    await importRows(world, owner, [
      dated('A', '2030-03-01', '2030-03-14'),
      dated('B', '2030-03-15', '2030-03-15'),
      dated('C', '2030-03-16', '2030-03-31'),
      dated('D', '2030-02-28', '2030-04-01'),
    ]);
    const months = async (): Promise<Row[]> => {
      const app = await connect(world, { owner, name: 'Fresh app' });
      return rowsOf(await app.call('get_issuance_stats', { period: 'month' }), 'periods').slice(0, 3);
    };
    expect((await months()).slice(0, 2)).toEqual([
      { period: '2030-03', issued: 2, revoked: 0, expired: 1 },
      { period: '2030-02', issued: 1, revoked: 0, expired: 0 },
    ]);
    world.clock.travelTo(new Date('2030-03-16T00:00:01Z'));
    expect((await months())[0]).toEqual({ period: '2030-03', issued: 3, revoked: 0, expired: 2 });
    world.clock.travelTo(new Date('2030-04-01T00:00:01Z'));
    expect((await months()).slice(0, 2)).toEqual([
      { period: '2030-04', issued: 0, revoked: 0, expired: 0 },
      { period: '2030-03', issued: 3, revoked: 0, expired: 3 },
    ]);
    world.clock.travelTo(new Date('2030-04-02T00:00:01Z'));
    expect((await months())[0]).toEqual({ period: '2030-04', issued: 0, revoked: 0, expired: 1 });
  });
});
