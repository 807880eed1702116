import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishClosedMonths, sweepVerification } from '../../src/jobs/verification.ts';
import { eventsEndBefore, monthsToPublish } from '../../src/policy/verification.ts';
import { partitions } from '../../src/store/verification/partitions.ts';
import { verifyDatabase } from '../../src/store/rules/verify.ts';
import { sweepOf } from '../support/clock.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

const clockAt = (instant: string) => () => new Date(instant);

describe('what the sweep of verification activity reckons with', () => {
  it.each([
    ['2026-11-22T10:00:00.000Z', '2025-11-22T10:00:00.000Z'],
    ['2024-02-29T10:00:00.000Z', '2023-02-28T10:00:00.000Z'],
    ['2025-03-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
  ])('at %s events up to %s have lived twelve months (CF-22)', (now, end) => {
    expect(eventsEndBefore(new Date(now)).toISOString()).toBe(end);
  });

  it('publishes closed months whose events are all there, once the last of them has settled', () => {
    expect(monthsToPublish(new Date('2026-03-01T00:59:59Z'))).toEqual([
      '2025-04',
      '2025-05',
      '2025-06',
      '2025-07',
      '2025-08',
      '2025-09',
      '2025-10',
      '2025-11',
      '2025-12',
      '2026-01',
    ]);
    expect(monthsToPublish(new Date('2026-03-01T01:00:00Z')).at(-1)).toBe('2026-02');
    expect(monthsToPublish(new Date('2026-03-31T12:00:00Z'))[0]).toBe('2025-04');
  });
});

describe('the sweep of verification activity', () => {
  let db: TestDatabase;
  let owner: Owner;

  beforeAll(async () => {
    db = await openTestDatabase();
    const place = {
      database: db.database,
      clock: Object.assign(clockAt('2026-01-01T00:00:00Z'), {
        advance: () => undefined,
        travelTo: () => undefined,
        database: () => Promise.resolve(new Date('2026-01-01T00:00:00Z')),
      }),
    };
    owner = await addOwner(place, 'sweep@owner.example');
    await importRows(
      place,
      owner,
      ['One', 'Two'].flatMap((list) =>
        Array.from({ length: 8 }, (_, at) => ({
          list,
          recipient_name: `Person ${at}`,
          recipient_email: `p${at}@people.example`,
          title: 'Course',
          public_number: `${list}-${at}`,
          issued_on: '2025-01-01',
        })),
      ),
    );
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    for (const table of ['verification_events', 'verification_months', 'legal_holds']) await query(`delete from ${table}`);
    await query('update certificates set hidden_at = null');
    await query('update lists set hidden_at = null');
  });

  const query = <Row>(text: string, parameters: (string | number)[] = []) => db.database.statement<Row>(text, parameters);
  const sweepAt = async (instant: string) => sweepVerification(await sweepOf({ database: db.database, clock: clockAt(instant) }));
  const opened = (number: string, at: string, kind = 'view', times = 1) =>
    query(
      `insert into verification_events (at, account_id, certificate_id, kind)
       select $1::timestamptz, c.account_id, c.id, $2 from certificates c cross join generate_series(1, $4::integer) where c.public_number = $3`,
      [at, kind, number, times],
    );
  const left = async () =>
    (
      await query<{ at: string }>(`select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at from verification_events order by 1`)
    ).map(({ at }) => at);
  const months = () =>
    query<{ list: string; month: string; views: number | null; downloads: number | null }>(
      'select l.name as list, m.month, m.views, m.downloads from verification_months m join lists l on l.id = m.list_id order by m.month, l.name',
    );
  const inDefault = async () => (await query('select from verification_events_default')).length;

  it('makes partitions two months ahead, and the database is still what the policy says', async () => {
    await sweepAt('2026-11-22T10:00:00Z');
    const made = await partitions(db.database.orm);
    for (const month of ['2026-11', '2026-12', '2027-01']) expect(made).toContain(month);
    await opened('One-1', '2026-12-31T23:59:59.999Z');
    await opened('One-1', '2027-01-01T00:00:00.000Z');
    expect(await inDefault()).toBe(0);
    await sweepAt('2026-11-22T10:05:00Z');
    expect(await partitions(db.database.orm)).toEqual(made);
    await expect(verifyDatabase(db.database)).resolves.toBeUndefined();
  });

  it('moves what fell into the default partition to where it belongs', async () => {
    for (const at of ['2027-05-31T23:59:59.999Z', '2027-06-01T00:00:00.000Z', '2027-06-15T12:00:00Z']) await opened('One-1', at);
    expect(await inDefault()).toBe(3);
    await sweepAt('2027-06-20T10:00:00Z');
    expect(await inDefault()).toBe(0);
    expect((await query('select from verification_events_2027_06')).length).toBe(2);
    expect((await left()).length).toBe(3);
  });

  it('deletes an event once it is twelve months old and not before, and drops the partition that it emptied (CF-22)', async () => {
    const at = '2028-03-10T12:00:00Z';
    await opened('One-1', at);
    await opened('One-1', '2028-04-01T00:00:00Z');
    await sweepAt('2028-03-10T13:00:00Z');
    expect((await sweepAt('2029-03-09T12:00:00Z')).deletedEvents).toBe(0);
    expect((await sweepAt('2029-03-10T11:59:59Z')).deletedEvents).toBe(0);
    expect(await sweepAt('2029-03-10T12:00:00Z')).toMatchObject({ deletedEvents: 1, droppedPartitions: [] });
    expect(await left()).toEqual(['2028-04-01 00:00']);
    expect(await sweepAt('2029-04-01T00:00:00Z')).toMatchObject({ deletedEvents: 1 });
    expect(await partitions(db.database.orm)).not.toContain('2028-03');
    expect((await sweepAt('2029-05-01T00:00:00Z')).droppedPartitions).toEqual(['2028-04']);
  });

  it('keeps the events of an account under a legal hold, and their partition, until it is lifted', async () => {
    await opened('One-1', '2030-03-10T12:00:00Z');
    await query(`insert into legal_holds (account_id, reason, placed_at) select id, 'claim', now() from accounts`);
    expect(await sweepAt('2031-06-01T00:00:00Z')).toMatchObject({ deletedEvents: 0 });
    expect(await partitions(db.database.orm)).toContain('2030-03');
    await query('update legal_holds set lifted_at = now()');
    expect(await sweepAt('2031-06-02T00:00:00Z')).toMatchObject({
      deletedEvents: 1,
      droppedPartitions: expect.arrayContaining(['2030-03']),
    });
  });

  it('publishes a count only from five events over five certificates, in a row for each list', async () => {
    for (const at of [0, 1, 2, 3, 4]) await opened(`One-${at}`, '2032-05-10T12:00:00Z');
    await opened('One-0', '2032-05-31T23:59:59.999Z', 'view', 4);
    for (const at of [0, 1, 2, 3]) await opened(`One-${at}`, '2032-05-10T12:00:00Z', 'download', 5);
    for (const at of [0, 1, 2, 3]) await opened(`Two-${at}`, '2032-05-10T12:00:00Z');
    await opened('Two-4', '2032-06-01T00:00:00Z');
    for (const at of [0, 1, 2, 3, 4]) await opened(`Two-${at}`, '2032-05-10T12:00:00Z', 'download');
    await sweepAt('2032-06-01T01:00:00Z');
    expect((await months()).filter(({ month }) => month === '2032-05')).toEqual([
      { list: 'One', month: '2032-05', views: 9, downloads: null },
      { list: 'Two', month: '2032-05', views: null, downloads: 5 },
    ]);
  });

  it('freezes what is published: no later event, deletion, restriction or move changes it', async () => {
    for (const at of [0, 1, 2, 3, 4]) await opened(`One-${at}`, '2033-05-10T12:00:00Z');
    await sweepAt('2033-06-02T00:00:00Z');
    const before = await months();
    for (const at of [0, 1, 2, 3, 4]) await opened(`Two-${at}`, '2033-05-20T12:00:00Z');
    await query(`delete from verification_events where certificate_id = (select id from certificates where public_number = 'One-3')`);
    await query(`update certificates set hidden_at = now() where public_number = 'One-2'`);
    expect(await publishClosedMonths({ orm: db.database.orm, clock: clockAt('2033-06-03T00:00:00Z') })).toEqual([]);
    await sweepAt('2033-06-03T00:00:00Z');
    expect(await months()).toEqual(before);
  });

  it('leaves out what is restricted: a hidden certificate’s events, and a hidden list', async () => {
    for (const at of [0, 1, 2, 3, 4]) await opened(`One-${at}`, '2034-05-10T12:00:00Z');
    for (const at of [0, 1, 2, 3, 4]) await opened(`Two-${at}`, '2034-05-10T12:00:00Z');
    await query(`update certificates set hidden_at = now() where public_number = 'One-2'`);
    await query(`update lists set hidden_at = now() where name = 'Two'`);
    await sweepAt('2034-06-02T00:00:00Z');
    expect((await months()).filter(({ month }) => month === '2034-05')).toEqual([
      { list: 'One', month: '2034-05', views: null, downloads: null },
    ]);
  });

  it('keeps published months as long as they can be asked for', async () => {
    await sweepAt('2035-06-02T00:00:00Z');
    await sweepAt('2036-04-30T23:59:59Z');
    expect((await months()).map(({ month }) => month)).toContain('2035-04');
    await sweepAt('2036-05-01T00:00:00Z');
    expect((await months())[0]?.month).toBe('2035-05');
  });

  it('does everything once when instances do it at the same time', async () => {
    for (const at of [0, 1, 2, 3, 4]) await opened(`One-${at}`, '2037-05-10T12:00:00Z');
    const runs = await Promise.all(Array.from({ length: 4 }, () => sweepAt('2037-06-02T00:00:00Z')));
    expect(runs.flatMap(({ published }) => published).filter((month) => month === '2037-05')).toHaveLength(1);
    await sweepAt('2037-06-02T00:05:00Z');
    expect((await months()).filter(({ month, list }) => month === '2037-05' && list === 'One')).toEqual([
      { list: 'One', month: '2037-05', views: 5, downloads: null },
    ]);
  });
});
