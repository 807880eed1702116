import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { unanswered, withLedger } from '../support/ledger-rows.ts';
import { allPages, rowsOf, type Row } from '../support/pages.ts';
import { searchRows, tiedRows } from '../support/search-data.ts';
import { openWorld, type World } from '../support/world.ts';

describe('search_recipients', () => {
  let world: World;
  let owner: Owner;
  let masked: ConnectedApp;
  let full: ConnectedApp;
  let tied: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld();
    owner = await addOwner(world, 'words@example.com');
    const tiedOwner = await addOwner(world, 'ties@example.com');
    await importRows(world, owner, searchRows);
    await importRows(world, tiedOwner, tiedRows);
    await world.database.statement(
      `insert into recipients (account_id, list_id, name, name_key, name_rank, email, email_masked, email_key, created_at)
       select account_id, id, 'Nora None', 'nora none', 0, 'nora@none.example', 'n…@none.example', 'nora@none.example', $1
       from lists where name = 'Safety'`,
      [world.clock().toISOString()],
    );
    await world.database.statement(
      `insert into recipient_terms (account_id, term, name_key, name_rank, source, recipient_id)
       select r.account_id, word, r.name_key, r.name_rank, 'name', r.id from recipients r cross join unnest(array['nora', 'none']) word
       where r.name = 'Nora None'`,
      [],
    );
    masked = await connect(world, { owner });
    full = await connect(world, { owner, choices: { tick: ['recipients:email'] } });
    tied = await connect(world, { owner: tiedOwner });
  });
  afterAll(() => world.close());

  async function names(input: Row, app = masked): Promise<string[]> {
    return (await allPages(app, 'search_recipients', 'recipients', input)).flat().map(({ name }) => String(name));
  }

  it.each([
    ['muller jose', ['José Müller-Strauß']],
    ['LOVE', ['Ada Lovelace']],
    ['walesa', ['Łukasz Wałęsa']],
    ['παπαδ', ['Ελένη Παπαδοπούλου']],
    ['иван', ['Мария Иванова']],
    ['さくら', ['田中 さくら']],
    ['英', ['王秀英']],
    ['الخطيب', ['محمد الخطيب']],
    ['ovelace', []],
    ['first aid', []],
  ])('finds %s', async (query, expected) => {
    expect(await names({ query })).toEqual(expected);
  });

  it('finds by words of the e-mail only under recipients:email', async () => {
    expect(await names({ query: 'people' })).toEqual([]);
    expect(await names({ query: 's-002@people.example' })).toEqual([]);
    expect(await names({ query: 'people ada' }, full)).toEqual(['Ada Lovelace']);
    expect(await names({ query: 's-002@people.example' }, full)).toEqual(['Ada Lovelace']);
  });

  it('says who has a certificate, who has none, and on which list', async () => {
    const lists = rowsOf(await masked.call('list_certificate_lists'), 'lists');
    const safety = lists.find(({ name }) => name === 'Safety')?.['list'];
    expect(await names({ has_certificate: false })).toEqual(['Nora None']);
    expect(await names({ has_certificate: true })).toHaveLength(searchRows.length);
    expect(await names({ list: safety })).toHaveLength(6);
    expect(await names({ list: safety, has_certificate: false, query: 'nor' })).toEqual(['Nora None']);
    expect(await names({ list: safety, query: 'мария' })).toEqual([]);
    const [nora] = rowsOf(await masked.call('search_recipients', { query: 'nora' }), 'recipients');
    expect(nora).toMatchObject({ certificate_count: 0, last_issued_on: null });
  });

  it('lists by name', async () => {
    const found = await names({});
    expect(found).toHaveLength(searchRows.length + 1);
    expect(found.slice(0, 5)).toEqual(['Ada Lovelace', 'İpek Yıldız', 'José Müller-Strauß', 'Łukasz Wałęsa', 'Nora None']);
  });

  it.each([{ limit: 7 }, { limit: 4, query: 'same sam' }, { limit: 7, has_certificate: true }, { limit: 7, fields: ['name'] }])(
    'pages through everything once, one name many times over, with %j',
    async (input) => {
      const handles = (await allPages(tied, 'search_recipients', 'recipients', input)).flat().map(({ recipient }) => recipient);
      const rows = await world.database.statement<{ count: number }>(
        `select count(*)::integer as count from recipients r join accounts a on a.id = r.account_id where a.email = 'ties@example.com'`,
        [],
      );
      expect(handles).toHaveLength(rows[0]?.count ?? 0);
      expect(new Set(handles).size).toBe(handles.length);
    },
  );

  it('narrows, keeps the handle, and says consent_needed for a field that the grant lacks', async () => {
    const keys = async (app: ConnectedApp, fields: string[]) =>
      Object.keys(rowsOf(await app.call('search_recipients', { limit: 1, fields }), 'recipients')[0] ?? {});
    expect(await keys(masked, ['certificate_count'])).toEqual(['recipient', 'certificate_count']);
    expect(await keys(masked, ['email_masked'])).toEqual(['recipient', 'email_masked']);
    expect(await keys(full, ['email'])).toEqual(['recipient', 'email']);
    const { answer, rows } = await withLedger(world, () => masked.call('search_recipients', { fields: ['name', 'email'] }));
    expect(answer.error).toBe('consent_needed');
    expect(rows).toEqual([unanswered('search_recipients', 'withheld')]);
  });

  it('a field that the person has not accepted stays withheld, whatever the scope (product.md, consent)', async () => {
    const app = await connect(world, { owner, name: 'Older app', choices: { tick: ['recipients:email'] } });
    await world.database.statement(
      `update grants set accepted_fields = array_remove(accepted_fields, 'recipient.email')
       where app_id = (select id from apps where name = 'Older app')`,
      [],
    );
    const [row] = rowsOf(await app.call('search_recipients', { limit: 1 }), 'recipients');
    expect(row).toHaveProperty('email_masked');
    expect(row).not.toHaveProperty('email');
    expect((await app.call('search_recipients', { fields: ['email'] })).error).toBe('consent_needed');
    expect(await names({ query: 'people' }, app)).toEqual([]);
  });
});
