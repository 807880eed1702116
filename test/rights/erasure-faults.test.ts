import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingDeletions, readDeletions } from '../../src/rights/deletions.ts';
import { makeRights, type Rights } from '../../src/rights/requests.ts';
import { makeStaffRights, type StaffRights } from '../../src/rights/staff-requests.ts';
import { loadPurposeKeys, type PurposeKey } from '../../src/store/engine/purpose-keys.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { addOwner, importRows } from '../support/account-data.ts';
import { connect } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

/** Where the database breaks off: at the deletion, after it was noted; or at the commit, when all was deleted. */
const faults = {
  'between the note and the deletion': 'after delete on certificates',
  'between the deletion and the commit': 'after delete on memberships deferrable initially deferred',
} as const;

describe('an erasure that breaks off, or that somebody else is at', () => {
  let world: World;
  let rights: Rights;
  let staff: StaffRights;
  let key: PurposeKey;

  beforeAll(async () => {
    world = await openWorld();
    const { orm, statement } = world.database;
    const { clock, deletionsLog } = world;
    const keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    key = keys.tombstones;
    rights = makeRights({ orm, clock, key: keys.tombstones, deletionsLog });
    staff = makeStaffRights({ orm, clock, key: keys.tombstones, columnsKey: keys.columns, deletionsLog });
    await statement(`create function break_off() returns trigger language plpgsql as $$ begin raise exception 'broken off'; end $$`, []);
  });
  afterAll(() => world.close());

  const query = (text: string, ...given: string[]) => world.database.statement<Record<string, unknown>>(text, given);
  const fails = (error: unknown): never => {
    throw error;
  };
  const ground = { ground: 'no_longer_necessary' } as const;
  const notAvailable = expect.objectContaining({ name: 'AppError', code: 'not_available' });

  async function breaksOff(doing: Promise<unknown>): Promise<void> {
    const ended: unknown = await doing.catch((error: unknown) => error);
    expect(inspect(ended)).toContain('broken off');
  }

  async function arrive(email: string) {
    const owner = await addOwner(world, email);
    const row = { list: 'L', recipient_name: 'Mary', recipient_email: 'm@people.example', title: 'Course', issued_on: '2026-01-02' };
    await importRows(world, owner, [{ ...row, public_number: email.replace('@', '/') }]);
    return { owner, accountId: (await accountWith({ orm: world.database.orm, email })) ?? '' };
  }

  const file = async (accountId: string, kind: 'erasure' | 'access' | 'objection') =>
    (await rights.file({ accountId, kind, service: 'certfusion', categories: null, channel: 'dashboard' })).requestId;
  const stateOf = async (accountId: string) => {
    const rows = async (text: string) => (await query(text, accountId)).length;
    return {
      certificates: await rows('select 1 from certificates where account_id = $1'),
      recipients: await rows('select 1 from recipients where account_id = $1'),
      services: await rows('select 1 from memberships where account_id = $1'),
      apps: await rows(`select 1 from apps where account_id = $1 and status = 'active'`),
    };
  };
  const statusOf = async (requestId: string) =>
    (await query('select status from privacy_requests where id = $1', requestId))[0]?.['status'];
  const notedWithoutDeletion = async () =>
    missingDeletions({ orm: world.database.orm, deletions: await readDeletions({ file: world.deletionsLog, key }) });

  it.each(Object.entries(faults))('CS-43: broken off %s nothing is half done, and the next sweep finishes it', async (where, event) => {
    const { owner, accountId } = await arrive(`${where.length}@owner.example`);
    const app = await connect(world, { owner, name: 'An app' });
    const requestId = await file(accountId, 'erasure');
    await query(`create constraint trigger break_off ${event} for each row execute function break_off()`);
    await breaksOff(rights.confirm({ accountId, requestId, confirmation: ground }));
    await query(`drop trigger break_off on ${event.split(' ')[3]}`);
    expect(await stateOf(accountId)).toEqual({ certificates: 1, recipients: 1, services: 2, apps: 1 });
    expect(await statusOf(requestId)).toBe('in_progress');
    await expect(rights.withdraw({ accountId, requestId })).rejects.toEqual(notAvailable);
    await expect(staff.refuse({ accountId, requestId, staffName: 'R', reason: 'unfounded' })).rejects.toEqual(notAvailable);
    await world.sweep();
    expect(await stateOf(accountId)).toEqual({ certificates: 0, recipients: 0, services: 1, apps: 0 });
    expect(await statusOf(requestId)).toBe('done');
    expect((await app.call('search_certificates')).status).toBe(401);
    expect(await notedWithoutDeletion()).toEqual([]);
  });

  it('CS-43: what was noted and is then kept by a legal hold is marked as not done, and noted again when it is done', async () => {
    const { accountId } = await arrive('held@owner.example');
    const requestId = await file(accountId, 'erasure');
    await query('create constraint trigger break_off after delete on certificates for each row execute function break_off()');
    await breaksOff(rights.confirm({ accountId, requestId, confirmation: ground }));
    await query('drop trigger break_off on certificates');
    expect(await notedWithoutDeletion()).toHaveLength(1);
    await query(`insert into legal_holds (account_id, reason, placed_at) values ($1, 'claim', now())`, accountId);
    for (let times = 0; times < 2; times += 1) await world.sweep();
    expect(await notedWithoutDeletion()).toEqual([]);
    expect((await readFile(world.deletionsLog, 'utf8')).split('not_deleted_at')).toHaveLength(2);
    expect(await stateOf(accountId)).toMatchObject({ certificates: 1, services: 2 });
    await query('update legal_holds set lifted_at = now()');
    world.clock.advance({ minutes: 5 });
    await world.sweep();
    expect(await stateOf(accountId)).toMatchObject({ certificates: 0, services: 1 });
    const [stone] = await query(`select encode(hash, 'hex') as hash from tombstones order by deleted_at desc limit 1`);
    expect((await readDeletions({ file: world.deletionsLog, key })).map(({ hash }) => hash)).toContain(stone?.['hash']);
    expect(await notedWithoutDeletion()).toEqual([]);
  });

  it('one erasure that can’t be done keeps no other request or job from its end; the log says so without a value, and it is tried again', async () => {
    const [stuck, other] = [await arrive('stuck@owner.example'), await arrive('other@owner.example')];
    await query(`create function stick() returns trigger language plpgsql as $$ begin
      if old.account_id = '${stuck.accountId}' then raise exception 'stuck'; end if; return old; end $$`);
    await query('create trigger stick before delete on memberships for each row execute function stick()');
    const [poisoned, asked, old] = [
      await file(stuck.accountId, 'erasure'),
      await file(other.accountId, 'erasure'),
      await file(stuck.accountId, 'access'),
    ];
    const begun = { accountId: stuck.accountId, requestId: poisoned, confirmation: ground };
    await expect(rights.confirm(begun)).rejects.toThrow('delete from "memberships"');
    await query(`update privacy_requests set status = 'in_progress', confirmed_at = now() where id = $1`, asked);
    await query(`update privacy_requests set due_on = '2020-01-01', received_on = '2019-12-02' where id = $1`, old);
    await query(
      `insert into oauth_artifacts (kind, digest, payload, created_at, expires_at) values ('Session', 'gone', '{}', '2020-01-01', '2020-01-02')`,
    );
    const before = world.logged.length;
    await expect(world.sweep()).rejects.toThrow(/^failed: requests$/);
    expect([await statusOf(poisoned), await statusOf(asked), await statusOf(old)]).toEqual(['in_progress', 'done', 'lapsed']);
    expect([await stateOf(stuck.accountId), await stateOf(other.accountId)]).toMatchObject([
      { certificates: 1 },
      { certificates: 0, services: 1 },
    ]);
    expect(await query(`select 1 from oauth_artifacts where digest = 'gone'`)).toEqual([]);
    const lines = world.logged.slice(before).filter((line) => line.includes('a job failed'));
    expect(lines.map((line) => (JSON.parse(line) as { job: string }).job)).toEqual(['requests']);
    expect(lines.join()).not.toMatch(/stuck|owner\.example|[0-9a-f]{8}-[0-9a-f]{4}-/);
    await query('drop trigger stick on memberships');
    await world.sweep();
    expect(await statusOf(poisoned)).toBe('done');
    expect(await notedWithoutDeletion()).toEqual([]);
  });

  it('two confirmations at one moment: one carries it out, the other is told that it can’t', async () => {
    for (const kind of ['erasure', 'objection'] as const) {
      const { accountId } = await arrive(`twice-${kind}@owner.example`);
      const requestId = await file(accountId, kind);
      const lines = (await readDeletions({ file: world.deletionsLog, key })).length;
      const confirmation = kind === 'erasure' ? ground : {};
      const both = await Promise.allSettled([1, 2].map(() => rights.confirm({ accountId, requestId, confirmation })));
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: notAvailable });
      const steps = await query('select status from request_steps where request_id = $1 order by at', requestId);
      expect(steps.filter(({ status }) => status === 'in_progress')).toHaveLength(kind === 'erasure' ? 1 : 2);
      expect((await readDeletions({ file: world.deletionsLog, key })).length).toBe(lines + (kind === 'erasure' ? 1 : 0));
    }
  });

  it('a confirmation while the sweep settles: the erasure is done and noted once', async () => {
    const { accountId } = await arrive('settled@owner.example');
    const requestId = await file(accountId, 'erasure');
    const lines = (await readDeletions({ file: world.deletionsLog, key })).length;
    await Promise.allSettled([
      rights.confirm({ accountId, requestId, confirmation: ground }),
      ...[1, 2, 3].map(() => rights.settle(fails)),
    ]);
    expect(await statusOf(requestId)).toBe('done');
    expect((await readDeletions({ file: world.deletionsLog, key })).length).toBe(lines + 1);
    expect(await notedWithoutDeletion()).toEqual([]);
  });

  it('a confirmation that races the app’s cancel, the owner’s withdrawal or the staff’s refusal: one wins, nothing is done of the loser', async () => {
    const { owner, accountId } = await arrive('race@owner.example');
    const app = await connect(world, { owner, name: 'Filing app', choices: { tick: 'all' } });
    const outcomes = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const filed = await app.call('file_privacy_request', { kind: 'access', service: 'certfusion' });
      const [row] = await query('select id from privacy_requests where account_id = $1 order by ordinal desc limit 1', accountId);
      const requestId = String(row?.['id']);
      const confirm = () => rights.confirm({ accountId, requestId, confirmation: {} });
      const against = [
        async () => {
          const { error } = await app.call('cancel_privacy_request', { request: filed.structured?.['request'] });
          if (error) throw new Error(error);
        },
        () => rights.withdraw({ accountId, requestId }),
        () => staff.refuse({ accountId, requestId, staffName: 'R', reason: 'unfounded' }),
      ][round % 3];
      const pair = round < 3 ? [confirm, against] : [against, confirm];
      const settled = await Promise.allSettled(pair.map(async (each) => each?.()));
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const status = String(await statusOf(requestId));
      outcomes.add(status);
      const confirmed = settled[round < 3 ? 0 : 1]?.status === 'fulfilled';
      expect(status === 'done').toBe(confirmed);
    }
    expect([...outcomes].every((status) => ['done', 'withdrawn', 'refused'].includes(status))).toBe(true);
  });
});
