import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/words/dates.ts';
import { addOwner } from '../support/account-data.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { answered, unanswered, withLedger } from '../support/ledger-rows.ts';
import { allPages, rowsOf, type Row } from '../support/pages.ts';
import { bringTls } from '../support/tls-data.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
let today: string;
let ada: ConnectedApp;

beforeAll(async () => {
  world = await openWorld({ demo: true });
  today = dayOf(world.clock());
  ada = await connect(world, { choices: { tick: 'all' } });
});
afterAll(() => world.close());

const handle = expect.stringMatching(/^ord_[0-9a-hjkmnp-tv-z]{26}$/);
const inDays = (days: number) => addDays(today, days);

describe('list_tls_orders', () => {
  it('lists the owner’s orders, newest first, with what each waits for, and nothing restricted', async () => {
    const { answer, rows } = await withLedger(world, () => ada.call('list_tls_orders'));
    const expected = [
      ['api', 'single', -9, 'issued', 'install_certificate', 'passed'],
      ['new', 'single', -10, 'awaiting_validation', 'prove_domain_control', 'not_required'],
      ['bank', 'single', -11, 'awaiting_documents', 'send_documents', 'pending'],
      ['idea', 'single', -12, 'draft', 'none', 'not_required'],
      ['gone', 'single', -13, 'rejected', 'none', 'failed'],
      ['leaked', 'single', -79, 'issued', 'install_certificate', 'not_required'],
      ['learn', 'wildcard', -135, 'issued', 'install_certificate', 'not_required'],
      ['mail', 'single', -173, 'issued', 'install_certificate', 'not_required'],
      ['shop', 'single', -178, 'issued', 'install_certificate', 'passed'],
      ['www', 'multi_domain', -194, 'issued', 'install_certificate', 'passed'],
      ['old', 'single', -211, 'issued', 'install_certificate', 'not_required'],
    ] as const;
    const domainsOf = (host: string) => {
      const name = `${host}.academy.example`;
      if (host === 'learn') return [`*.${name}`, name];
      return host === 'www' ? [name, 'academy.example'] : [name];
    };
    expect(answer.structured).toEqual({
      orders: expected.map(([host, product_type, days, status, next_step, vetting_status]) => ({
        order: handle,
        product_type,
        domains: domainsOf(host),
        status,
        next_step,
        ordered_on: inDays(days),
        vetting_status,
      })),
      next_cursor: null,
    });
    const fields = ['order', 'product_type', 'domains', 'status', 'next_step', 'ordered_on', 'vetting_status'];
    expect(Object.keys(rowsOf(answer, 'orders')[0] ?? {})).toEqual(fields);
    expect(rows).toEqual([answered('list_tls_orders', fields, 11)]);
    expect(Buffer.byteLength(answer.text ?? '')).toBeLessThan(8000);
  });

  it('finds by status, and pages to the same list', async () => {
    const all = rowsOf(await ada.call('list_tls_orders'), 'orders');
    for (const status of ['issued', 'draft', 'cancelled']) {
      const expected = all.filter((order) => order['status'] === status);
      expect((await allPages(ada, 'list_tls_orders', 'orders', { status, limit: 2 })).flat()).toEqual(expected);
    }
    expect((await allPages(ada, 'list_tls_orders', 'orders', { limit: 3 })).flat()).toEqual(all);
    expect((await ada.call('list_tls_orders', { status: 'lost' })).error).toBe('invalid_input');
  });

  it('shows another owner none of them (CF-16)', async () => {
    const other = await connect(world, { owner: grace });
    const answer = await other.call('list_tls_orders', { limit: 50 });
    expect(answer.body).not.toContain('academy.example');
    expect(answer.body).toContain('institute.example');
  });

  it('shows of many domains the first that fit, at least one, so that no page is large', async () => {
    const owner = await addOwner(world, 'orders@example.net');
    const app = await connect(world, { owner, name: 'Orders' });
    const long = (at: number) => [String(at), 'x'.repeat(60), 'y'.repeat(60), 'z'.repeat(60), 'w'.repeat(55), 'example'].join('.');
    const lines = Array.from({ length: 60 }, (_, at) => {
      const domains =
        at % 2 === 0 ? `${long(at)} ${long(1000 + at)}` : Array.from({ length: 100 }, (_d, n) => `host${n}.example`).join(' ');
      return `T-${String(at).padStart(3, '0')},multi_domain,${domains},issued,2026-01-02,not_required`;
    });
    await bringTls(world, owner.email, ['order_number,product_type,domains,status,ordered_on,vetting_status', ...lines].join('\n'));
    const answer = await app.call('list_tls_orders', { limit: 50 });
    expect(Buffer.byteLength(answer.body)).toBeLessThan(100_000);
    const [newest, next] = rowsOf(answer, 'orders') as [Row, Row];
    expect(newest['domains']).toEqual(Array.from({ length: 15 }, (_, n) => `host${n}.example`));
    expect(next['domains']).toEqual([long(58)]);
    const pages = await allPages(app, 'list_tls_orders', 'orders', { limit: 7 });
    expect(new Set(pages.flat().map(({ order }) => order)).size).toBe(60);
  });
});

describe('get_domain_contact_privacy', () => {
  it('says whether contacts are public, which fields, since when, and that nothing is recalled (CS-14, CS-16)', async () => {
    const { answer, rows } = await withLedger(world, () => ada.call('get_domain_contact_privacy', { domain: 'SHOP.academy.example.' }));
    expect(answer.text).toBe(
      JSON.stringify({
        domain: 'shop.academy.example',
        privacy_on: false,
        published_field_names: ['organisation', 'email'],
        exposure_periods: [{ started_on: inDays(-60), ended_on: null }],
        recall_possible: false,
        required_by: 'ca_policy',
      }),
    );
    expect(rows).toEqual([answered('get_domain_contact_privacy', Object.keys(answer.structured ?? {}), 1)]);
    expect((await ada.call('get_domain_contact_privacy', { domain: 'academy.example' })).structured).toEqual({
      domain: 'academy.example',
      privacy_on: true,
      published_field_names: [],
      exposure_periods: [
        { started_on: inDays(-400), ended_on: inDays(-310) },
        { started_on: inDays(-120), ended_on: inDays(-118) },
      ],
      recall_possible: false,
      required_by: 'none',
    });
  });

  it('has no periods where contacts were never public', async () => {
    await world.database.statement(
      `insert into domain_privacy (account_id, domain, privacy_on, published_field_names, required_by)
       select id, 'xn--bcher-kva.example', true, '{}', 'none' from accounts where email = 'ada@example.com'`,
      [],
    );
    const answer = await ada.call('get_domain_contact_privacy', { domain: 'BÜCHER.example' });
    expect(answer.structured).toMatchObject({ domain: 'xn--bcher-kva.example', exposure_periods: [] });
  });

  it('gives the same answer for unknown, foreign and restricted domains and for what is none (CF-16)', async () => {
    const domains = ['nowhere.example', 'institute.example', 'canary-hidden-domain.academy.example', 'not a domain', '192.0.2.1', '%'];
    for (const domain of domains) {
      const { answer, rows } = await withLedger(world, () => ada.call('get_domain_contact_privacy', { domain }));
      expect(answer.text).toBe('{"error":{"code":"not_available","message":"This is not available."}}');
      expect(rows).toEqual([unanswered('get_domain_contact_privacy')]);
    }
  });

  it('is not opened by tls:read: its own scope is off until the person ticks it', async () => {
    const plain = await connect(world, { name: 'Plain app' });
    const answer = await plain.call('get_domain_contact_privacy', { domain: 'academy.example' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toMatch(/scope="[^"]*tls:contacts"/);
  });
});
