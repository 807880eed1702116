import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishClosedMonths } from '../../src/jobs/verification.ts';
import { monthAfter, monthOf, startOf } from '../../src/policy/verification.ts';
import { makeStaffRights, type StaffRights } from '../../src/rights/staff-requests.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { recipientsWith } from '../../src/store/visibility/recipient-rights.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { rowsOf } from '../support/pages.ts';
import { Person, textOf } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { openWorld, type World } from '../support/world.ts';

const suppressed = { views: 'suppressed', downloads: 'suppressed' };

describe('an objection', () => {
  let world: World;
  let staff: StaffRights;
  let owner: Owner;
  let other: Owner;
  let accountId: string;
  const staffName = 'Rosalind';

  beforeAll(async () => {
    world = await openWorld();
    const { orm } = world.database;
    const { clock, deletionsLog } = world;
    const keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    staff = makeStaffRights({ orm, clock, key: keys.tombstones, columnsKey: keys.columns, deletionsLog });
    owner = await school('objector@owner.example');
    other = await school('other@owner.example');
    accountId = (await accountWith({ orm, email: owner.email })) ?? '';
  });
  afterAll(() => world.close());

  const query = (text: string, ...given: (string | number)[]) => world.database.statement<Record<string, unknown>>(text, given);

  async function school(email: string): Promise<Owner> {
    const made = await addOwner(world, email);
    const rows = Array.from({ length: 6 }, (_, at) => ({
      list: 'L',
      recipient_name: `Person ${at}`,
      recipient_email: `p${at}@people.example`,
      title: 'Course',
      public_number: `${email.replace('@', '.at.')}-${at}`,
      issued_on: '2025-01-02',
    }));
    await importRows(world, made, rows);
    return made;
  }

  /** Every link is opened in the running month, which then closes and is published. Answers the month. */
  async function monthPasses(): Promise<string> {
    const month = monthOf(world.clock());
    await query(
      `insert into verification_events (at, account_id, certificate_id, kind)
       select $1::timestamptz, account_id, id, 'view' from certificates`,
      startOf(month).toISOString(),
    );
    world.clock.travelTo(new Date(startOf(monthAfter(month)).getTime() + 2 * 3_600_000));
    await publishClosedMonths({ orm: world.database.orm, clock: world.clock });
    return month;
  }

  async function activity(of: Owner): Promise<ReadonlyMap<unknown, unknown>> {
    const app = await connect(world, { owner: of, choices: { tick: 'all' } });
    const [list] = rowsOf(await app.call('list_certificate_lists'), 'lists');
    const months = rowsOf(await app.call('get_verification_activity', { list: list?.['list'], months: 12 }), 'months');
    return new Map(months.map(({ month, ...counts }) => [month, counts]));
  }

  async function signedIn(): Promise<Person> {
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), owner);
    return person;
  }

  /** By the person, in the dashboard. Answers its handle, and what was decided. */
  async function object(person: Person, filing: Record<string, unknown> = {}) {
    const { json } = await api(person, '/api/requests', { kind: 'objection', service: 'certfusion', ...filing });
    const path = `/api/requests/${String(json['request'])}`;
    const done = await api(person, `${path}/confirm`, {});
    expect(done.status).toBe(200);
    return { path, json: done.json, page: `/dashboard/requests/${String(json['request'])}` };
  }

  const lastRequest = async () =>
    String((await query('select id from privacy_requests where account_id = $1 order by ordinal desc limit 1', accountId))[0]?.['id']);
  const marks = async () =>
    (
      await query(
        `select objected_at is not null as objected, marketing_opt_out_at is not null as opted_out
         from memberships where account_id = $1 and service = 'certfusion'`,
        accountId,
      )
    )[0];

  it('CS-46, CF-20, CF-21: once confirmed no new month of the account’s lists is published, frozen months stay, marketing ends at once, and a refusal resumes it', async () => {
    const frozen = await monthPasses();
    const counted = { views: 6, downloads: 'suppressed' };
    const person = await signedIn();
    const { json, page } = await object(person);
    expect(json).toMatchObject({
      status: 'in_progress',
      outcome: { stopped: ['marketing', 'verification_activity', 'improve'], goes_on: ['verification_activity', 'security'] },
    });
    expect(await marks()).toEqual({ objected: true, opted_out: true });
    const shown = textOf(await person.get(page));
    expect(shown).toContain('No monthly totals of the openings of your lists’ certificates are published');
    expect(shown).toContain('nobody could find out who abuses a link');
    expect(shown).toContain('everybody’s data, yours too, would be at risk');

    const stopped = await monthPasses();
    const during = await activity(owner);
    expect([during.get(frozen), during.get(stopped)]).toEqual([counted, suppressed]);
    expect((await activity(other)).get(stopped)).toEqual(counted);

    const requestId = await lastRequest();
    await staff.refuse({ accountId, requestId, staffName, reason: 'compelling_grounds' });
    expect(await marks()).toEqual({ objected: false, opted_out: true });
    const again = textOf(await (await signedIn()).get(page));
    expect(again).toContain('Everything else goes on as before.');
    expect(again).not.toContain('What goes on, and why');
    const resumed = await monthPasses();
    const after = await activity(owner);
    expect([frozen, stopped, resumed].map((month) => after.get(month))).toEqual([counted, suppressed, counted]);
  });

  it('CS-46: what stopped for two objections stays stopped until the last of them has ended, and upheld it stays so', async () => {
    const person = await signedIn();
    const first = await object(person);
    await object(person, { categories: ['verification_activity'] });
    const second = await lastRequest();
    await object(person, { categories: ['quota'] });
    expect((await api(person, `${first.path}/withdraw`, {})).status).toBe(200);
    expect(await marks()).toMatchObject({ objected: true });
    expect((await staff.advance({ accountId, requestId: second, staffName })).request.status).toBe('done');
    const month = await monthPasses();
    expect((await activity(owner)).get(month)).toEqual(suppressed);
    await query(`update memberships set objected_at = null where account_id = $1`, accountId);
  });

  it('CS-46, CF-19: of a recipient who objects the link shows and records nothing and nothing is counted, until staff have refused it', async () => {
    const orm = world.database.orm;
    const [recipientId = ''] = await recipientsWith({ orm, accountId, email: 'p1@people.example' });
    const [link] = await query('select id, verification_code::text as code from certificates where recipient_id = $1', recipientId);
    const opened = async () => {
      const { status } = await new Person(world.url).get(`/v/${String(link?.['code'])}`);
      const [row] = await query('select count(*)::int as n from verification_events where certificate_id = $1', String(link?.['id']));
      return { status, events: Number(row?.['n']) };
    };
    const before = await opened();
    expect(before.status).toBe(200);
    const whose = { accountId, recipientId, region: null, ground: null, staffName, receivedOn: world.clock().toISOString().slice(0, 10) };
    const { requestId } = await staff.file({ ...whose, kind: 'objection', service: 'certfusion', channel: 'email' });
    expect((await staff.advance({ accountId, requestId, staffName })).request).toMatchObject({
      status: 'in_progress',
      outcome: { stopped: ['recipients'] },
    });
    expect(await opened()).toEqual({ status: 404, events: before.events });
    expect(await marks()).toMatchObject({ objected: false });
    const month = await monthPasses();
    expect((await activity(owner)).get(month)).toMatchObject({ views: 5 });
    await staff.refuse({ accountId, requestId, staffName, reason: 'compelling_grounds' });
    expect(await opened()).toMatchObject({ status: 200 });
  });
});
