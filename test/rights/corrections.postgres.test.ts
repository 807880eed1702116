import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passwordResetMail, verificationLinkMail } from '../../src/policy/mail.ts';
import { makeStaffRights, type Correction, type StaffRights } from '../../src/rights/staff-requests.ts';
import { loadPurposeKeys, type PurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { queueMail, waitingMail } from '../../src/store/mail/outbox.ts';
import { makePasswordLink } from '../../src/store/accounts/password-links.ts';
import { recipientsWith } from '../../src/store/visibility/recipient-rights.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { rowsOf } from '../support/pages.ts';
import { Person, textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('CS-42: what staff put right', () => {
  let world: World;
  let staff: StaffRights;
  let keys: PurposeKeys;
  let owner: Owner;
  let app: ConnectedApp;
  let accountId: string;
  const staffName = 'Rosalind';
  const publicUrl = 'https://certveil.example';

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    const { orm } = world.database;
    const { clock, deletionsLog } = world;
    keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    staff = makeStaffRights({ orm, clock, key: keys.tombstones, columnsKey: keys.columns, deletionsLog });
    owner = await addOwner(world, 'wrong@owner.example');
    const row = { list: 'L', title: 'Course', issued_on: '2026-01-02' };
    await importRows(world, owner, [
      { ...row, recipient_name: 'Mary Sommerville', recipient_email: 'mary@wrong.example', public_number: 'C-1' },
      { ...row, recipient_name: 'Ada Byron', recipient_email: 'ada@people.example', public_number: 'C-2' },
    ]);
    accountId = (await accountWith({ orm, email: owner.email })) ?? '';
    app = await connect(world, { owner, name: 'School app', choices: { tick: 'all' } });
  });
  afterAll(() => world.close());

  const query = <Row = Record<string, unknown>>(text: string, ...given: string[]) => world.database.statement<Row>(text, given);
  const waiting = async () => {
    const mails = await waitingMail({ orm: world.database.orm, key: keys.columns, now: world.clock() });
    return mails.map(({ kind, to }) => [kind, to]);
  };

  async function correct(correction: Correction, recipientId: string | null = null): Promise<string> {
    const receivedOn = world.clock().toISOString().slice(0, 10);
    const whose = { accountId, recipientId, kind: 'rectification' as const, service: 'certfusion' as const, channel: 'email' as const };
    const { requestId } = await staff.file({ ...whose, receivedOn, region: null, ground: null, staffName });
    await staff.advance({ accountId, requestId, staffName, correction });
    return requestId;
  }

  /** Only who knows the value can tell that a hash is of it: 16 bytes of salt, then SHA-256 of both. */
  async function hashesHold(requestId: string, before: string, after: string): Promise<void> {
    const [row] = await query<{ b: string; a: string; all: string }>(
      `select encode(before_hash, 'hex') as b, encode(after_hash, 'hex') as a, r::text as all from privacy_requests r where id = $1`,
      requestId,
    );
    for (const [hash = '', value] of [
      [row?.b, before],
      [row?.a, after],
    ] as const) {
      const salt = Buffer.from(hash.slice(0, 32), 'hex');
      expect(hash.slice(32)).toBe(createHash('sha256').update(salt).update(value).digest('hex'));
    }
    expect(row?.b.slice(0, 32)).not.toBe(row?.a.slice(0, 32));
    for (const value of [before, after]) expect(row?.all).not.toContain(value);
  }

  const recipient = async (email: string) => (await recipientsWith({ orm: world.database.orm, accountId, email }))[0] ?? '';

  it('a recipient’s name and address are right at once in tools, search, order and on the page, and only salted hashes of them stay', async () => {
    const { orm } = world.database;
    const id = await recipient('mary@wrong.example');
    const message = verificationLinkMail({ publicUrl, link: `${publicUrl}/v/1` });
    const [{ certificateId } = { certificateId: '' }] = await query<{ certificateId: string }>(
      `select id as "certificateId" from certificates where recipient_id = $1`,
      id,
    );
    await queueMail({ tx: orm, key: keys.columns, now: world.clock(), to: 'mary@wrong.example', message, accountId, certificateId });
    await hashesHold(await correct({ field: 'recipient_name', value: 'Zoe  Somerville ' }, id), 'Mary Sommerville', 'Zoe Somerville');
    await hashesHold(
      await correct({ field: 'recipient_email', value: 'zoe@right.example' }, id),
      'mary@wrong.example',
      'zoe@right.example',
    );
    expect(rowsOf(await app.call('search_recipients'), 'recipients').map(({ name, email }) => [name, email])).toEqual([
      ['Ada Byron', 'ada@people.example'],
      ['Zoe Somerville', 'zoe@right.example'],
    ]);
    for (const [tool, key] of [
      ['search_recipients', 'recipients'],
      ['search_certificates', 'certificates'],
    ] as const) {
      expect(rowsOf(await app.call(tool, { query: 'sommerville' }), key)).toEqual([]);
      expect(rowsOf(await app.call(tool, { query: 'zoe somer' }), key)).toHaveLength(1);
    }
    expect(rowsOf(await app.call('search_recipients', { query: 'zoe@right.example' }), 'recipients')).toHaveLength(1);
    expect(rowsOf(await app.call('search_recipients', { query: 'mary@wrong.example' }), 'recipients')).toEqual([]);
    const [link] = await query<{ code: string }>(`select verification_code as code from certificates where public_number = 'C-1'`);
    expect(textOf(await new Person(world.url).get(`/v/${link?.code}`))).toContain('Zoe Somerville');
    expect(await waiting()).toEqual([['verification_link', 'zoe@right.example']]);
    await query('delete from outbox');
  });

  it('an owner’s address is right at once in tools and at sign-in; links that the wrong one got are dead', async () => {
    const { orm } = world.database;
    const now = world.clock();
    const link = await makePasswordLink({ tx: orm, accountId, now, kind: 'reset' });
    const message = passwordResetMail({ publicUrl, link: `${publicUrl}/password/${link.token}`, within: 'an hour' });
    await queueMail({ tx: orm, key: keys.columns, now, to: owner.email, message, accountId });
    expect((await new Person(world.url).get(`/password/${link.token}`)).status).toBe(200);
    await hashesHold(await correct({ field: 'email', value: 'right@owner.example' }), owner.email, 'right@owner.example');
    expect((await app.call('get_account_summary')).structured).toMatchObject({ email: 'right@owner.example' });
    expect((await new Person(world.url).get(`/password/${link.token}`)).status).toBe(404);
    expect(await waiting()).toEqual([]);
    for (const [email, signsIn] of [
      [owner.email, false],
      ['right@owner.example', true],
    ] as const) {
      const person = new Person(world.url);
      await person.signIn(await person.get('/sign-in'), { ...owner, email });
      expect((await person.get('/dashboard')).url.pathname === '/dashboard').toBe(signsIn);
    }
  });

  it('nothing is changed by a value that the field can’t hold, another’s address, a field of somebody else, or a double of a list', async () => {
    const row = {
      list: 'L',
      title: 'Course',
      issued_on: '2026-01-02',
      recipient_name: 'Ada Byron',
      recipient_email: 'ada.b@people.example',
    };
    await importRows(world, { ...owner, email: 'right@owner.example' }, [{ ...row, public_number: 'C-3' }]);
    const id = await recipient('ada@people.example');
    const state = () => query(`select email, name from recipients where account_id = $1 order by email`, accountId);
    const before = await state();
    const refused = (code: string) => expect.objectContaining({ name: 'AppError', code });
    await expect(correct({ field: 'email', value: 'nobody' })).rejects.toEqual(refused('invalid_input'));
    await expect(correct({ field: 'display_name', value: '\u200b' })).rejects.toEqual(refused('invalid_input'));
    await expect(correct({ field: 'email', value: grace.email })).rejects.toEqual(refused('not_available'));
    await expect(correct({ field: 'display_name', value: 'X' }, id)).rejects.toEqual(refused('invalid_input'));
    await expect(correct({ field: 'recipient_email', value: 'x@y.example' })).rejects.toEqual(refused('invalid_input'));
    await expect(correct({ field: 'recipient_email', value: 'ada.b@people.example' }, id)).rejects.toEqual(refused('not_available'));
    expect(await state()).toEqual(before);
  });
});
