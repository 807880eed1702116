import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importTls } from '../../src/source/import-tls.ts';
import { makeStaffRights, type StaffFiling, type StaffRights } from '../../src/rights/staff-requests.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { recipientsWith } from '../../src/store/visibility/recipient-rights.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { publishClosedMonths } from '../../src/jobs/verification.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { rowsOf } from '../support/pages.ts';
import { Person, textOf } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { openWorld, type World } from '../support/world.ts';
import { issue } from '../support/x509.ts';

type Service = 'certfusion' | 'certumssl';

interface Place {
  readonly owner: Owner;
  readonly accountId: string;
  readonly app: ConnectedApp;
  readonly person: Person;
}

describe('CS-44: what is imported while a restriction stands', () => {
  let world: World;
  let staff: StaffRights;

  beforeAll(async () => {
    world = await openWorld();
    const { orm } = world.database;
    const { clock, deletionsLog } = world;
    const keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    staff = makeStaffRights({ orm, clock, key: keys.tombstones, columnsKey: keys.columns, deletionsLog });
  });
  afterAll(() => world.close());

  const query = <Row = Record<string, unknown>>(text: string, ...given: string[]) => world.database.statement<Row>(text, given);
  const row = (list: string, name: string, number: string) => ({
    list,
    recipient_name: name,
    recipient_email: `${name.toLowerCase()}@people.example`,
    title: `Course of ${name}`,
    public_number: number,
    issued_on: '2026-01-02',
    'shared:Level': `level of ${name}`,
  });

  async function arrive(email: string): Promise<Place> {
    const owner = await addOwner(world, email);
    const app = await connect(world, { owner, name: 'An app', choices: { tick: 'all' } });
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), owner);
    return { owner, app, person, accountId: (await accountWith({ orm: world.database.orm, email })) ?? '' };
  }

  async function restrict(person: Person, service: Service): Promise<string> {
    const { json } = await api(person, '/api/requests', { kind: 'restriction', service });
    expect(await api(person, `/api/requests/${String(json['request'])}/confirm`, {})).toMatchObject({ json: { status: 'done' } });
    return String(json['request']);
  }

  const lift = async (person: Person, request: string) =>
    expect(await api(person, `/api/requests/${request}/withdraw`, {})).toMatchObject({ json: { status: 'withdrawn' } });

  async function restrictRecipient(accountId: string, name: string): Promise<string> {
    const recipientId = (await recipientsWith({ orm: world.database.orm, accountId, email: `${name}@people.example` }))[0] ?? '';
    const receivedOn = world.clock().toISOString().slice(0, 10);
    const filing: StaffFiling = {
      accountId,
      recipientId,
      kind: 'restriction',
      service: 'certfusion',
      channel: 'post',
      receivedOn,
      region: null,
      ground: null,
    };
    const { requestId } = await staff.file({ ...filing, staffName: 'Rosalind' });
    await staff.advance({ accountId, requestId, staffName: 'Rosalind' });
    return requestId;
  }

  /** Everything that tools, pages and links show of a word. */
  async function placesThatShow(word: string, { app, person, accountId }: Place): Promise<string[]> {
    const told = async (tool: string, input: Record<string, unknown>) => {
      const { structured } = await app.call(tool, input);
      expect(structured).not.toBeNull();
      return JSON.stringify(structured);
    };
    const certificates = await told('search_certificates', { limit: 50 });
    const found = await told('search_certificates', { query: word });
    const recipients = await told('search_recipients', { query: word });
    const links = await query<{ code: string }>(
      `select c.verification_code::text as code from certificates c join recipients r on r.id = c.recipient_id
       where r.name = $1 and c.account_id = $2`,
      word,
      accountId,
    );
    expect(links.length).toBeGreaterThan(0);
    const opened = await Promise.all(links.map(async ({ code }) => (await new Person(world.url).get(`/v/${code}`)).status));
    return Object.entries({
      search: certificates.includes(`Course of ${word}`),
      query: found.includes(word),
      recipients: recipients.includes(word),
      link: opened.includes(200),
      pages: textOf(await person.get('/dashboard/lists')).includes(`List of ${word}`),
    }).flatMap(([place, shows]) => (shows ? [place] : []));
  }

  it('comes in hidden from tools, pages, links and jobs, and is there once the restriction is lifted', async () => {
    const place = await arrive('service@owner.example');
    await importRows(world, place.owner, [row('List of Mary', 'Mary', 'M-1')]);
    const request = await restrict(place.person, 'certfusion');
    world.clock.advance({ minutes: 1 });
    await importRows(world, place.owner, [
      row('List of Emmy', 'Emmy', 'E-1'),
      row('List of Mary', 'Ida', 'I-1'),
      row('List of Mary', 'Mary', 'M-2'),
    ]);
    for (const word of ['Mary', 'Emmy', 'Ida']) expect([word, await placesThatShow(word, place)]).toEqual([word, []]);
    expect(JSON.stringify((await place.app.call('get_issuance_stats', { period: 'year' })).structured)).not.toMatch(/"issued":[1-9]/);
    await query(
      `insert into verification_events (at, account_id, certificate_id, kind)
       select '2026-10-10', account_id, id, 'view' from certificates where account_id = $1`,
      place.accountId,
    );
    await publishClosedMonths({ orm: world.database.orm, clock: world.clock });
    expect(await query('select 1 from verification_months where account_id = $1', place.accountId)).toEqual([]);
    await lift(place.person, request);
    for (const word of ['Mary', 'Emmy'])
      expect([word, await placesThatShow(word, place)]).toEqual([word, ['search', 'query', 'recipients', 'link', 'pages']]);
    expect(await placesThatShow('Ida', place)).toEqual(['search', 'query', 'recipients', 'link']);
    for (const table of ['lists', 'custom_fields', 'recipients', 'certificates', 'certificate_terms', 'recipient_terms', 'custom_values'])
      expect([table, await query(`select 1 from ${table} where account_id = $1 and hidden_at is not null`, place.accountId)]).toEqual([
        table,
        [],
      ]);
  });

  it('TLS certificates and orders too', async () => {
    const place = await arrive('tls@owner.example');
    const request = await restrict(place.person, 'certumssl');
    const bring = async (text: string) =>
      importTls({ database: world.database, accountEmail: place.owner.email, input: Readable.from([Buffer.from(text)]) });
    await bring(
      'order_number,product_type,domains,status,ordered_on,vetting_status\nO-1,single,shop.example,issued,2026-01-01,not_required\n',
    );
    await bring(await issue({ commonName: 'shop.example', dns: ['shop.example'], level: 'DV' }));
    await bring(await issue({ commonName: 'other.example', dns: ['other.example'], level: 'DV' }));
    const shown = async () => [
      rowsOf(await place.app.call('list_tls_certificates'), 'tls_certificates').length,
      rowsOf(await place.app.call('list_tls_certificates', { domain: 'other.example' }), 'tls_certificates').length,
      rowsOf(await place.app.call('list_tls_orders'), 'orders').length,
    ];
    expect(await shown()).toEqual([0, 0, 0]);
    await lift(place.person, request);
    expect(await shown()).toEqual([2, 1, 1]);
  });

  it('of a restricted recipient stays hidden in whichever list, new spelling or corrected certificate, and everybody else’s comes in', async () => {
    const place = await arrive('person@owner.example');
    await importRows(world, place.owner, [row('L', 'Mary', 'R-1'), row('L', 'Emmy', 'R-2')]);
    const requestId = await restrictRecipient(place.accountId, 'mary');
    await importRows(world, place.owner, [
      row('L', 'Mary', 'R-3'),
      row('Another', 'Mary', 'R-4'),
      { ...row('L', 'Mary Ann', 'R-5'), recipient_email: 'mary@people.example' },
      row('Another', 'Emmy', 'R-6'),
      row('L', 'Mary', 'R-2'),
    ]);
    expect(await placesThatShow('Mary', place)).toEqual([]);
    expect(await placesThatShow('Emmy', place)).toEqual(['search', 'query', 'recipients', 'link']);
    await importRows(world, place.owner, [row('L', 'Emmy', 'R-1')]);
    expect(await query(`select hidden_at from certificates where account_id = $1 and public_number = 'R-1'`, place.accountId)).toEqual([
      { hidden_at: null },
    ]);
    await staff.withdraw({ accountId: place.accountId, requestId, staffName: 'Rosalind' });
    expect(await placesThatShow('Mary', place)).toEqual(['search', 'query', 'recipients', 'link']);
    expect(JSON.stringify((await place.app.call('search_recipients', { query: 'mary' })).structured)).toContain('Mary Ann');
    expect(await query('select 1 from custom_values where account_id = $1 and hidden_at is not null', place.accountId)).toEqual([]);
  });

  it('lifting one restriction shows nothing that another still hides', async () => {
    const place = await arrive('both@owner.example');
    await importRows(world, place.owner, [row('List of Mary', 'Mary', 'B-1'), row('List of Mary', 'Emmy', 'B-2')]);
    const ofMary = await restrictRecipient(place.accountId, 'mary');
    const first = await restrict(place.person, 'certfusion');
    world.clock.advance({ minutes: 1 });
    const second = await restrict(place.person, 'certfusion');
    await staff.withdraw({ accountId: place.accountId, requestId: ofMary, staffName: 'Rosalind' });
    expect(await placesThatShow('Mary', place)).toEqual([]);
    await lift(place.person, first);
    expect(await placesThatShow('Emmy', place)).toEqual([]);
    const again = await restrictRecipient(place.accountId, 'mary');
    await lift(place.person, second);
    expect(await placesThatShow('Emmy', place)).toEqual(['search', 'query', 'recipients', 'link']);
    expect(await placesThatShow('Mary', place)).toEqual(['pages']);
    await staff.withdraw({ accountId: place.accountId, requestId: again, staffName: 'Rosalind' });
    expect(await placesThatShow('Mary', place)).toEqual(['search', 'query', 'recipients', 'link', 'pages']);
  });
});
