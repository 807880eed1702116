import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseMinor } from '../../src/rights/minors.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { readMessages, waitingMessageIds } from '../../src/store/accounts/contact-messages.ts';
import { recipientsWith } from '../../src/store/visibility/recipient-rights.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { addOwner, importRows } from '../support/account-data.ts';
import { ada, connect, grace } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { Person, textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('the contact page', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true, budgets: { contact: 8 } });
    await world.database.statement('delete from contact_messages', []);
  });
  afterAll(() => world.close());

  const query = (text: string, ...given: string[]) => world.database.statement<Record<string, unknown>>(text, given);
  const keys = () => loadPurposeKeys({ orm: world.database.orm, dataKey: testDataKey, clock: world.clock });
  const accountOf = async (email: string) => (await accountWith({ orm: world.database.orm, email })) ?? '';
  async function signedIn(owner = ada): Promise<Person> {
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), owner);
    return person;
  }

  it('CS-25, CS-58, CS-06: strangers report security, rights and under-18 matters, stored with their channel and a sealed sender', async () => {
    const stranger = new Person(world.url);
    expect((await stranger.get('/')).body).toContain('href="/contact"');
    for (const kind of ['security', 'rights', 'under_18'])
      expect((await stranger.post('/contact', { kind, email: 'witness@mail.example', message: `About ${kind}` })).status).toBe(200);
    const rows = await query(`select channel, kind, account_id from contact_messages order by received_at, kind`);
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual({ channel: 'form', kind: 'under_18', account_id: null });
    const sealed = await query(`select position('witness@'::bytea in sender_sealed) = 0 as sealed from contact_messages`);
    expect(sealed).toEqual(Array.from({ length: 3 }, () => ({ sealed: true })));
    const { orm } = world.database;
    const ids = await waitingMessageIds({ orm });
    const waiting = [];
    for await (const each of readMessages({ orm, key: (await keys()).columns, ids })) waiting.push(each);
    expect(waiting).toContainEqual(
      expect.objectContaining({ kind: 'security', from: 'witness@mail.example', signedIn: false, body: 'About security' }),
    );
    expect((await stranger.post('/contact', { kind: 'question', message: 'Other' })).status).toBe(400);
    const blank = await stranger.post('/contact', { kind: 'under_18', email: 'witness@mail.example', message: ' ' });
    expect([blank.status, textOf(blank).includes('Write what it is about.')]).toEqual([400, true]);
    expect(blank.body).toMatch(/value="under_18" selected/);
    expect(blank.body).toContain('value="witness@mail.example"');
    const owner = await (await signedIn()).post('/contact', { kind: 'question', message: ' ' });
    expect([owner.status, textOf(owner).includes('Deactivate CertumSSL'), textOf(owner).includes('No service of yours')]).toEqual([
      400,
      true,
      false,
    ]);
  });

  it('answers a stranger the same whether an address has an account or not', async () => {
    const answers = [];
    for (const email of [ada.email, 'nobody@nowhere.example']) {
      const page = await new Person(world.url).post('/contact', { kind: 'rights', email, message: 'What do you hold of me?' });
      answers.push([page.status, textOf(page)]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(await query('select 1 from contact_messages where account_id is not null')).toEqual([]);
  });

  it('CS-30: deactivates only after a fresh sign-in by its form: not for a stranger, a token, or an old sign-in', async () => {
    const form = { service: 'certumssl' };
    const state = async () =>
      (await query(`select status from memberships where service = 'certumssl' and account_id = $1`, await accountOf(grace.email)))[0];
    expect((await new Person(world.url).post('/contact/deactivate', form)).location?.pathname).toBe('/sign-in');
    const app = await connect(world, { owner: grace, name: 'Deactivator', choices: { tick: 'all' } });
    const byToken = await fetch(`${world.url}/contact/deactivate`, {
      method: 'POST',
      redirect: 'manual',
      headers: { authorization: `Bearer ${app.accessToken}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'service=certumssl',
    });
    expect([byToken.status, new URL(byToken.headers.get('location') ?? '', world.url).pathname]).toEqual([303, '/sign-in']);
    const person = await signedIn(grace);
    world.clock.advance({ minutes: 6 });
    expect((await person.post('/contact/deactivate', form)).location?.pathname).toBe('/sign-in');
    expect(await state()).toEqual({ status: 'active' });
    const fresh = await signedIn(grace);
    expect(textOf(await fresh.get('/contact'))).toContain('Deactivate CertumSSL');
    expect((await fresh.post('/contact/deactivate', form)).location?.pathname).toBe('/dashboard/requests');
    expect(await state()).toEqual({ status: 'deactivated' });
    expect(textOf(await fresh.get('/contact'))).not.toContain('Deactivate CertumSSL');
    expect(await query(`select channel, status from privacy_requests where kind = 'deactivation'`)).toEqual([
      { channel: 'contact', status: 'done' },
    ]);
  });

  it('a form of another site changes and sends nothing (CS-09)', async () => {
    const person = await signedIn();
    const cookie = [...person.cookies.values()].map((each) => `${each.name}=${each.value}`).join('; ');
    const before = await query('select count(*)::int as n from contact_messages');
    for (const path of ['/contact', '/contact/deactivate']) {
      const response = await fetch(`${world.url}${path}`, {
        method: 'POST',
        headers: { cookie, origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
        body: 'kind=security&message=x&service=certfusion',
      });
      expect(response.status).toBe(403);
    }
    expect(await query('select count(*)::int as n from contact_messages')).toEqual(before);
    expect((await person.post('/contact', { kind: 'question', message: 'Mine' })).status).toBe(200);
    expect(await query(`select kind from contact_messages where account_id = $1`, await accountOf(ada.email))).toEqual([
      { kind: 'question' },
    ]);
  });

  it('one network sends only so much', async () => {
    const sent = [];
    for (let at = 0; at < 6; at += 1)
      sent.push((await new Person(world.url).post('/contact', { kind: 'security', message: 'Again' })).status);
    expect(sent).toContain(200);
    expect(sent.at(-1)).toBe(429);
  });

  it('CS-58: what is held of somebody under 18 goes at once, with a tombstone, and nothing of others', async () => {
    const owner = await addOwner(world, 'school@owner.example');
    const row = { list: 'L', title: 'Course', issued_on: '2026-01-02' };
    await importRows(world, owner, [
      { ...row, recipient_name: 'Young', recipient_email: 'young@people.example', public_number: 'Y-1' },
      { ...row, recipient_name: 'Old', recipient_email: 'old@people.example', public_number: 'O-1' },
    ]);
    const accountId = await accountOf(owner.email);
    const { orm } = world.database;
    const deps = { orm, clock: world.clock, key: (await keys()).tombstones, deletionsLog: world.deletionsLog };
    const recipientIds = await recipientsWith({ orm, accountId, email: 'young@people.example' });
    await query(`insert into legal_holds (account_id, reason, placed_at) values ($1, 'claim', now())`, accountId);
    expect(await eraseMinor(deps, { accountId, recipientIds, staffName: 'Rosalind' })).toBeNull();
    await query('update legal_holds set lifted_at = now()');
    expect(await eraseMinor(deps, { accountId, recipientIds, staffName: 'Rosalind' })).toEqual([{ erased: ['recipients'] }]);
    expect(await query(`select public_number from certificates where account_id = $1`, accountId)).toEqual([{ public_number: 'O-1' }]);
    expect(await eraseMinor(deps, { accountId, recipientIds: null, staffName: 'Rosalind' })).toHaveLength(2);
    expect(await query(`select 1 from accounts where id = $1`, accountId)).toEqual([]);
    expect(await query('select staff_name, subject, record_count from minor_erasures order by at, subject desc')).toEqual([
      { staff_name: 'Rosalind', subject: 'recipient', record_count: 1 },
      { staff_name: 'Rosalind', subject: 'account', record_count: 1 },
    ]);
    const [, ...lines] = (await readFile(world.deletionsLog, 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(['recipient', 'certfusion', 'certumssl']);
  });
});
