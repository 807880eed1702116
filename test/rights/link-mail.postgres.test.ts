import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSender } from '../../src/jobs/mail.ts';
import { makeLogger } from '../../src/watch/log.ts';
import { passwordResetMail } from '../../src/policy/mail.ts';
import { makeRights } from '../../src/rights/requests.ts';
import { makeStaffRights, type StaffRights } from '../../src/rights/staff-requests.ts';
import { loadPurposeKeys, type PurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { queueMail, waitingMail } from '../../src/store/mail/outbox.ts';
import { mailNewLink } from '../../src/store/certificates/recipient-links.ts';
import { recipientsWith } from '../../src/store/visibility/recipient-rights.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { addOwner, importRows } from '../support/account-data.ts';
import { testDataKey } from '../support/engines.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a mail with a recipient’s new link that isn’t delivered yet', () => {
  let world: World;
  let keys: PurposeKeys;
  let staff: StaffRights;
  let accountId: string;
  let owners = 0;
  const staffName = 'Rosalind';
  const ownerEmail = () => `issuer-${owners}@owner.example`;

  beforeAll(async () => {
    world = await openWorld({ retention: { certificate: '1 months' } });
    const { clock, deletionsLog, database } = world;
    keys = await loadPurposeKeys({ orm: database.orm, dataKey: testDataKey, clock });
    staff = makeStaffRights({ orm: database.orm, clock, key: keys.tombstones, columnsKey: keys.columns, deletionsLog });
  });
  afterAll(() => world.close());

  /** An owner of two certificates; Mary asked for a new link to hers, and Emmy to hers. */
  beforeEach(async () => {
    await query('delete from outbox');
    owners += 1;
    const owner = await addOwner(world, ownerEmail());
    const rows = ['mary', 'emmy'].map((name) => ({
      list: 'L',
      recipient_name: name,
      recipient_email: `${name}@people.example`,
      title: 'Course',
      issued_on: '2026-01-02',
      expires_on: '',
      public_number: `${owners}-${name}`,
    }));
    await importRows(world, owner, rows);
    accountId = (await accountWith({ orm: world.database.orm, email: owner.email })) ?? '';
    for (const name of ['mary', 'emmy']) {
      await new Person(world.url).submit(`/v/${(await certificateOf(name)).code}/new-link`, {});
    }
  });

  const [mary, emmy] = ['mary@people.example', 'emmy@people.example'];
  const query = (text: string, ...given: string[]) => world.database.statement<Record<string, unknown>>(text, given);
  const waiting = async () => (await waitingMail({ orm: world.database.orm, key: keys.columns, now: world.clock() })).map(({ to }) => to);
  const rowsLeft = async () => (await query('select 1 from outbox')).length;

  async function certificateOf(name: string): Promise<{ id: string; code: string }> {
    const [row] = await query('select id, verification_code as code from certificates where public_number = $1', `${owners}-${name}`);
    return { id: String(row?.['id']), code: String(row?.['code']) };
  }

  async function delivered(): Promise<string[]> {
    const sent: string[] = [];
    const { orm } = world.database;
    const log = makeLogger('silent', { write: () => undefined });
    const handOver = async ({ to }: { to: string }) => {
      sent.push(to);
      return null;
    };
    await makeSender({ orm, key: keys.columns, clock: world.clock, log, handOver }).deliver();
    return sent;
  }

  async function asked(kind: 'erasure' | 'restriction'): Promise<string> {
    const [recipientId = ''] = await recipientsWith({ orm: world.database.orm, accountId, email: mary });
    const receivedOn = world.clock().toISOString().slice(0, 10);
    const ground = kind === 'erasure' ? ('no_longer_necessary' as const) : null;
    const filing = { accountId, recipientId, kind, service: 'certfusion', channel: 'post', receivedOn, region: null, ground } as const;
    const { requestId } = await staff.file({ ...filing, staffName });
    expect((await staff.advance({ accountId, requestId, staffName })).request.status).toBe('done');
    return requestId;
  }

  it('CS-43: goes with the recipient who is erased', async () => {
    await asked('erasure');
    expect([await waiting(), await rowsLeft(), await delivered()]).toEqual([[emmy], 1, [emmy]]);
  });

  it('CS-44: waits while the recipient is restricted, and is sent once that is lifted', async () => {
    const requestId = await asked('restriction');
    expect([await waiting(), await delivered()]).toEqual([[emmy], [emmy]]);
    await staff.withdraw({ accountId, requestId, staffName });
    expect([await waiting(), await delivered(), await delivered()]).toEqual([[mary], [mary], []]);
  });

  it.each([
    ['the list is hidden', `update lists set hidden_at = now() where account_id = $1`],
    ['the owner can’t sign in', `update accounts set disabled_at = now() where id = $1`],
    ['the service is cancelled (CS-32)', `update memberships set status = 'deactivated' where account_id = $1 and service = 'certfusion'`],
  ])('waits while %s, like the link itself', async (_, change) => {
    await query(change, accountId);
    expect([await waiting(), await delivered(), await rowsLeft()]).toEqual([[], [], 2]);
  });

  it('CS-43: goes with the service, and with the account', async () => {
    const { orm } = world.database;
    const { clock, deletionsLog } = world;
    const rights = makeRights({ orm, clock, key: keys.tombstones, deletionsLog });
    const erase = async (service: 'certfusion' | 'certumssl') => {
      const { requestId } = await rights.file({ accountId, kind: 'erasure', service, categories: null, channel: 'dashboard' });
      await rights.confirm({ accountId, requestId, confirmation: { ground: 'no_longer_necessary' } });
    };
    await erase('certfusion');
    expect(await rowsLeft()).toBe(0);
    await erase('certumssl');
    expect(await query('select 1 from accounts where id = $1', accountId)).toEqual([]);
  });

  it('goes with the certificate that retention deletes', async () => {
    await query(`update certificates set expires_on = '2026-02-02' where public_number = $1`, `${owners}-mary`);
    await world.sweep();
    world.clock.advance({ days: 1 });
    await world.sweep();
    expect(await query('select 1 from certificates where public_number = $1', `${owners}-mary`)).toEqual([]);
    expect([await waiting(), await rowsLeft()]).toEqual([[emmy], 1]);
  });

  it('is not made for a code that holds no more, nor for what was hidden meanwhile; the link stays', async () => {
    const { orm } = world.database;
    const make = (certificateId: string, code: string) =>
      mailNewLink({ orm, key: keys.columns, publicUrl: world.url, now: world.clock(), certificateId, code });
    const { id, code } = await certificateOf('emmy');
    expect(await make(id, '5f0c8e1a-1111-4222-8333-444455556666')).toBe(false);
    for (const table of ['certificates', 'recipients', 'lists']) {
      await query(`update ${table} set hidden_at = now() where account_id = $1`, accountId);
      expect([table, await make(id, code)]).toEqual([table, false]);
      await query(`update ${table} set hidden_at = null where account_id = $1`, accountId);
    }
    expect([await rowsLeft(), (await certificateOf('emmy')).code]).toEqual([2, code]);
    expect(await make(id, code)).toBe(true);
  });

  it('CS-42: a recipient’s right address takes over their own mail, not their namesake’s in the owner’s outbox', async () => {
    const { orm } = world.database;
    const [recipientId = ''] = await recipientsWith({ orm, accountId, email: mary });
    const message = passwordResetMail({ publicUrl: world.url, link: `${world.url}/password/x`, within: 'an hour' });
    await queueMail({ tx: orm, key: keys.columns, now: world.clock(), to: mary, message, accountId });
    const receivedOn = world.clock().toISOString().slice(0, 10);
    const filing = { accountId, recipientId, kind: 'rectification', service: 'certfusion', channel: 'post', receivedOn } as const;
    const { requestId } = await staff.file({ ...filing, region: null, ground: null, staffName });
    await staff.advance({ accountId, requestId, staffName, correction: { field: 'recipient_email', value: 'right@people.example' } });
    const mail = await waitingMail({ orm, key: keys.columns, now: world.clock() });
    expect(mail.map(({ kind, to }) => `${kind} ${to}`).toSorted()).toEqual([
      `password_reset ${mary}`,
      `verification_link ${emmy}`,
      'verification_link right@people.example',
    ]);
  });
});
