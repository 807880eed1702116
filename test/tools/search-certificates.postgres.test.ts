import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { allPages, rowsOf, type Row } from '../support/pages.ts';
import { searchRows, tiedRows } from '../support/search-data.ts';
import { openWorld, type World } from '../support/world.ts';

describe('search_certificates', () => {
  let world: World;
  let words: ConnectedApp;
  let tied: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld();
    const wordsOwner: Owner = await addOwner(world, 'words@example.com');
    const tiedOwner: Owner = await addOwner(world, 'ties@example.com');
    await importRows(world, wordsOwner, searchRows);
    await importRows(world, tiedOwner, tiedRows);
    words = await connect(world, { owner: wordsOwner });
    tied = await connect(world, { owner: tiedOwner });
  });
  afterAll(() => world.close());

  /** The numbers of what was found, in order: names in the answer lead back to the rows that were imported. */
  async function numbers(input: Row): Promise<string[]> {
    const found = (await allPages(words, 'search_certificates', 'certificates', input)).flat();
    return found.map((each) => {
      const row = searchRows.find(({ recipient_name }) => recipient_name === each['recipient_name']);
      if (!row) throw new Error('a stranger was found');
      return row.public_number;
    });
  }

  const sorted = async (query: string): Promise<string[]> => (await numbers({ query })).toSorted();

  it.each([
    ['jose muller', ['S-001']],
    ['MÜLLER José', ['S-001']],
    ['strauss', ['S-001']],
    ['mul jo fir', ['S-001']],
    ['work aid first', ['S-001', 'S-002']],
    ['lukasz', ['S-003']],
    ['WALESA', ['S-003']],
    ['fuhrungskrafte', ['S-003']],
    ['ipek', ['S-004']],
    ['yildiz', ['S-004']],
    ['ελενη', ['S-005']],
    ['ΕΛΈΝΗ ΠΑΠ', ['S-005']],
    ['мария', ['L-001']],
    ['ИВАНОВА язык', ['L-001']],
    ['田中', ['L-002']],
    ['さくら', ['L-002']],
    ['修了証', ['L-002']],
    ['秀英', ['L-003']],
    ['철수', ['L-004']],
    ['محمد', ['L-005']],
    ['שרה', ['L-006']],
    ['สมชาย', ['L-007']],
    ['अनन्या', ['L-008']],
    ['S-00', ['S-001', 'S-002', 'S-003', 'S-004', 'S-005']],
    ['l-00 日本語', ['L-002']],
    ['fire', ['S-004', 'S-005']],
  ])('finds %s by words in any order, by their beginnings, without case and accents, in any script', async (query, expected) => {
    expect(await sorted(query)).toEqual(expected);
  });

  it.each(['ose', 'irst', 'fire josé', 'nobody', '!!!', '   ', '%', '_', 'e-mail people', "'; drop table accounts; --"])(
    'finds nothing for %s',
    async (query) => {
      expect(await numbers({ query })).toEqual([]);
    },
  );

  it('never finds by e-mail, which certificates:read does not open', async () => {
    expect(await numbers({ query: 'people' })).toEqual([]);
    expect(await numbers({ query: 's-001@people.example' })).toEqual([]);
  });

  it('filters by list, status, day of issue and expiry, alone and together', async () => {
    const lists = rowsOf(await words.call('list_certificate_lists'), 'lists');
    expect(lists.map(({ name }) => name)).toEqual(['Languages', 'Safety']);
    const [languages, safety] = lists.map(({ list }) => String(list));
    const all = searchRows.map(({ public_number }) => public_number);
    const of = (prefix: string) => all.filter((each) => each.startsWith(prefix));
    expect((await numbers({ list: safety })).toSorted()).toEqual(of('S'));
    expect((await numbers({ list: languages })).toSorted()).toEqual(of('L'));
    expect((await numbers({ status: 'revoked' })).toSorted()).toEqual(['L-008', 'S-005']);
    expect((await numbers({ status: 'expired' })).toSorted()).toEqual(['L-007', 'S-003', 'S-004']);
    expect(await numbers({ status: 'valid' })).not.toContain('S-003');
    expect(await numbers({ issued_from: '2019-02-02' })).toEqual(of('L').toReversed());
    expect((await numbers({ issued_from: '2018-06-01', issued_to: '2018-06-01' })).toSorted()).toEqual(['S-004', 'S-005']);
    expect(await numbers({ issued_from: '2019-03-01', issued_to: '2019-01-01' })).toEqual([]);
    expect(await numbers({ list: safety, status: 'revoked', query: 'fire', issued_to: '2018-12-31' })).toEqual(['S-005']);
    expect(await numbers({ list: languages, status: 'expired' })).toEqual(['L-007']);
    expect(await numbers({ list: languages, expires_before: '2099-01-01', status: 'revoked' })).toEqual([]);
  });

  it('every status falls in exactly one of valid, expired and revoked', async () => {
    const each = await Promise.all(['valid', 'expired', 'revoked'].map((status) => numbers({ status })));
    expect(each.flat().toSorted()).toEqual(searchRows.map(({ public_number }) => public_number).toSorted());
  });

  it('lists newest first, and with expires_before or status expired what ends soonest first', async () => {
    expect(await numbers({ limit: 50 })).toEqual([
      'L-008',
      'L-007',
      'L-006',
      'L-005',
      'L-004',
      'L-003',
      'L-002',
      'L-001',
      'S-003',
      'S-002',
      'S-001',
      'S-005',
      'S-004',
    ]);
    expect(await numbers({ expires_before: '2099-01-10' })).toEqual(['L-007', 'S-003', 'S-004', 'S-005', 'L-008', 'S-002']);
    expect(await numbers({ expires_before: '2099-01-11' })).toEqual(['L-007', 'S-003', 'S-004', 'S-005', 'L-008', 'S-002', 'S-001']);
    expect(await numbers({ status: 'expired' })).toEqual(['L-007', 'S-003', 'S-004']);
    expect(await numbers({ expires_before: '2099-01-11', query: 'fire' })).toEqual(['S-004', 'S-005']);
  });

  it.each([
    { limit: 13 },
    { limit: 4, issued_from: '2019-03-04' },
    { limit: 50 },
    { limit: 13, query: 'same' },
    { limit: 13, query: 'tied sam' },
    { limit: 13, expires_before: '2099-01-01' },
    { limit: 13, expires_before: '2099-01-01', query: 'same' },
    { limit: 13, status: 'valid' },
    { limit: 13, fields: ['certificate', 'issued_on'] },
  ])('pages through everything once, ties included, with %j', async (input) => {
    const expected = input.issued_from === undefined ? 90 : 30;
    const pages = await allPages(tied, 'search_certificates', 'certificates', input);
    const handles = pages.flat().map(({ certificate }) => certificate);
    expect(new Set(handles).size).toBe(expected);
    expect(handles).toHaveLength(expected);
    expect(pages.slice(0, -1).every((page) => page.length === input.limit)).toBe(true);
    expect(handles).toEqual(
      (await allPages(tied, 'search_certificates', 'certificates', { ...input, limit: 50 })).flat().map(({ certificate }) => certificate),
    );
  });

  it('pages on with another page size, and is expired_cursor with other arguments, fields or another tool', async () => {
    const first = await tied.call('search_certificates', { limit: 3, query: 'same' });
    const cursor = first.structured?.['next_cursor'];
    expect(rowsOf(await tied.call('search_certificates', { limit: 50, query: 'same', cursor }), 'certificates')).toHaveLength(50);
    for (const input of [{}, { query: 'sam' }, { query: 'same', status: 'valid' }, { query: 'same', fields: ['title'] }]) {
      expect((await tied.call('search_certificates', { ...input, cursor })).error).toBe('expired_cursor');
    }
    expect((await tied.call('search_recipients', { query: 'same', cursor })).error).toBe('expired_cursor');
    expect((await words.call('search_certificates', { query: 'same', cursor })).error).toBe('expired_cursor');
    world.clock.advance({ hours: 1 });
    const later = await tied.call('search_certificates', { query: 'same', cursor });
    world.clock.travelTo(new Date());
    expect([later.status, later.error]).toContain(later.status === 401 ? 401 : 'expired_cursor');
  });

  it('narrows to the fields that were named, in the order of the contract, and never drops the handle', async () => {
    const only = async (fields: string[]) => {
      const [row] = rowsOf(await words.call('search_certificates', { limit: 1, fields }), 'certificates');
      return Object.keys(row ?? {});
    };
    expect(await only(['status', 'title'])).toEqual(['certificate', 'title', 'status']);
    expect(await only(['certificate'])).toEqual(['certificate']);
    expect(await only(['expires_on', 'expires_on'])).toEqual(['certificate', 'expires_on']);
    expect((await words.call('search_certificates', { fields: [] })).error).toBe('invalid_input');
    expect((await words.call('search_certificates', { fields: ['verification_code'] })).error).toBe('invalid_input');
    expect((await words.call('search_certificates', { fields: 'title' })).error).toBe('invalid_input');
  });

  it.each([
    { limit: 0 },
    { limit: 51 },
    { limit: '5' },
    { limit: 1.5 },
    { limit: null },
    { query: '' },
    { query: 'x'.repeat(201) },
    { query: 5 },
    { status: 'VALID' },
    { issued_from: '2026-02-30' },
    { issued_from: '2026-2-3' },
    { issued_to: 'yesterday' },
    { expires_before: 20260101 },
    { list: '' },
    { cursor: '' },
    { account_id: 'x' },
    { reason: 'because' },
    { query: { $ne: 1 } },
    { list: ['x'] },
  ])('refuses %j', async (input) => {
    expect((await words.call('search_certificates', input)).error).toBe('invalid_input');
  });
});
