import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importTls, type TlsImportCounts } from '../../src/source/import-tls.ts';
import { describeProblem, ImportRefused } from '../../src/source/problems.ts';
import { systemClock } from '../../src/words/dates.ts';
import { addAccount } from '../../src/store/accounts/new-account.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { issue } from '../support/x509.ts';

let test: TestDatabase;
let account = '';
let accounts = 0;

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());
beforeEach(async () => {
  account = `owner${(accounts += 1)}@example.org`;
  await addAccount({ orm: test.database.orm, clock: systemClock, email: account, displayName: 'Owner', services: ['certumssl'] });
});

const header = 'order_number,product_type,domains,status,ordered_on,vetting_status,organisation_name,organisation_country';

function bring(file: string): Promise<TlsImportCounts> {
  return importTls({ database: test.database, accountEmail: account, input: Readable.from([Buffer.from(file)]) });
}

async function problemsOf(file: string): Promise<string[]> {
  const refused = await bring(file).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(refused instanceof ImportRefused)) throw new Error('was not refused', { cause: refused });
  return refused.problems.map(describeProblem);
}

async function orders(columns: string): Promise<Record<string, unknown>[]> {
  return test.database.statement(
    `select ${columns} from tls_orders o join accounts a on a.id = o.account_id where a.email = $1 order by o.order_number`,
    [account],
  );
}

async function links(): Promise<string[]> {
  const rows = await test.database.statement<{ link: string }>(
    `select concat_ws(' ', c.common_name, o.order_number, o.validation_level, case when c.hidden_at is not null then 'hidden' end) as link
     from tls_certificates c left join tls_orders o on o.id = c.order_id join accounts a on a.id = c.account_id
     where a.email = $1 order by 1`,
    [account],
  );
  return rows.map(({ link }) => link);
}

describe('a file of TLS orders', () => {
  it('becomes orders; an order that needs no vetting is DV, of another only its certificate says the level', async () => {
    const file = `\ufeff${header}\r\nT-1,single,Shop.Example.,issued,2026-01-02,not_required,,\r\nT-2,multi_domain,"bücher.example  *.b.example b.example",awaiting_documents,2026-01-03,pending,"Example, GmbH",DE\r\n`;
    expect(await bring(file)).toEqual({ what: 'orders', added: 2, updated: 0, unchanged: 0 });
    expect(await bring(file)).toEqual({ what: 'orders', added: 0, updated: 0, unchanged: 2 });
    expect(
      await orders(
        'order_number, product_type, domains, o.status, ordered_on, vetting_status, validation_level, organisation_name, organisation_country',
      ),
    ).toEqual([
      {
        order_number: 'T-1',
        product_type: 'single',
        domains: ['shop.example'],
        status: 'issued',
        ordered_on: '2026-01-02',
        vetting_status: 'not_required',
        validation_level: 'DV',
        organisation_name: null,
        organisation_country: null,
      },
      {
        order_number: 'T-2',
        product_type: 'multi_domain',
        domains: ['xn--bcher-kva.example', '*.b.example', 'b.example'],
        status: 'awaiting_documents',
        ordered_on: '2026-01-03',
        vetting_status: 'pending',
        validation_level: 'unknown',
        organisation_name: 'Example, GmbH',
        organisation_country: 'DE',
      },
    ]);
  });

  it('updates an order by its number; without their columns, what is stored of the organisation stays', async () => {
    await bring(`${header}\nT-1,single,a.example,awaiting_documents,2026-01-02,pending,Example GmbH,DE\n`);
    const short = 'order_number,product_type,domains,status,ordered_on,vetting_status';
    expect(await bring(`${short}\nT-1,single,a.example,issued,2026-01-02,passed\n`)).toMatchObject({ added: 0, updated: 1 });
    expect(await orders('o.status, vetting_status, organisation_name')).toEqual([
      { status: 'issued', vetting_status: 'passed', organisation_name: 'Example GmbH' },
    ]);
    await bring(`${short}\nT-1,single,a.example,issued,2026-01-02,not_required\n`);
    expect(await orders('validation_level, organisation_name')).toEqual([{ validation_level: 'DV', organisation_name: null }]);
  });

  it('links a certificate to the one order with exactly its domains, whichever comes first', async () => {
    await bring(await issue({ dns: ['first.example', 'www.first.example'], level: 'EV' }));
    const line = (number: string, domains: string, status = 'issued') => `${number},single,${domains},${status},2026-01-02,passed,,`;
    await bring(
      [
        header,
        line('T-1', 'www.first.example first.example'),
        line('T-2', 'later.example'),
        line('T-3', 'twice.example'),
        line('T-4', 'twice.example'),
        line('T-5', 'again.example'),
        line('T-6', 'again.example', 'cancelled'),
      ].join('\n'),
    );
    await bring(
      (await Promise.all(['later', 'twice', 'again', 'other'].map((host) => issue({ dns: [`${host}.example`], level: 'OV' })))).join(''),
    );
    expect(await links()).toEqual([
      'again.example T-5 OV',
      'first.example T-1 EV',
      'later.example T-2 OV',
      'other.example',
      'twice.example',
    ]);
  });

  it('keeps a certificate out of sight whose order is restricted (CS-44)', async () => {
    await bring(`${header}\nT-1,single,hidden.example,issued,2026-01-02,not_required,,\n`);
    await test.database.statement(
      `update tls_orders set hidden_at = now() where order_number = 'T-1' and domains = '{hidden.example}'`,
      [],
    );
    await bring(await issue({ dns: ['hidden.example'], level: 'DV' }));
    expect(await links()).toEqual(['hidden.example T-1 DV hidden']);
    const [visible] = await test.database.statement(
      `select count(*)::integer as count from tls_names where name = 'hidden.example' and hidden_at is null`,
      [],
    );
    expect(visible).toEqual({ count: 0 });
  });
});

describe('a file of TLS orders with problems changes nothing and says where they are', () => {
  it('by line and column, never by value', async () => {
    const file = [
      header,
      'T-1,single,a.example,issued,2026-01-02,not_required,Example GmbH,DE',
      'T-2,triple,not/a/domain,sent,2026-02-30,maybe,,',
      ',single,,draft,2026-01-02,not_required,,',
      'T-3,single,a.example,issued,2026-01-02,passed,Example GmbH,Germany',
      'T-4,single,a.example',
      `T-5,multi_domain,${Array.from({ length: 251 }, (_, at) => `h${at}.example`).join(' ')},issued,2026-01-02,not_required,,`,
      'T-6,single,192.0.2.1,issued,2026-01-02,not_required,,',
      'T-7,single,a.example,issued,2026-01-02,not_required,,',
      'T-7,single,a.example,issued,2026-01-02,not_required,,',
    ].join('\n');
    expect(await problemsOf(file)).toEqual([
      'line 2, organisation_name: is for OV and EV only; an order that needs no vetting is DV',
      'line 2, organisation_country: is for OV and EV only; an order that needs no vetting is DV',
      'line 3, product_type: is not one of single, wildcard, multi_domain',
      'line 3, domains: has a name that is not a domain',
      'line 3, status: is not one of draft, awaiting_validation, awaiting_documents, issued, cancelled, rejected',
      'line 3, vetting_status: is not one of not_required, pending, passed, failed',
      'line 3, ordered_on: is not a day written YYYY-MM-DD',
      'line 4, order_number: is empty',
      'line 4, domains: is empty',
      'line 5, organisation_country: is not a country code of two letters',
      'line 6: does not have as many cells as the header',
      'line 7, domains: has more than 250 domains',
      'line 8, domains: has a name that is not a domain',
      'line 10, order_number: is the number of another line too (line 9)',
    ]);
    expect(await orders('order_number')).toEqual([]);
  });

  it('in the header: unknown, missing and doubled columns by name; a level of validation is not among them', async () => {
    expect(await problemsOf('order_number,product_type,domains,status,status,validation_level,phone\n')).toEqual([
      'line 1, status: stands twice in the header',
      'line 1, validation_level: is not a column of this file',
      'line 1, phone: is not a column of this file',
      'line 1, ordered_on: is a column that this file needs',
      'line 1, vetting_status: is a column that this file needs',
    ]);
  });
});
