import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, connect, type ConnectedApp } from '../support/connect.ts';
import { Person, textOf } from '../support/person.ts';
import { rowsOf, type Row } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

describe('how long data is kept, as an assistant and a person are told', () => {
  let world: World;
  let app: ConnectedApp;
  let person: Person;

  beforeAll(async () => {
    world = await openWorld({ demo: true, retention: { certificate: '120 months', tls_order: '120 months' } });
    app = await connect(world, { choices: { tick: 'all' } });
    person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), ada);
  });
  afterAll(() => world.close());

  const schedule = async (input: Row = {}) => rowsOf(await app.call('get_retention_schedule', input), 'categories');
  const asOwner = async () => (JSON.parse((await person.get('/api/retention')).body) as { categories: Row[] }).categories;
  const named = (rows: readonly Row[], category: string) => rows.find((each) => each['category'] === category);
  const query = (text: string) => world.database.statement<{ day: string }>(text, []);

  it('CS-51 to CS-54, CF-22: names each category’s period, where it starts, why it is kept, and whether a notice promises it', async () => {
    const rows = await schedule();
    expect(named(rows, 'transactions')).toEqual({
      category: 'transactions',
      period: '7 years',
      starts_from: 'transaction date',
      earliest_deletion_on: null,
      reason_kept: 'tax_law',
      promised_in_notice: true,
    });
    expect(named(rows, 'account')).toMatchObject({ period: '36 months', reason_kept: 'active_account', promised_in_notice: true });
    expect(named(rows, 'support')).toMatchObject({ period: '3 years', starts_from: 'resolution' });
    expect(named(rows, 'verification_activity')).toMatchObject({ period: '12 months', reason_kept: 'promise' });
    expect(named(rows, 'recipients')).toMatchObject({ period: 'no period set', earliest_deletion_on: null, promised_in_notice: false });
    expect(named(await schedule({ service: 'certfusion' }), 'transactions')).toBeUndefined();
  });

  it('tells apps the first day of what may leave, and no day of what never does; the owner is told every day', async () => {
    const [first] = await query(
      `select (least(min(valid_until), min(revoked_on)) + interval '36 months')::date::text as day from tls_certificates
       where account_id = (select id from accounts where email = 'ada@example.com') and hidden_at is null`,
    );
    const [rows, own] = [await schedule(), await asOwner()];
    expect(named(rows, 'tls_certificates')?.['earliest_deletion_on']).toBe(first?.day);
    expect(named(rows, 'lists_and_certificates')).toMatchObject({ period: '120 months', promised_in_notice: false });
    for (const category of ['account', 'transactions', 'billing', 'support', 'identity_documents', 'verification_activity', 'recipients'])
      expect([category, named(rows, category)?.['earliest_deletion_on']]).toEqual([category, null]);
    for (const category of ['account', 'transactions', 'billing', 'identity_documents'])
      expect([category, named(own, category)?.['earliest_deletion_on']]).toEqual([category, expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
    expect(own.map((each) => ({ ...each, earliest_deletion_on: null }))).toEqual(
      rows.map((each) => ({ ...each, earliest_deletion_on: null })),
    );
  });

  it('CS-32: tells apps no day of a deactivated service’s records', async () => {
    const days = async () => {
      const rows = await schedule();
      return ['lists_and_certificates', 'tls_certificates', 'tls_orders'].map((each) => named(rows, each)?.['earliest_deletion_on']);
    };
    const day = expect.stringMatching(/^\d{4}-/);
    expect(await days()).toEqual([day, day, day]);
    const statuses = (certfusion: string, certumssl: string) =>
      query(`update memberships set status = case service when 'certfusion' then '${certfusion}' else '${certumssl}' end`);
    await statuses('deactivated', 'active');
    expect(await days()).toEqual([null, day, day]);
    await statuses('active', 'deactivated');
    expect(await days()).toEqual([day, null, null]);
    await statuses('active', 'active');
  });

  it('shows the owner a page with each category, its legal basis, its period and its day', async () => {
    const page = textOf(await person.get('/dashboard/data'));
    expect(page).toContain('Transactions and invoices');
    expect(page).toContain('a legal obligation');
    expect(page).toContain('7 years, from transaction date');
    expect(page).toContain('120 months, from end of validity (not promised in the notice)');
    expect(page).toContain('if you don’t sign in again before');
  });

  it('says that a legal hold keeps it, and gives no day while it holds', async () => {
    await query(
      `insert into legal_holds (account_id, reason, placed_at) select id, 'claim 7', now() from accounts where email = 'ada@example.com'`,
    );
    const rows = await schedule();
    expect(named(rows, 'tls_certificates')).toMatchObject({ reason_kept: 'legal_hold', earliest_deletion_on: null });
    const page = await person.get('/dashboard/data');
    expect(textOf(page)).toContain('A legal claim or order forbids us to delete your data for now.');
    expect(page.body + JSON.stringify(rows)).not.toContain('claim 7');
    await query('delete from legal_holds');
  });
});
