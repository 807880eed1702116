import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { rightsNamedIn, regionNames } from '../../src/policy/requests.ts';
import { makeRights } from '../../src/rights/requests.ts';
import { makeStaffRights, type StaffFiling, type StaffRights } from '../../src/rights/staff-requests.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { recipientsWith } from '../../src/store/visibility/recipient-rights.ts';
import { accountWith, stepsOf } from '../../src/store/rights/staff-requests.ts';
import { addOwner, importRows } from '../support/account-data.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { Person, textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('privacy requests that staff register', () => {
  let world: World;
  let staff: StaffRights;
  let app: ConnectedApp;
  let accountId: string;
  const owner = { email: 'school@owner.example', password: '' };
  const staffName = 'Rosalind';

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    const { orm } = world.database;
    const { clock, deletionsLog } = world;
    const keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    staff = makeStaffRights({ orm, clock, key: keys.tombstones, columnsKey: keys.columns, deletionsLog });
    const made = await addOwner(world, owner.email);
    const row = { list: 'L', title: 'Course', issued_on: '2026-01-02' };
    const people = ['mary', 'ada', 'emmy'].map((name, at) => ({
      ...row,
      recipient_name: name,
      recipient_email: `${name}@people.example`,
      public_number: `S-${at}`,
    }));
    await importRows(world, made, people);
    accountId = (await accountWith({ orm, email: owner.email })) ?? '';
    app = await connect(world, { owner: made, name: 'School app', choices: { tick: 'all' } });
  });
  afterAll(() => world.close());

  const today = () => world.clock().toISOString().slice(0, 10);
  const query = (text: string, ...given: string[]) => world.database.statement<Record<string, unknown>>(text, given);
  const filing = (given: Partial<StaffFiling>) => ({
    accountId,
    recipientId: null,
    kind: 'access' as const,
    service: 'certumssl' as const,
    channel: 'post' as const,
    receivedOn: today(),
    region: null,
    ground: null,
    staffName,
    ...given,
  });
  const recipient = async (name: string) =>
    (await recipientsWith({ orm: world.database.orm, accountId, email: `${name}@people.example` }))[0] ?? '';
  const refused = (code: string) => expect.objectContaining({ name: 'AppError', code });
  const titles = async () => JSON.stringify((await app.call('search_certificates')).structured);

  it.each(['post', 'email', 'phone'] as const)(
    'CS-28, CF-24: a request by %s is filed, its channel and each step kept with a name',
    async (channel) => {
      const { requestId, status } = await staff.file(filing({ channel, service: 'certfusion', kind: 'complaint_help' }));
      expect(status).toBe('identity_check');
      const { request } = await staff.advance({ accountId, requestId, staffName, places: ['GB'] });
      expect(request).toMatchObject({ channel, status: 'done', outcome: { authorities: ['GB'] } });
      const steps = await stepsOf({ orm: world.database.orm, requestId });
      expect(steps.map(({ actor, staffName: name, status: to }) => [actor, name, to])).toEqual(
        ['identity_check', 'in_progress', 'done'].map((to) => ['staff', staffName, to]),
      );
    },
  );

  it('CS-49: a refusal gives its reason, and the page says where to complain; what was refused moves no more', async () => {
    const graceId = (await accountWith({ orm: world.database.orm, email: grace.email })) ?? '';
    const { requestId } = await staff.file(filing({ accountId: graceId, kind: 'access' }));
    expect(await staff.refuse({ accountId: graceId, requestId, staffName, reason: 'identity_not_proved' })).toMatchObject({
      status: 'refused',
      reasonCode: 'identity_not_proved',
    });
    await expect(staff.advance({ accountId: graceId, requestId, staffName })).rejects.toEqual(refused('not_available'));
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), grace);
    const path = /\/dashboard\/requests\/req_[0-9a-z]{26}/.exec((await person.get('/dashboard/requests')).body)?.[0] ?? '';
    const page = textOf(await person.get(path));
    expect(page).toContain('We could not make sure that the request comes from the person');
    expect(page).toContain('complain to a data protection authority');
  });

  it('CS-30: staff can’t have a service deactivated; that takes a sign-in', async () => {
    await expect(staff.file(filing({ kind: 'deactivation' }))).rejects.toEqual(refused('forbidden'));
  });

  it('CS-40, CF-23: the region says which rights are named, and everyone has those of CS-27 to CS-29', async () => {
    for (const region of regionNames) {
      const rights = rightsNamedIn(region);
      expect(rights).toEqual(expect.arrayContaining(['access', 'rectification', 'erasure', 'deactivation']));
      expect([region, rights.includes('objection')]).toEqual([region, region !== 'other']);
      const { request } = await staff.advance({
        accountId,
        staffName,
        requestId: (await staff.file(filing({ region, kind: 'objection', service: 'certumssl' }))).requestId,
      });
      expect(request).toMatchObject({ region, status: 'in_progress' });
    }
  });

  it('CS-42: staff put right what an owner can’t, sealed as before, and keep salted hashes of it', async () => {
    const phoneOf = async () => (await query(`select encode(phone_sealed, 'hex') as p from accounts where id = $1`, accountId))[0]?.['p'];
    const { requestId } = await staff.file(filing({ kind: 'rectification' }));
    await expect(
      staff.advance({ accountId, requestId, staffName, correction: { field: 'recipient_name', value: 'x' } }),
    ).rejects.toBeInstanceOf(AppError);
    const begun = await staff.advance({ accountId, requestId, staffName });
    expect(begun.request.status).toBe('in_progress');
    await expect(staff.advance({ accountId, requestId, staffName })).rejects.toEqual(refused('invalid_input'));
    const correction = { field: 'phone' as const, value: '+44 20 7946 0000' };
    expect((await staff.advance({ accountId, requestId, staffName, correction })).request).toMatchObject({
      status: 'done',
      outcome: { corrected: ['phone'] },
    });
    expect(await phoneOf()).toMatch(/^[0-9a-f]{88,}$/);
    const row = JSON.stringify(await query('select * from privacy_requests where id = $1', requestId));
    expect(row).not.toContain('7946');
    const second = await staff.file(filing({ kind: 'rectification' }));
    const taken = { field: 'email' as const, value: grace.email };
    await expect(staff.advance({ accountId, requestId: second.requestId, staffName, correction: taken })).rejects.toEqual(
      refused('not_available'),
    );
  });

  it('CS-46: an objection stops until staff have reviewed it: refused, it goes on; upheld, it stays stopped', async () => {
    const stopped = async () =>
      (
        await query(
          `select objected_at is not null as stopped from memberships where account_id = $1 and service = 'certfusion'`,
          accountId,
        )
      )[0];
    const objection = () => staff.file(filing({ kind: 'objection', service: 'certfusion' }));
    const { requestId } = await objection();
    expect((await staff.advance({ accountId, requestId, staffName })).request.status).toBe('in_progress');
    expect(await stopped()).toEqual({ stopped: true });
    await staff.refuse({ accountId, requestId, staffName, reason: 'compelling_grounds' });
    expect(await stopped()).toEqual({ stopped: false });
    const again = await objection();
    await staff.advance({ accountId, requestId: again.requestId, staffName });
    expect((await staff.advance({ accountId, requestId: again.requestId, staffName })).request.status).toBe('done');
    expect(await stopped()).toEqual({ stopped: true });
    await query(`update memberships set objected_at = null where account_id = $1`, accountId);
  });

  it('CS-44: a recipient who has no sign-in has their record restricted: it leaves tools, and comes back when it is lifted', async () => {
    const { requestId } = await staff.file(filing({ kind: 'restriction', service: 'certfusion', recipientId: await recipient('mary') }));
    expect((await staff.advance({ accountId, requestId, staffName })).request.status).toBe('done');
    expect(await titles()).not.toContain('mary');
    expect(JSON.stringify((await app.call('search_certificates', { query: 'mary' })).structured)).not.toContain('mary');
    expect(await titles()).toContain('emmy');
    await staff.withdraw({ accountId, requestId, staffName });
    expect(await titles()).toContain('mary');
    expect(JSON.stringify((await app.call('search_certificates', { query: 'mary' })).structured)).toContain('mary');
  });

  it('CS-43, CS-41: a recipient’s erasure needs its ground, takes their record alone, and is noted outside the database; a copy is for staff to send', async () => {
    const recipientId = await recipient('ada');
    const copy = await staff.file(filing({ kind: 'access', service: 'certfusion', recipientId }));
    expect((await staff.advance({ accountId, requestId: copy.requestId, staffName })).request.status).toBe('in_progress');
    expect((await staff.advance({ accountId, requestId: copy.requestId, staffName })).request.status).toBe('done');
    await expect(staff.file(filing({ kind: 'erasure', service: 'certfusion', recipientId }))).rejects.toEqual(refused('invalid_input'));
    const { requestId } = await staff.file(filing({ kind: 'erasure', service: 'certfusion', recipientId, ground: 'unlawful' }));
    expect((await staff.advance({ accountId, requestId, staffName })).request).toMatchObject({
      status: 'done',
      reasonCode: 'unlawful',
      outcome: { erased: ['recipients'] },
    });
    expect(await titles()).not.toContain('ada');
    expect(await titles()).toContain('emmy');
    expect((await readFile(world.deletionsLog, 'utf8')).trim().split('\n').slice(1)).toHaveLength(1);
    await expect(staff.refuse({ accountId, requestId, staffName, reason: 'unfounded' })).rejects.toEqual(refused('not_available'));
    expect(await query(`select 1 from recipient_terms where recipient_id = $1`, recipientId)).toEqual([]);
  });

  it('staff take back nothing that an owner asked for: no open request, and no restriction in force', async () => {
    const { requestId } = await staff.file(filing({ kind: 'restriction', service: 'certfusion' }));
    const withdraw = () => staff.withdraw({ accountId, requestId, staffName });
    await expect(withdraw()).rejects.toEqual(refused('not_available'));
    expect((await staff.advance({ accountId, requestId, staffName })).request.status).toBe('done');
    await expect(withdraw()).rejects.toEqual(refused('not_available'));
    expect(await titles()).not.toContain('emmy');
    expect(await query(`select status, lifted_at from privacy_requests where id = $1`, requestId)).toEqual([
      { status: 'done', lifted_at: null },
    ]);
    const { orm } = world.database;
    const { clock, deletionsLog } = world;
    const { tombstones: key } = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    await makeRights({ orm, clock, key, deletionsLog }).withdraw({ accountId, requestId });
    expect(await titles()).toContain('emmy');
  });

  it('the owner sees what a recipient asked for, and can neither confirm nor take it back', async () => {
    const { requestId } = await staff.file(filing({ kind: 'restriction', service: 'certfusion', recipientId: await recipient('emmy') }));
    const rows = await query(`select channel from privacy_requests where id = $1 and record_kind = 'recipient'`, requestId);
    expect(rows).toEqual([{ channel: 'post' }]);
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), { email: owner.email, password: grace.password });
    const path = /\/dashboard\/requests\/req_[0-9a-z]{26}/.exec((await person.get('/dashboard/requests')).body)?.[0] ?? '';
    const page = await person.get(path);
    expect(textOf(page)).toContain('for one of your recipients');
    expect(page.body).not.toContain('/withdraw"');
    for (const step of ['withdraw', 'confirm']) expect((await person.post(`${path}/${step}`, {})).status).toBe(404);
  });

  it('CS-48: more may be asked to prove identity, and the clock runs on from the day of receipt', async () => {
    const { requestId, dueOn } = await staff.file(filing({ receivedOn: '2026-01-31' }));
    expect(dueOn).toBe('2026-02-28');
    world.clock.advance({ days: 3 });
    expect((await staff.advance({ accountId, requestId, staffName })).request).toMatchObject({ dueOn, receivedOn: '2026-01-31' });
    const tomorrow = new Date(world.clock().getTime() + 86_400_000).toISOString().slice(0, 10);
    await expect(staff.file(filing({ receivedOn: tomorrow }))).rejects.toEqual(refused('invalid_input'));
  });
});
