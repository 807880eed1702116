import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parameter } from '../../src/store/engine/db.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';
import { exportJson } from '../../src/rights/export.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';
import { verifyDatabase } from '../../src/store/rules/verify.ts';
import { cutoffsAt } from '../../src/store/retention/units.ts';
import { addMonths, dayOf, type Day } from '../../src/words/dates.ts';
import { publishPeriods } from '../../src/store/retention/periods.ts';

describe('the database’s cut-offs', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await openTestDatabase();
  });
  afterAll(() => db.close());

  it('are those of the policy on every day of five years, with and without an operator’s periods', async () => {
    const { orm, statement } = db.database;
    await verifyDatabase(db.database);
    for (const periods of [{}, { certificate: '1 months', ledger: '13 months', account_certfusion: '2 years' }] as const) {
      await publishPeriods({ orm, periods });
      const from: Day = '2027-01-01';
      const rows = await statement<{ day: string; class: string; last: string | null }>(
        `select d::date::text as day, c as class, certveil.last_due(c, d)::text as last
         from generate_series($1::timestamptz, $1::timestamptz + interval '5 years', interval '1 day') d
         cross join unnest(array['certificate', 'ledger', 'account_certfusion', 'account_certumssl', 'transaction', 'tls_certificate', 'support', 'rights']) c`,
        [`${from}T12:00:00Z`],
      );
      expect(rows.length).toBeGreaterThan(14_000);
      const wrong = rows.filter(({ day, class: name, last }) => (cutoffsAt(day, periods)[name as 'ledger'] ?? null) !== last);
      expect(wrong).toEqual([]);
    }
  });
});

/** Rows are aged by so many months in the database, and no sweep runs. */
describe('what is due and not deleted yet', { timeout: 60_000 }, () => {
  let world: World;
  let app: ConnectedApp;
  const today = () => dayOf(world.clock());
  const run = (text: string, ...parameters: Parameter[]) => world.database.statement<{ id: string; name: string }>(text, parameters);
  const names = async (tool: string, key: string, field: string) => {
    const { structured } = await app.call(tool, { limit: 50 });
    return ((structured ?? {})[key] as Record<string, string>[]).map((row) => row[field]);
  };

  const exported = async () => {
    const { database, clock } = world;
    const { columns: key } = await loadPurposeKeys({ orm: database.orm, dataKey: testDataKey, clock });
    const [owner] = await run(`select id, email as name from accounts where email = 'ada@example.com'`);
    const pieces = exportJson({ orm: database.orm, clock, key, accountId: owner?.id ?? '', nameRecord: (kind, id) => `${kind} ${id}` });
    let text = '';
    for await (const piece of pieces) text += piece;
    return text;
  };

  beforeAll(async () => {
    world = await openWorld({ demo: true, retention: { certificate: '24 months', tls_order: '24 months' } });
    app = await connect(world, { choices: { tick: 'all' } });
  });
  afterAll(() => world.close());

  it('CS-53: is in no list, look-up, report or export, from the day that it is due and not the day before', async () => {
    const due = addMonths(today(), -36);
    const [kept, gone] = await run(
      `select t.id, t.common_name as name from tls_certificates t join accounts a on a.id = t.account_id
       where a.email = 'ada@example.com' and t.revoked_on is null order by t.valid_until limit 2`,
    );
    await run(`update tls_certificates set valid_until = $1::date + 1 where id = $2`, due, kept?.id ?? '');
    await run(`update tls_certificates set valid_until = $1::date where id = $2`, due, gone?.id ?? '');
    const listed = await names('list_tls_certificates', 'tls_certificates', 'common_name');
    expect(listed).toContain(kept?.name);
    expect(listed).not.toContain(gone?.name);
    expect(JSON.stringify((await app.call('get_tls_expiry_report', { within_days: 30 })).structured)).not.toContain(gone?.name);
    expect((await app.call('get_tls_certificate_summary', { domain: gone?.name })).text).not.toContain('"found":true');
    const body = await exported();
    expect(body).toContain(`"common_name":"${kept?.name}"`);
    expect(body).not.toContain(`"common_name":"${gone?.name}"`);
  });

  it('is not found by an assistant, on its page or by its link, when the operator’s period is over; one of a day less is', async () => {
    const due = addMonths(today(), -24);
    const rows = await run(
      `select c.id, c.title || ' ' || c.public_number as name from certificates c join accounts a on a.id = c.account_id
       where a.email = 'ada@example.com' and c.hidden_at is null and c.revoked_on is null order by c.public_number limit 2`,
    );
    const seen = [];
    for (const [at, { id }] of rows.entries()) {
      await run(`update certificates set expires_on = $1::date + $2::integer where id = $3`, due, 1 - at, id);
      const [row] = await run(`select verification_code::text as id, public_number as name from certificates where id = $1`, id);
      const answer = await app.call('get_certificate_summary', { public_number: row?.name });
      const link = await fetch(`${world.url}/v/${row?.id}`);
      seen.push([answer.text?.includes('"title":"'), link.status, (await exported()).includes(`"public_number":"${row?.name}"`)]);
    }
    expect(seen).toEqual([
      [true, 200, true],
      [false, 404, false],
    ]);
  });

  it('CS-51: an account whose 36 months are over has no service, no token, no session and no sign-in; a legal hold changes nothing', async () => {
    const other = await connect(world, { owner: grace, choices: { tick: 'all' } });
    const age = (from: string) =>
      run(
        `update memberships set last_activity_at = $1::timestamptz where service = 'certumssl' and account_id = (select id from accounts where email = $2)`,
        from,
        grace.email,
      );
    await run(
      `delete from memberships where service <> 'certumssl' and account_id = (select id from accounts where email = $1)`,
      grace.email,
    );
    await age(`${addMonths(today(), -36)}T23:59:59Z`);
    expect((await other.call('list_tls_certificates')).status).toBe(401);
    await run(`insert into legal_holds (account_id, reason, placed_at) select id, 'x', now() from accounts where email = $1`, grace.email);
    expect((await other.call('list_tls_certificates')).status).toBe(401);
    expect((await other.person.get('/dashboard/account')).body).not.toContain(grace.email);
    await expect(connect(world, { owner: grace })).rejects.toThrow('the consent did not end in a redirect');
    await age(`${addMonths(today(), -35)}T00:00:00Z`);
    expect((await other.call('list_tls_certificates')).status).toBe(200);
  });
});
