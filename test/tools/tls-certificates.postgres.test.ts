import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/words/dates.ts';
import { verifyDatabase } from '../../src/store/rules/verify.ts';
import { addOwner } from '../support/account-data.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { answered, unanswered, withLedger } from '../support/ledger-rows.ts';
import { allPages, rowsOf, type Row } from '../support/pages.ts';
import { bringTls } from '../support/tls-data.ts';
import { openWorld, type World } from '../support/world.ts';
import { issue } from '../support/x509.ts';

let world: World;
let today: string;
let ada: ConnectedApp;
let owners = 0;
let email = '';
let app: ConnectedApp;

beforeAll(async () => {
  world = await openWorld({ demo: true });
  today = dayOf(world.clock());
  ada = await connect(world, { choices: { tick: 'all' } });
});
afterAll(() => world.close());

async function newOwner(): Promise<void> {
  const owner = await addOwner(world, `tls${(owners += 1)}@example.net`);
  email = owner.email;
  app = await connect(world, { owner, name: `App of ${email}` });
}

const bring = (...files: string[]) => bringTls(world, email, files.join(''));
const list = async (input: Row = {}, of = app) => rowsOf(await of.call('list_tls_certificates', input), 'tls_certificates');
const namesOf = (rows: readonly Row[]) => rows.map(({ common_name }) => common_name);
const handle = expect.stringMatching(/^tls_[0-9a-hjkmnp-tv-z]{26}$/);
const inDays = (days: number) => addDays(today, days);
const organisation = { name: 'Example GmbH', country: 'DE' };

it('stands on a database that is what the policy says', async () => {
  await verifyDatabase(world.database);
});

describe('list_tls_certificates', () => {
  it('lists the owner’s certificates by the end of their validity, with their status by the clock, and nothing restricted', async () => {
    const { answer, rows } = await withLedger(world, () => ada.call('list_tls_certificates'));
    const expected = [
      ['old', 'DV', -12, 'expired'],
      ['www', 'EV', 5, 'valid'],
      ['shop', 'OV', 21, 'valid'],
      ['mail', 'DV', 26, 'valid'],
      ['*.learn', 'DV', 64, 'valid'],
      ['leaked', 'DV', 120, 'revoked'],
      ['api', 'OV', 190, 'valid'],
    ] as const;
    expect(answer.structured).toEqual({
      tls_certificates: expected.map(([host, type, days, status]) => ({
        tls_certificate: handle,
        common_name: `${host}.academy.example`,
        type,
        issuer: `Example Trust ${type} CA 2`,
        valid_from: inDays(days - 198),
        valid_until: inDays(days),
        status,
      })),
      next_cursor: null,
    });
    expect(Object.keys(rowsOf(answer, 'tls_certificates')[0] ?? {})).toEqual([
      'tls_certificate',
      'common_name',
      'type',
      'issuer',
      'valid_from',
      'valid_until',
      'status',
    ]);
    const fields = ['tls_certificate', 'common_name', 'type', 'issuer', 'valid_from', 'valid_until', 'status'];
    expect(rows).toEqual([answered('list_tls_certificates', fields, 7)]);
    expect(Buffer.byteLength(answer.text ?? '')).toBeLessThan(8000);
  });

  it.each([
    [{ type: 'OV' }, ['shop', 'api']],
    [{ status: 'expired' }, ['old']],
    [{ status: 'revoked' }, ['leaked']],
    [{ status: 'valid', type: 'DV' }, ['mail', '*.learn']],
    [{ type: 'unknown' }, []],
    [{ domain: 'WWW.Academy.Example.' }, ['www']],
    [{ domain: 'academy.example' }, ['www']],
    [{ domain: 'learn.academy.example' }, ['*.learn']],
    [{ domain: 'anything.learn.academy.example' }, ['*.learn']],
    [{ domain: '*.learn.academy.example' }, ['*.learn']],
    [{ domain: 'a.b.learn.academy.example' }, []],
    [{ domain: 'leaked.academy.example', status: 'valid' }, []],
    [{ domain: 'canary-hidden-host.academy.example' }, []],
    [{ domain: 'www.institute.example' }, []],
    [{ domain: 'not a domain' }, []],
    [{ domain: "' or true --" }, []],
  ])('finds by %j', async (input, hosts) => {
    expect(namesOf(await list(input, ada))).toEqual(hosts.map((host) => `${host}.academy.example`));
  });

  it('pages to the same list, and a cursor holds for its own arguments only', async () => {
    for (const input of [{}, { status: 'valid' }, { type: 'DV' }, { domain: 'www.academy.example' }]) {
      const pages = await allPages(ada, 'list_tls_certificates', 'tls_certificates', { ...input, limit: 2 });
      expect(pages.flat()).toEqual(await list(input, ada));
    }
    const { structured } = await ada.call('list_tls_certificates', { limit: 2 });
    const other = await ada.call('list_tls_certificates', { limit: 2, type: 'DV', cursor: structured?.['next_cursor'] });
    expect(other.error).toBe('expired_cursor');
  });

  it('narrows to the fields that are asked for, and keeps the handle', async () => {
    const [first] = await list({ fields: ['common_name', 'valid_until'], limit: 1 }, ada);
    expect(first).toEqual({ tls_certificate: handle, common_name: 'old.academy.example', valid_until: inDays(-12) });
  });

  it('lists every root certificate that Node ships', async () => {
    await newOwner();
    await bring(rootCertificates.join('\n'));
    const pages = await allPages(app, 'list_tls_certificates', 'tls_certificates', { limit: 50 });
    expect(pages.flat()).toHaveLength(rootCertificates.length);
    const { structured } = await app.call('get_tls_certificate_summary', { tls_certificate: pages[0]?.[0]?.['tls_certificate'] });
    expect(structured).toMatchObject({ dns_names: [], organisation: null });
  });

  it('looks at so many rows and no more: a page may be short and its cursor leads on', async () => {
    await newOwner();
    await world.database.statement(
      `insert into tls_certificates (account_id, fingerprint, serial_key, common_name, dns_names, ip_name_count, type, issuer, key_algorithm,
                                     valid_from, valid_until, revoked_on)
       select id, decode(md5(n::text), 'hex'), lpad(n::text, 8, '0'), 'host.example', '{}', 0, 'DV', 'x', 'RSA 2048', $2::date, $3::date,
              case when n <= 4500 then $2::date end
       from accounts cross join generate_series(1, 4502) n where email = $1`,
      [email, inDays(-1), inDays(50)],
    );
    const pages = await allPages(app, 'list_tls_certificates', 'tls_certificates', { status: 'valid' });
    expect(pages.map((page) => page.length)).toEqual([0, 2]);
    const revoked = await allPages(app, 'list_tls_certificates', 'tls_certificates', { status: 'revoked', limit: 50 });
    expect(revoked.flat()).toHaveLength(4500);
  });
});

describe('get_tls_certificate_summary', () => {
  it('says what a certificate is for, its key, its organisation, when to renew it and until when it is kept (CS-22, CS-53)', async () => {
    const { answer, rows } = await withLedger(world, () => ada.call('get_tls_certificate_summary', { domain: 'www.academy.example' }));
    const [listed] = await list({ domain: 'www.academy.example' }, ada);
    const keptYear = Number(inDays(5).slice(0, 4)) + 3;
    expect(answer.structured).toEqual({
      ...listed,
      dns_names: ['www.academy.example', 'academy.example'],
      key_algorithm: 'EC P-256',
      organisation: 'Ada Lovelace Academy Ltd',
      renewal_due_on: inDays(-25),
      kept_until: expect.stringMatching(`^${keptYear}-`),
    });
    expect(rows).toEqual([answered('get_tls_certificate_summary', Object.keys(answer.structured ?? {}), 1)]);
    const byHandle = await ada.call('get_tls_certificate_summary', { tls_certificate: listed?.['tls_certificate'] });
    expect(byHandle.text).toBe(answer.text);
  });

  it('names no organisation of a DV certificate, whatever it says itself (CS-23)', async () => {
    await newOwner();
    await bring(
      await issue({ dns: ['dv.example'], level: 'DV', organisation }),
      await issue({ dns: ['unknown.example'], organisation }),
      await issue({ dns: ['ov.example'], level: 'OV', organisation }),
      await issue({ dns: ['ev.example'], level: 'EV', organisation }),
    );
    const told = async (domain: string) => (await app.call('get_tls_certificate_summary', { domain })).structured;
    expect(await told('dv.example')).toMatchObject({ type: 'DV', organisation: null });
    expect(await told('unknown.example')).toMatchObject({ type: 'unknown', organisation: null });
    expect(await told('ov.example')).toMatchObject({ type: 'OV', organisation: 'Example GmbH' });
    expect(await told('ev.example')).toMatchObject({ type: 'EV', organisation: 'Example GmbH' });
  });

  it('keeps 36 months from the end of validity or from revocation, and renews nothing that is revoked', async () => {
    await newOwner();
    await bring(
      await issue({ dns: ['leap.example'], from: '2023-03-01', until: '2024-02-29' }),
      await issue({ dns: ['revoked.example'], from: '2025-08-01', until: '2028-07-31' }),
    );
    await world.database.statement(`update tls_certificates set revoked_on = '2025-08-31' where common_name = 'revoked.example'`, []);
    const leap = await app.call('get_tls_certificate_summary', { domain: 'leap.example' });
    expect(leap.structured).toMatchObject({ status: 'expired', renewal_due_on: '2024-01-30', kept_until: '2027-02-28' });
    const revoked = await app.call('get_tls_certificate_summary', { domain: 'revoked.example' });
    expect(revoked.structured).toMatchObject({ status: 'revoked', renewal_due_on: null, kept_until: '2028-08-31' });
  });

  it('takes of a domain’s certificates one in force, and of those the one that ends last', async () => {
    await newOwner();
    const from = inDays(-100);
    await bring(
      await issue({ dns: ['many.example'], from, until: inDays(-3) }),
      await issue({ dns: ['many.example'], from, until: inDays(10) }),
      await issue({ dns: ['many.example'], from, until: inDays(20) }),
      await issue({ dns: ['many.example'], from, until: inDays(30) }),
    );
    await world.database.statement(`update tls_certificates set revoked_on = $1 where common_name = 'many.example' and valid_until = $2`, [
      today,
      inDays(30),
    ]);
    expect((await app.call('get_tls_certificate_summary', { domain: 'many.example' })).structured).toMatchObject({
      valid_until: inDays(20),
    });
  });

  it('shows the first 150 of hundreds of names, and stays far below 100 kB', async () => {
    await newOwner();
    const long = 'x'.repeat(60);
    const dns = Array.from({ length: 300 }, (_, at) => `${String(at).padStart(3, '0')}.${long}.${long}.${long}.example`);
    await bring(await issue({ commonName: dns[7] ?? '', dns, others: [{ type: 'ip', value: '192.0.2.1' }] }));
    const answer = await app.call('get_tls_certificate_summary', { domain: dns[299] });
    expect(answer.structured?.['dns_names']).toEqual(dns.slice(0, 150));
    expect(Buffer.byteLength(answer.body)).toBeLessThan(100_000);
    expect(answer.body).not.toContain('192.0.2.1');
  });

  it('answers with hostile names: cleaned, and never-sent shapes removed', async () => {
    await newOwner();
    await bring(
      await issue({ commonName: 'someone@private.example', dns: ['ok.example', 'someone@private.example'], until: inDays(3) }),
      await issue({ commonName: 'evil\u202e\u0007\u200bname', dns: ['evil.example'], until: inDays(4) }),
      await issue({ commonName: '550e8400-e29b-41d4-a716-446655440000', dns: ['uuid.example'], until: inDays(5) }),
    );
    const rows = await list();
    expect(namesOf(rows)).toEqual(['[removed]', 'evil name', '[removed]']);
    const { structured } = await app.call('get_tls_certificate_summary', { domain: 'ok.example' });
    expect(structured).toMatchObject({ common_name: '[removed]', dns_names: ['ok.example'] });
  });

  it('gives the same answer for unknown, foreign, restricted and forged ones (CF-16)', async () => {
    const other = await connect(world, { owner: grace, choices: { tick: 'all' } });
    const [foreign] = await list({ limit: 1 }, ada);
    const inputs = [
      { tls_certificate: foreign?.['tls_certificate'] },
      { tls_certificate: `tls_${'0'.repeat(26)}` },
      { tls_certificate: 'nonsense' },
      { domain: 'www.academy.example' },
      { domain: 'nowhere.example' },
      { domain: 'canary-hidden-host.institute.example' },
      { domain: 'not a domain' },
      { domain: '\u0000' },
    ];
    for (const input of inputs) {
      const { answer, rows } = await withLedger(world, () => other.call('get_tls_certificate_summary', input));
      expect(answer.text).toBe('{"error":{"code":"not_available","message":"This is not available."}}');
      expect(rows).toEqual([unanswered('get_tls_certificate_summary')]);
    }
    for (const input of [{}, { domain: 'a.example', tls_certificate: foreign?.['tls_certificate'] }])
      expect((await other.call('get_tls_certificate_summary', input)).error).toBe('invalid_input');
  });
});

describe('get_tls_expiry_report', () => {
  beforeEach(newOwner);

  it('puts each certificate into one bucket by the days that are left, revoked ones into none', async () => {
    const days = [-400, -1, 0, 7, 8, 30, 31, 90, 91, 399, 400, 401];
    const files = await Promise.all(days.map((left) => issue({ dns: [`d${left}.example`], from: inDays(-500), until: inDays(left) })));
    await bring(...files, await issue({ dns: ['revoked.example'], from: inDays(-10), until: inDays(5) }));
    await world.database.statement(`update tls_certificates set revoked_on = $1 where common_name = 'revoked.example'`, [today]);
    const report = async (input: Row) =>
      rowsOf(await app.call('get_tls_expiry_report', input), 'buckets').map(({ bucket, count, tls_certificates }) => [
        bucket,
        count,
        ...namesOf(tls_certificates as Row[]).map((name) => Number(/^d(-?\d+)/.exec(String(name))?.[1])),
      ]);
    expect(await report({})).toEqual([
      ['expired', 2, -1, -400],
      ['7_days', 2, 0, 7],
      ['30_days', 2, 8, 30],
      ['90_days', 2, 31, 90],
      ['later', 3, 91, 399, 400],
    ]);
    expect(await report({ within_days: 30 })).toEqual([
      ['expired', 2, -1, -400],
      ['7_days', 2, 0, 7],
      ['30_days', 2, 8, 30],
      ['90_days', 0],
      ['later', 0],
    ]);
    expect(await report({ within_days: 3 })).toMatchObject([{}, ['7_days', 1, 0], ['30_days', 0], ['90_days', 0], ['later', 0]]);
  });

  it('shows the first ten of a bucket and counts them all', async () => {
    const files = await Promise.all(
      Array.from({ length: 12 }, (_, at) => issue({ dns: [`h${at}.example`], from: inDays(-10), until: inDays(10 + at) })),
    );
    await bring(...files);
    const { answer, rows } = await withLedger(world, () => app.call('get_tls_expiry_report', { within_days: 90 }));
    const bucket = rowsOf(answer, 'buckets')[2];
    expect(bucket).toMatchObject({ bucket: '30_days', count: 12 });
    expect(bucket?.['tls_certificates']).toEqual(
      Array.from({ length: 10 }, (_, at) => ({ tls_certificate: handle, common_name: `h${at}.example`, valid_until: inDays(10 + at) })),
    );
    expect(rows).toEqual([answered('get_tls_expiry_report', ['bucket', 'count', 'tls_certificates'], 10)]);
  });

  it('has five empty buckets where there is nothing, and looks 400 days ahead at most', async () => {
    expect((await app.call('get_tls_expiry_report')).structured).toEqual({
      buckets: ['expired', '7_days', '30_days', '90_days', 'later'].map((bucket) => ({ bucket, count: 0, tls_certificates: [] })),
    });
    for (const within_days of [0, -1, 401, 1.5, '30'])
      expect((await app.call('get_tls_expiry_report', { within_days })).error).toBe('invalid_input');
  });
});
