import { Readable } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importTls, type TlsImportCounts } from '../../src/source/import-tls.ts';
import { describeProblem, ImportRefused } from '../../src/source/problems.ts';
import { systemClock } from '../../src/words/dates.ts';
import { addAccount } from '../../src/store/accounts/new-account.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { issue, secrets } from '../support/x509.ts';

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

function bring(file: string | Buffer, email = account): Promise<TlsImportCounts> {
  return importTls({ database: test.database, accountEmail: email, input: Readable.from([Buffer.from(file)]) });
}

async function problemsOf(file: string | Buffer, email = account): Promise<string[]> {
  const refused = await bring(file, email).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(refused instanceof ImportRefused)) throw new Error('was not refused', { cause: refused });
  return refused.code === 'problems' ? refused.problems.map(describeProblem) : [refused.code];
}

async function stored(columns: string): Promise<Record<string, unknown>[]> {
  return test.database.statement(
    `select ${columns} from tls_certificates c join accounts a on a.id = c.account_id where a.email = $1 order by c.valid_until, c.serial_key`,
    [account],
  );
}

async function names(): Promise<string[]> {
  const rows = await test.database.statement<{ name: string }>(
    'select n.name from tls_names n join accounts a on a.id = n.account_id where a.email = $1 order by 1',
    [account],
  );
  return rows.map(({ name }) => name);
}

const organisation = { name: 'Example GmbH', country: 'DE' };

describe('a PEM file', () => {
  it('brings every root certificate that Node ships, once', async () => {
    const file = rootCertificates.join('\n');
    const all = { what: 'certificates', added: rootCertificates.length, updated: 0, unchanged: 0 };
    expect(await bring(file)).toEqual(all);
    expect(await bring(file)).toEqual({ ...all, added: 0, unchanged: rootCertificates.length });
    const algorithms = await stored('distinct on (key_algorithm, c.valid_until, c.serial_key) key_algorithm');
    expect(new Set(algorithms.map(({ key_algorithm }) => key_algorithm))).toEqual(
      new Set(['RSA 2048', 'RSA 4096', 'EC P-256', 'EC P-384']),
    );
    const nameless = await stored(`c.id`).then(() =>
      test.database.statement(`select 1 from tls_certificates where common_name = 'no name' or issuer = 'not named'`, []),
    );
    expect(nameless).toEqual([]);
  });

  it('says names, dates, issuer, key, organisation and level from the certificate itself, organisation of OV and EV only (CS-22, CS-23)', async () => {
    const file = await Promise.all([
      issue({ commonName: 'DV.example', dns: ['dv.example', '*.dv.example.'], level: 'DV', organisation, until: '2026-03-01' }),
      issue({ commonName: 'ov.example', dns: ['ov.example'], level: 'OV', organisation, until: '2026-03-02', algorithm: 'RSA 2048' }),
      issue({ commonName: 'ev.example', dns: ['ev.example'], level: 'EV', organisation, until: '2026-03-03', algorithm: 'EC P-384' }),
      issue({ commonName: 'bücher.example', organisation, until: '2026-03-04', algorithm: 'Ed25519' }),
    ]);
    expect(await bring(file.join(''))).toEqual({ what: 'certificates', added: 4, updated: 0, unchanged: 0 });
    const common = { issuer: 'Test Authority 1', valid_from: '2026-01-01', ip_name_count: 0, revoked_on: null };
    const none = { organisation_name: null, organisation_country: null };
    const named = { organisation_name: 'Example GmbH', organisation_country: 'DE' };
    expect(
      await stored(
        'common_name, dns_names, type, issuer, key_algorithm, valid_from, valid_until, ip_name_count, revoked_on, organisation_name, organisation_country',
      ),
    ).toEqual([
      {
        ...common,
        ...none,
        common_name: 'dv.example',
        dns_names: ['dv.example', '*.dv.example'],
        type: 'DV',
        key_algorithm: 'EC P-256',
        valid_until: '2026-03-01',
      },
      {
        ...common,
        ...named,
        common_name: 'ov.example',
        dns_names: ['ov.example'],
        type: 'OV',
        key_algorithm: 'RSA 2048',
        valid_until: '2026-03-02',
      },
      {
        ...common,
        ...named,
        common_name: 'ev.example',
        dns_names: ['ev.example'],
        type: 'EV',
        key_algorithm: 'EC P-384',
        valid_until: '2026-03-03',
      },
      {
        ...common,
        ...none,
        common_name: 'xn--bcher-kva.example',
        dns_names: [],
        type: 'unknown',
        key_algorithm: 'Ed25519',
        valid_until: '2026-03-04',
      },
    ]);
    expect(await names()).toEqual(['*.dv.example', 'dv.example', 'ev.example', 'ov.example', 'xn--bcher-kva.example']);
  });

  it('keeps host names only: addresses are counted, e-mail addresses and other names left out', async () => {
    const many = Array.from({ length: 300 }, (_, at) => `host-${at}.many.example`);
    await bring(
      await issue({
        commonName: '192.0.2.7',
        dns: [...many, 'someone@many.example', 'two words', '-bad.example', 'UPPER.many.example'],
        others: [
          { type: 'ip', value: '192.0.2.7' },
          { type: 'ip', value: '2001:db8::7' },
          { type: 'email', value: 'someone@many.example' },
          { type: 'url', value: 'https://many.example/secret' },
        ],
      }),
    );
    const [row] = await stored('common_name, cardinality(dns_names) as count, dns_names[301] as last, ip_name_count');
    expect(row).toEqual({ common_name: 'host-0.many.example', count: 301, last: 'upper.many.example', ip_name_count: 2 });
    expect(await names()).toHaveLength(301);
  });

  it('is cleaned of characters that nobody sees', async () => {
    await bring(await issue({ commonName: 'a\u0000b\u202e c\u200b\nd', dns: ['fine.example'] }));
    expect(await stored('common_name')).toEqual([{ common_name: 'a b c d' }]);
    expect(await names()).toEqual(['fine.example']);
  });

  it('may have text between its blocks, any line ends, and come in pieces of any size', async () => {
    const [one, two] = [await issue({ dns: ['one.example'] }), await issue({ dns: ['two.example'] })];
    const file = Buffer.from(
      `subject=C = US, O = Somebody\nissuer=x\n${one.replaceAll('\n', '\r\n')}\r\n\r\nBag Attributes\r${two.replaceAll('\n', '\r')}`,
    );
    const pieces = Array.from(file, (byte) => Buffer.from([byte]));
    const counts = await importTls({ database: test.database, accountEmail: account, input: Readable.from(pieces) });
    expect(counts.added).toBe(2);
  });

  it('counts a certificate once that stands in it twice', async () => {
    const one = await issue({ dns: ['one.example'] });
    expect(await bring(one + one)).toEqual({ what: 'certificates', added: 1, updated: 0, unchanged: 1 });
  });

  it('goes in once when it comes twice at the same time', async () => {
    const file = (await Promise.all([issue({ dns: ['a.example'] }), issue({ dns: ['b.example'] })])).join('');
    const counts = await Promise.all([bring(file), bring(file)]);
    expect(counts.map(({ added }) => added).toSorted((a, b) => a - b)).toEqual([0, 2]);
  });

  it('stays out of sight when it comes again for a restricted certificate (CS-44)', async () => {
    const file = await issue({ dns: ['hidden.example'] });
    await bring(file);
    await test.database.statement('update tls_certificates set hidden_at = now()', []);
    expect(await bring(file)).toMatchObject({ added: 0, unchanged: 1 });
    expect(await stored('c.hidden_at is null as visible')).toEqual([{ visible: false }]);
  });
});

describe('a PEM file with problems changes nothing and says where they are', () => {
  it('refuses private keys and certificate requests by name and line, whatever else is in the file', async () => {
    const { key, request } = await secrets();
    const good = await issue({ dns: ['good.example'] });
    const lines = good.trimEnd().split('\n').length;
    expect(await problemsOf(good + key + request + good)).toEqual([
      `line ${lines + 1}, PRIVATE KEY: is never stored; leave private keys out of the file`,
      `line ${lines + 1 + key.trimEnd().split('\n').length}, CERTIFICATE REQUEST: is never stored; leave certificate requests out of the file`,
    ]);
    expect(await problemsOf(key.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY').replaceAll('\n', ''))).toEqual([
      'line 1, RSA PRIVATE KEY: is never stored; leave private keys out of the file',
    ]);
    expect(await problemsOf(request.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'))).toEqual([
      'line 1, NEW CERTIFICATE REQUEST: is never stored; leave certificate requests out of the file',
    ]);
    expect(await problemsOf(key.replaceAll('PRIVATE KEY', 'CERTIFICATE'))).toEqual([
      'line 1, CERTIFICATE: is not a certificate that can be read',
    ]);
    expect(await stored('c.id')).toEqual([]);
  });

  it('refuses what it cannot read, with the line of each', async () => {
    const good = await issue({ dns: ['good.example'] });
    const block = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
    const body = good.replaceAll(/-----.*-----|\s/g, '');
    const trailing = Buffer.concat([Buffer.from(body, 'base64'), Buffer.from('tail')]).toString('base64');
    const file = [
      block('CERTIFICATE', '!!!'),
      block('CERTIFICATE', ''),
      block('CERTIFICATE', 'AAAA'),
      block('CERTIFICATE', trailing),
      block('CERTIFICATE', body.slice(0, 400)),
      block('PUBLIC KEY', 'AAAA'),
      block('secret value', 'AAAA'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n',
      good,
      '-----BEGIN CERTIFICATE-----\nAAAA',
    ].join('');
    const last = file.split('\n').length - 1;
    expect(await problemsOf(file)).toEqual([
      'line 1, CERTIFICATE: is not a certificate that can be read',
      'line 4, CERTIFICATE: is not a certificate that can be read',
      'line 7, CERTIFICATE: is not a certificate that can be read',
      'line 10, CERTIFICATE: is not a certificate that can be read',
      'line 13, CERTIFICATE: is not a certificate that can be read',
      'line 16, PUBLIC KEY: is not a certificate',
      'line 19: is not a certificate',
      'line 22, CERTIFICATE: has a BEGIN line without its END',
      `line ${last}, CERTIFICATE: has a BEGIN line without its END`,
    ]);
    expect(await stored('c.id')).toEqual([]);
  });

  it('refuses a file that is neither, and one without an end', async () => {
    const neither = ['the file: has neither a certificate in PEM form nor a header of TLS orders'];
    expect(await problemsOf('')).toEqual(neither);
    expect(await problemsOf('hello, world\n')).toEqual(neither);
    expect(await problemsOf(Buffer.from([0x30, 0x82, 0x01, 0x0a, 0xff, 0x00]))).toEqual(neither);
    expect(await problemsOf(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(1024 * 1024 + 10)}\n`)).toEqual([
      'line 1, CERTIFICATE: is longer than a certificate can be',
    ]);
  });

  it('refuses a block whose BEGIN line is damaged, which would be passed over as text', async () => {
    for (const begin of ['----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE', '-----BEGIN-CERTIFICATE-----', '']) {
      const problems = await problemsOf(`A chain:\n${begin}\nAAAA\n-----END CERTIFICATE-----\n`);
      expect([begin, problems]).toEqual([begin, ['line 4, CERTIFICATE: has an END line without its BEGIN']]);
    }
  });

  it('shows at most twenty problems', async () => {
    const file = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'.repeat(500);
    const problems = await problemsOf(file);
    expect(problems).toHaveLength(20);
    expect(problems[19]).toBe('line 58, CERTIFICATE: is not a certificate that can be read');
  });

  it('is refused for an account that is unknown, has no certumssl, or has deactivated it', async () => {
    expect(await problemsOf('', 'nobody@example.org')).toEqual(['account_unknown']);
    await addAccount({ orm: test.database.orm, clock: systemClock, email: `f-${account}`, displayName: 'O', services: ['certfusion'] });
    expect(await problemsOf('', `f-${account}`)).toEqual(['service_missing']);
    await test.database.statement(
      `update memberships set status = 'deactivated' where account_id = (select id from accounts where email = $1)`,
      [account],
    );
    expect(await problemsOf('')).toEqual(['service_deactivated']);
  });

  it('passes on the error of a source that breaks off', async () => {
    const good = await issue({ dns: ['good.example'] });
    const input = Readable.from(
      (async function* broken() {
        yield Buffer.from(good);
        await Promise.reject(new Error('disk on fire'));
      })(),
    );
    await expect(importTls({ database: test.database, accountEmail: account, input })).rejects.toThrow('disk on fire');
    expect(await stored('c.id')).toEqual([]);
  });
});
