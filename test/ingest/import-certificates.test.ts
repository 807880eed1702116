import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importCertificates } from '../../src/source/import-certificates.ts';
import { describeProblem, ImportRefused } from '../../src/source/problems.ts';
import { addAccount } from '../../src/store/accounts/new-account.ts';
import type { ImportCounts } from '../../src/store/certificates/import-certificates.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

const today = '2026-05-10';
let test: TestDatabase;
let account = '';
let accounts = 0;

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());
beforeEach(async () => {
  account = `owner${(accounts += 1)}@example.org`;
  await addAccount({ orm: test.database.orm, clock: clockOn(today), email: account, displayName: 'Owner', services: ['certfusion'] });
});

function clockOn(day: string): () => Date {
  return () => new Date(`${day}T12:00:00Z`);
}

const header = 'list,recipient_name,recipient_email,title,public_number,issued_on,expires_on,status,description';

function bring(text: string | Buffer, { day = today, email = account } = {}): Promise<ImportCounts> {
  return importCertificates({
    database: test.database,
    clock: clockOn(day),
    accountEmail: email,
    input: Readable.from([Buffer.from(text)]),
  });
}

async function problemsOf(text: string | Buffer, given: { email?: string } = {}): Promise<string[]> {
  const refused = await bring(text, given).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(refused instanceof ImportRefused)) throw new Error('was not refused', { cause: refused });
  return refused.code === 'problems' ? refused.problems.map(describeProblem) : [refused.code];
}

async function stored(columns: string): Promise<Record<string, unknown>[]> {
  return test.database.statement(
    `select ${columns} from certificates c join accounts a on a.id = c.account_id join recipients r on r.id = c.recipient_id
     join lists l on l.id = c.list_id where a.email = $1 order by c.public_number`,
    [account],
  );
}

async function terms(table: 'certificate_terms' | 'recipient_terms'): Promise<string[]> {
  const rows = await test.database.statement<{ text: string }>(
    `select t.source || ':' || t.term as text from ${table} t join accounts a on a.id = t.account_id where a.email = $1 order by 1`,
    [account],
  );
  return rows.map(({ text }) => text);
}

async function customValues(): Promise<string[]> {
  const rows = await test.database.statement<{ text: string }>(
    `select concat_ws(' ', c.public_number, 'shared', f.shared_name, v.shared_value, 'private', f.private_name, v.private_value) as text
     from custom_values v join custom_fields f on f.id = v.field_id join certificates c on c.id = v.certificate_id
     join accounts a on a.id = c.account_id where a.email = $1 order by 1`,
    [account],
  );
  return rows.map(({ text }) => text);
}

describe('a certificate file', () => {
  it('becomes lists, recipients, certificates and their search words', async () => {
    const file = `\ufeff${header}\r\n"Erste Hilfe",Zoë Öz,Zoe@Example.org,"First Aid, basic",N-1,2026-01-02,2027-01-02,,"Two\r\nlines"\r\n\r\nErste Hilfe,李娜,li@example.org,First Aid,N-2,2026-01-03,,revoked,`;
    expect(await bring(file)).toEqual({ added: 2, updated: 0, unchanged: 0 });
    expect(
      await stored('l.name as list, r.name, r.email, r.email_masked, title, description, public_number, issued_on, expires_on, revoked_on'),
    ).toEqual([
      {
        list: 'Erste Hilfe',
        name: 'Zoë Öz',
        email: 'Zoe@Example.org',
        email_masked: 'Z…@Example.org',
        title: 'First Aid, basic',
        description: 'Two lines',
        public_number: 'N-1',
        issued_on: '2026-01-02',
        expires_on: '2027-01-02',
        revoked_on: null,
      },
      {
        list: 'Erste Hilfe',
        name: '李娜',
        email: 'li@example.org',
        email_masked: 'l…@example.org',
        title: 'First Aid',
        description: null,
        public_number: 'N-2',
        issued_on: '2026-01-03',
        expires_on: null,
        revoked_on: today,
      },
    ]);
    expect(await terms('certificate_terms')).toEqual([
      'public_number:1',
      'public_number:2',
      'public_number:n',
      'public_number:n',
      'recipient_name:oz',
      'recipient_name:zoe',
      'recipient_name:娜',
      'recipient_name:李娜',
      'title:aid',
      'title:aid',
      'title:basic',
      'title:first',
      'title:first',
    ]);
    expect(await terms('recipient_terms')).toContain('email:zoe@example.org');
  });

  it('changes nothing when it comes again, however much later', async () => {
    const file = `${header},shared:Grade\nA,Ada,ada@example.org,T,N-1,2026-01-02,2026-06-01,valid,D,A\nA,ADA,Ada@example.org,T,N-2,2026-01-02,,revoked,,\n`;
    expect(await bring(file)).toEqual({ added: 2, updated: 0, unchanged: 0 });
    const before = [await stored('c.*, r.*'), await terms('certificate_terms'), await terms('recipient_terms'), await customValues()];
    expect(await bring(file, { day: '2027-01-01' })).toEqual({ added: 0, updated: 0, unchanged: 2 });
    expect([await stored('c.*, r.*'), await terms('certificate_terms'), await terms('recipient_terms'), await customValues()]).toEqual(
      before,
    );
  });

  it('updates the records that its numbers name, and the words that find them', async () => {
    await bring(
      `${header},shared:Grade\nA,Ada,ada@example.org,Old title,N-1,2026-01-02,2027-01-01,,D,A\nA,Ben,ben@example.org,T,N-2,2026-01-02,,,,\n`,
    );
    const codes = await stored('c.id, verification_code');
    const again = `${header},shared:Grade\nB,Cy,cy@example.org,New title,N-1,2026-02-02,,,,B\nA,Ben,ben@example.org,T,N-2,2026-01-02,,,,\n`;
    expect(await bring(again)).toEqual({ added: 0, updated: 1, unchanged: 1 });
    expect(await stored('c.id, verification_code')).toEqual(codes);
    expect(await stored('l.name as list, r.name, title, description, expires_on')).toEqual([
      { list: 'B', name: 'Cy', title: 'New title', description: null, expires_on: null },
      { list: 'A', name: 'Ben', title: 'T', description: null, expires_on: null },
    ]);
    expect((await terms('certificate_terms')).filter((term) => /old|ada/.test(term))).toEqual([]);
    expect(await terms('certificate_terms')).toContain('title:new');
    expect(await customValues()).toEqual(['N-1 shared Grade B private']);
  });

  it('leaves what it has no column for, and clears what it has an empty cell for', async () => {
    await bring(`${header},custom:Badge\nA,Ada,ada@example.org,T,N-1,2026-01-02,2027-01-01,,D,7\n`);
    const short = 'list,recipient_name,recipient_email,title,public_number,issued_on';
    expect(await bring(`${short}\nA,Ada,ada@example.org,T,N-1,2026-01-02\n`)).toEqual({ added: 0, updated: 0, unchanged: 1 });
    expect(await stored('description, expires_on')).toEqual([{ description: 'D', expires_on: '2027-01-01' }]);
    expect(await bring(`${header},custom:Badge\nA,Ada,ada@example.org,T,N-1,2026-01-02,2027-01-01,,D,\n`)).toEqual({
      added: 0,
      updated: 1,
      unchanged: 0,
    });
    expect(await customValues()).toEqual([]);
  });

  it('spells a recipient as its last line does, and numbers recipients of one name', async () => {
    const file = `${header}\nA,ada,a@example.org,T,N-1,2026-01-02,,,\nA,Ada,A@example.org,T,N-2,2026-01-02,,,\nB,Ada,b@example.org,T,N-3,2026-01-02,,,\n`;
    await bring(file);
    expect(await bring(`${header}\nA,Áda,c@example.org,T,N-4,2026-01-02,,,\n`)).toEqual({ added: 1, updated: 0, unchanged: 0 });
    expect(await stored('public_number, r.name, r.email, name_rank')).toEqual([
      { public_number: 'N-1', name: 'Ada', email: 'A@example.org', name_rank: 1 },
      { public_number: 'N-2', name: 'Ada', email: 'A@example.org', name_rank: 1 },
      { public_number: 'N-3', name: 'Ada', email: 'b@example.org', name_rank: 2 },
      { public_number: 'N-4', name: 'Áda', email: 'c@example.org', name_rank: 3 },
    ]);
    expect(await bring(`${header}\nA,ADA,a@example.org,T,N-1,2026-01-02,,,\n`)).toEqual({ added: 0, updated: 1, unchanged: 0 });
    expect((await stored('r.name'))[1]).toEqual({ name: 'ADA' });
  });

  it('keeps the declared kind of a custom field: neither widens nor narrows who may be told', async () => {
    await bring(`${header},shared:Grade,custom:Badge\nA,Ada,a@example.org,T,N-1,2026-01-02,,,,1.0,7\n`);
    expect(await customValues()).toEqual(['N-1 shared Grade 1.0 private', 'N-1 shared private Badge 7']);
    expect(await problemsOf(`${header},custom:Grade,shared:Badge\nA,Ada,a@example.org,T,N-2,2026-01-02,,,,1.0,7\n`)).toEqual([
      'line 2, custom:Grade: is a shareable field of this list; make it private on the page of the list first',
      'line 2, shared:Badge: is a private field of this list; make it shareable on the page of the list first',
    ]);
    expect(
      await problemsOf(
        `${header},custom:X,shared:X\nB,Ada,a@example.org,T,N-2,2026-01-02,,,,1,\nB,Ben,b@example.org,T,N-3,2026-01-02,,,,,1\n`,
      ),
    ).toEqual(['line 3, shared:X: is filled as custom: and as shared: in one list (line 2)']);
    expect(await bring(`${header},custom:Grade\nOther list,Ada,a@example.org,T,N-2,2026-01-02,,,,1.0\n`)).toEqual({
      added: 1,
      updated: 0,
      unchanged: 0,
    });
  });

  it('never takes a revocation back, and keeps its day', async () => {
    await bring(`${header}\nA,Ada,a@example.org,T,N-1,2026-01-02,,revoked,\n`, { day: '2026-02-01' });
    expect(await problemsOf(`${header}\nA,Ada,a@example.org,T,N-1,2026-01-02,,valid,\n`)).toEqual([
      'line 2, status: says valid, but the certificate was revoked, and an import does not undo that',
    ]);
    expect(await bring(`${header}\nA,Ada,a@example.org,T,N-1,2026-01-02,,,\n`)).toEqual({ added: 0, updated: 0, unchanged: 1 });
    expect(await bring(`${header}\nA,Ada,a@example.org,T,N-1,2026-01-02,,revoked,\n`)).toEqual({ added: 0, updated: 0, unchanged: 1 });
    expect(await stored('revoked_on')).toEqual([{ revoked_on: '2026-02-01' }]);
  });

  it('stays out of sight where it hangs on a restricted list (CS-44)', async () => {
    await bring(`${header}\nA,Ada,a@example.org,T,N-1,2026-01-02,,,\n`);
    await test.database.statement(`update lists set hidden_at = now() where account_id = (select id from accounts where email = $1)`, [
      account,
    ]);
    await bring(`${header},shared:Grade\nA,Ben,b@example.org,T,N-2,2026-01-02,,,,A\n`);
    const [visible] = await test.database.statement(
      `select (select count(*)::integer from certificates c where c.account_id = a.id and c.public_number = 'N-2' and c.hidden_at is null) as certificates,
              (select count(*)::integer from recipients r where r.account_id = a.id and r.name = 'Ben' and r.hidden_at is null) as recipients,
              (select count(*)::integer from certificate_terms t where t.account_id = a.id and t.public_number = 'N-2' and t.hidden_at is null) as words,
              (select count(*)::integer from recipient_terms t where t.account_id = a.id and t.name_key = 'ben' and t.hidden_at is null) as names,
              (select count(*)::integer from custom_values v where v.account_id = a.id and v.hidden_at is null) as values
       from accounts a where email = $1`,
      [account],
    );
    expect(visible).toEqual({ certificates: 0, recipients: 0, words: 0, names: 0, values: 0 });
  });

  it('goes in once when it comes twice at the same time', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => `L${at % 3},Person ${at % 9},p${at}@example.org,T,N-${at},2026-01-02,,,`);
    const file = [header, ...lines].join('\n');
    const counts = await Promise.all([bring(file), bring(file)]);
    expect(counts.toSorted((a, b) => b.added - a.added)).toEqual([
      { added: 50, updated: 0, unchanged: 0 },
      { added: 0, updated: 0, unchanged: 50 },
    ]);
    const [lists] = await test.database.statement(
      'select sum(issued_count)::integer as issued, sum(recipient_count)::integer as recipients from lists l join accounts a on a.id = l.account_id where a.email = $1',
      [account],
    );
    expect(lists).toEqual({ issued: 50, recipients: 50 });
  });

  it('is read in pieces of any size', async () => {
    const file = Buffer.from(
      `${header}\r\nA,Zoë,z@example.org,"T, ""quoted""\r\nover lines",N-1,2026-01-02,,,\r\nA,李娜,l@example.org,T,N-2,2026-01-02,,,\r\n`,
    );
    const pieces = Array.from(file, (byte) => Buffer.from([byte]));
    await importCertificates({ database: test.database, clock: clockOn(today), accountEmail: account, input: Readable.from(pieces) });
    expect(await stored('title, r.name')).toEqual([
      { title: 'T, "quoted" over lines', name: 'Zoë' },
      { title: 'T', name: '李娜' },
    ]);
  });
});

describe('a file with problems changes nothing and says where they are', () => {
  it('by line and column, never by value', async () => {
    const lines = [
      'A,Ada,ada@example.org,T,N-1,2026-01-02,,,',
      'A,,secret-address,T,N-2,2026-02-30,,,',
      `A,Ada,ada@example.org,"${'x'.repeat(201)}\n",N-3,2026-01-02,2025-01-01,broken,`,
      'A,Ada,ada@example.org,T,550e8400-e29b-41d4-a716-446655440000,2026-01-02,2026-05-10,expired,',
      'A,Ada,ada@example.org,T',
      'A,Ada,ada@example.org,T,N-1,2026-01-02,,,',
    ];
    expect(await problemsOf([header, ...lines].join('\n'))).toEqual([
      'line 3, recipient_name: is empty',
      'line 3, recipient_email: is not an e-mail address',
      'line 3, issued_on: is not a day written YYYY-MM-DD',
      'line 4, title: is too long',
      'line 4, status: is not one of valid, expired, revoked',
      'line 4, expires_on: is before the day of issue',
      'line 6, public_number: looks like a UUID',
      'line 6, status: says expired, but the last day of validity has not passed',
      'line 7: does not have as many cells as the header',
      'line 8, public_number: is the number of another line too (line 2)',
    ]);
    expect(await stored('c.id')).toEqual([]);
    const [lists] = await test.database.statement(
      'select count(*)::integer as count from lists l join accounts a on a.id = l.account_id where a.email = $1',
      [account],
    );
    expect(lists).toEqual({ count: 0 });
  });

  it('in the header: unknown, missing, doubled and unnamed columns by name', async () => {
    expect(await problemsOf('list,recipient_name,recipient_email,title,public_number,phone,title,custom:,shared:Grade\n')).toEqual([
      'line 1, phone: is not a column of this file',
      'line 1, title: stands twice in the header',
      'line 1, custom:: needs a name of at most 100 characters after the colon',
      'line 1, issued_on: is a column that this file needs',
    ]);
    expect(await problemsOf('')).toEqual(['the file: has no header']);
  });

  it('in its bytes: not UTF-8, broken quotation marks, a line without end', async () => {
    const good = 'A,Ada,ada@example.org,T,N-1,2026-01-02,,,\n';
    expect(await problemsOf(Buffer.concat([Buffer.from(`${header}\n${good}`), Buffer.from([0x41, 0xfc, 0x0a])]))).toEqual([
      'line 3: is not UTF-8 text',
    ]);
    expect(await problemsOf(`${header}\n${good}A,"Ada"x,ada@example.org,T,N-2,2026-01-02,,,\n`)).toEqual([
      'line 3: has quotation marks in the wrong place',
    ]);
    expect(await problemsOf(`${header}\n${good}A,"Ada`)).toEqual(['line 3: has quotation marks in the wrong place']);
    expect(await problemsOf(`${header}\n${good}${'x'.repeat(1024 * 1024 + 10)}`)).toEqual(['line 3: is too long']);
    expect(await stored('c.id')).toEqual([]);
  });

  it('at most the first twenty', async () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `A,Ada,nobody,T,N-${at},2026-01-02,,,`);
    const problems = await problemsOf([header, ...lines].join('\n'));
    expect(problems).toHaveLength(20);
    expect(problems[19]).toBe('line 21, recipient_email: is not an e-mail address');
  });

  it('or whose account is unknown, has no certfusion, or has deactivated it', async () => {
    expect(await problemsOf(header, { email: 'nobody@example.org' })).toEqual(['account_unknown']);
    await addAccount({ orm: test.database.orm, clock: clockOn(today), email: `tls-${account}`, displayName: 'O', services: ['certumssl'] });
    expect(await problemsOf(header, { email: `tls-${account}` })).toEqual(['service_missing']);
    await test.database.statement(
      `update memberships set status = 'deactivated' where account_id = (select id from accounts where email = $1)`,
      [account],
    );
    expect(await problemsOf(header)).toEqual(['service_deactivated']);
  });

  it('or whose source breaks off: the error is passed on and the database is usable', async () => {
    const input = Readable.from(
      (async function* broken() {
        yield Buffer.from(`${header}\n`);
        for (let at = 0; at < 3000; at += 1) yield Buffer.from(`A,Ada,a${at}@example.org,T,N-${at},2026-01-02,,,\n`);
        await Promise.reject(new Error('disk on fire'));
      })(),
    );
    await expect(importCertificates({ database: test.database, clock: clockOn(today), accountEmail: account, input })).rejects.toThrow(
      'disk on fire',
    );
    expect(await stored('c.id')).toEqual([]);
    expect(await bring(`${header}\nA,Ada,a@example.org,T,N-1,2026-01-02,,,\n`)).toEqual({ added: 1, updated: 0, unchanged: 0 });
  });
});
