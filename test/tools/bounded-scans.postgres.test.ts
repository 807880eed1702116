import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner, importRows } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { allPages, rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const many = 4_600;
const scanned = 4_000;

/** Half is “alpha”, half is “omega”, one in the middle is both; all have expired but one at each end. */
const rows = Array.from({ length: many }, (_, at) => {
  const both = at === many / 2;
  const words = both ? 'Alpha Omega' : at % 2 === 0 ? 'Alpha' : 'Omega';
  return {
    list: 'Big',
    recipient_name: `${words} Person`,
    recipient_email: `p${at}@people.example`,
    title: words,
    public_number: `B-${String(at).padStart(5, '0')}`,
    issued_on: '2015-01-01',
    expires_on: at === 0 || at === many - 1 ? '2099-01-01' : '2016-01-01',
  };
});

describe('a search in a big account looks at a bounded number of rows', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld();
    const owner = await addOwner(world, 'big@example.com');
    await importRows(world, owner, rows);
    app = await connect(world, { owner });
  });
  afterAll(() => world.close());

  it('a filter without a match gives an empty page and a cursor, which leads to the end', async () => {
    const pages = await allPages(app, 'search_certificates', 'certificates', { expires_before: '2015-12-31', status: 'valid' });
    expect(pages).toEqual([[]]);
    const first = await app.call('search_recipients', { has_certificate: false });
    expect(rowsOf(first, 'recipients')).toEqual([]);
    expect(first.structured?.['next_cursor']).toEqual(expect.any(String));
    const scan = await allPages(app, 'search_recipients', 'recipients', { has_certificate: false });
    expect(scan.map((page) => page.length)).toEqual(Array.from({ length: Math.floor(many / scanned) + 1 }, () => 0));
  });

  it('what matches rarely is found by following the cursor, each once', async () => {
    const valid = await allPages(app, 'search_certificates', 'certificates', { status: 'valid', limit: 50 });
    expect(valid.flat()).toHaveLength(2);
    expect(valid.length).toBeGreaterThan(1);
    const both = await allPages(app, 'search_certificates', 'certificates', { query: 'omega alp' });
    expect(both.flat().map(({ title }) => title)).toEqual(['Alpha Omega']);
    const people = await allPages(app, 'search_recipients', 'recipients', { query: 'alpha ome' });
    expect(people.flat().map(({ name }) => name)).toEqual(['Alpha Omega Person']);
    const expired = await allPages(app, 'search_certificates', 'certificates', { status: 'expired', query: 'omega alpha', limit: 1 });
    expect(expired.flat().map(({ title }) => title)).toEqual(['Alpha Omega']);
  });

  it('a rare word is found at once', async () => {
    const pages = await allPages(app, 'search_certificates', 'certificates', { query: 'alpha b-02321' });
    expect(pages.filter((page) => page.length > 0).flat()).toHaveLength(0);
    const odd = await app.call('search_certificates', { query: '02321 person omega' });
    expect(rowsOf(odd, 'certificates').map(({ title }) => title)).toEqual(['Omega']);
    expect(odd.structured?.['next_cursor']).toBeNull();
  });

  it('the whole set pages through once', async () => {
    const cheap = { fields: ['certificate'], limit: 50, status: 'expired' };
    const found = (await allPages(app, 'search_certificates', 'certificates', { ...cheap, query: 'alpha' })).flat();
    expect(new Set(found.map(({ certificate }) => certificate)).size).toBe(many / 2 - 1);
    expect(found).toHaveLength(many / 2 - 1);
  });
});
