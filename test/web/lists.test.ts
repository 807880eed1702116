import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImportRefused } from '../../src/source/problems.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { rowsOf } from '../support/pages.ts';
import { textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const secretName = 'Badge <b>number</b>';
const secretValue = 'BADGE-4711';

describe('the page of a list', () => {
  let world: World;
  let owner: Owner;
  let plain: ConnectedApp;
  let custom: ConnectedApp;
  let path: string;

  const row = (number: string, extra: Record<string, string> = {}) => ({
    list: 'Safety',
    recipient_name: 'Ada Byron',
    recipient_email: 'ada@people.example',
    title: 'Fire Warden',
    public_number: number,
    issued_on: '2026-01-02',
    'shared:Grade': 'Distinction',
    ...extra,
  });

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    owner = await addOwner(world, 'lists@owner.example');
    await importRows(world, owner, [
      { ...row('S-1'), [`custom:${secretName}`]: secretValue },
      { ...row('S-2'), [`custom:${secretName}`]: 'BADGE-4712' },
    ]);
    plain = await connect(world, { owner, name: 'Plain app' });
    custom = await connect(world, { owner, name: 'Custom app', choices: { tick: ['certificates:custom'] } });
    const lists = await custom.person.get('/dashboard/lists');
    path = /href="(\/dashboard\/lists\/lst_[0-9a-z]{26})"/.exec(lists.body)?.[1] ?? '';
  });
  afterAll(() => world.close());

  const change = (name: string, sharing: string) => custom.person.submit(`${path}/fields`, { name, sharing });

  /** Everything about the list's certificates that an app can be told. */
  async function toldTo(app: ConnectedApp): Promise<{ names: unknown; fields: unknown; everything: string }> {
    const lists = await app.call('list_certificate_lists');
    const found = await app.call('search_certificates', { query: 'fire' });
    const one = await app.call('get_certificate_summary', { public_number: 'S-1' });
    const fields = one.structured?.['custom_fields'];
    return {
      names: rowsOf(lists, 'lists')[0]?.['shareable_field_names'],
      fields,
      everything: [lists, found, one].map(({ body }) => body).join(),
    };
  }

  it('shows its custom fields, and which are shareable', async () => {
    expect(textOf(await custom.person.get('/dashboard/lists'))).toMatch(/Safety 1 of 2 shareable 1 recipient 2 certificates/);
    const page = await custom.person.get(path);
    expect(textOf(page)).toMatch(/Badge <b>number<\/b> Private/);
    expect(textOf(page)).toMatch(/Grade Shareable/);
    expect(page.body).not.toContain('<b>number');
  });

  it('never lets an undeclared field leave, nor its name', async () => {
    for (const app of [plain, custom]) {
      const { everything, names } = await toldTo(app);
      expect(everything).not.toMatch(/badge/i);
      expect(names).toEqual(['Grade']);
    }
    expect((await toldTo(custom)).fields).toEqual([{ name: 'Grade', value: 'Distinction' }]);
    expect((await toldTo(plain)).fields).toBeUndefined();
  });

  it('makes a field shareable: grants that have custom fields see it from the next call, others only its name', async () => {
    const page = await change(secretName, 'shareable');
    expect(page.url.pathname).toBe(path);
    expect(textOf(page)).toMatch(/Badge <b>number<\/b> is shareable now/);
    expect((await toldTo(custom)).fields).toEqual([
      { name: secretName, value: secretValue },
      { name: 'Grade', value: 'Distinction' },
    ]);
    const { names, everything } = await toldTo(plain);
    expect(names).toEqual([secretName, 'Grade']);
    expect(everything).not.toContain(secretValue);
  });

  it('makes it private again: name and values are gone from the next call, and stand in no column that may leave', async () => {
    await change(secretName, 'private');
    await change('Grade', 'private');
    const { fields, names, everything } = await toldTo(custom);
    expect([fields, names]).toEqual([[], []]);
    expect(everything).not.toMatch(/badge|grade|distinction/i);
    const left = await world.database.statement(
      `select from custom_fields f join custom_values v on v.field_id = f.id join accounts a on a.id = f.account_id
       where a.email = $1 and (f.shared_name is not null or v.shared_value is not null)`,
      [owner.email],
    );
    expect(left).toEqual([]);
    await change('Grade', 'shareable');
    expect((await toldTo(custom)).fields).toEqual([{ name: 'Grade', value: 'Distinction' }]);
  });

  it('is not undone by a file that comes again with the old column', async () => {
    await expect(importRows(world, owner, [{ ...row('S-3'), 'shared:Badge <b>number</b>': 'BADGE-1' }])).rejects.toThrow(ImportRefused);
    await importRows(world, owner, [{ ...row('S-3'), [`custom:${secretName}`]: 'BADGE-4713' }]);
    expect((await toldTo(custom)).everything).not.toMatch(/badge/i);
  });

  it('changes nothing for words that it doesn’t know, and for a form of another site (CS-09)', async () => {
    for (const [name, sharing, status] of [
      [secretName, 'public', 400],
      ['Unknown', 'shareable', 404],
      ['', 'shareable', 404],
      ['a\0b', 'shareable', 400],
    ] as const) {
      expect((await custom.person.post(`${path}/fields`, { name, sharing })).status).toBe(status);
    }
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await custom.person.post(`${path}/fields`, { name: secretName, sharing: 'shareable' }, foreign)).status).toBe(403);
    expect((await custom.person.get(`${path}/fields`)).url.pathname).toBe(path);
    expect((await toldTo(custom)).names).toEqual(['Grade']);
  });

  it('gives another owner’s list the same answer as an unknown one, for reading and for changing (CF-16)', async () => {
    const hers = await connect(world, { owner: grace, name: 'Grace’s app' });
    const unknown = await hers.person.get('/dashboard/lists/lst_00000000000000000000000000');
    const foreign = await hers.person.get(path);
    expect([foreign.status, foreign.body]).toEqual([404, unknown.body]);
    expect((await hers.person.post(`${path}/fields`, { name: 'Grade', sharing: 'private' })).status).toBe(404);
    expect((await toldTo(custom)).names).toEqual(['Grade']);
    expect(textOf(await hers.person.get('/dashboard/lists'))).not.toContain('Safety');
  });

  it('hides a restricted list', async () => {
    await world.database.statement('update lists set hidden_at = now() where name = $1', ['Safety']);
    expect((await custom.person.get(path)).status).toBe(404);
    expect((await custom.person.post(`${path}/fields`, { name: secretName, sharing: 'shareable' })).status).toBe(404);
    expect((await custom.person.get('/dashboard/lists')).body).not.toContain('Safety');
    await world.database.statement('update lists set hidden_at = null where name = $1', ['Safety']);
  });

  it('pages through many lists by name, each once', async () => {
    const names = Array.from({ length: 120 }, (_, at) => `Course ${String(at).padStart(3, '0')}`);
    await importRows(
      world,
      owner,
      names.map((list, at) => ({ ...row(`M-${at}`), list })),
    );
    const seen: string[] = [];
    let next: string | undefined = '/dashboard/lists';
    while (next !== undefined) {
      const { body } = await custom.person.get(next);
      seen.push(...[...body.matchAll(/href="\/dashboard\/lists\/lst_\w+">([^<]*)</g)].map(([, name]) => name ?? ''));
      next = /href="(\/dashboard\/lists\?after=lst_\w+)"/.exec(body)?.[1];
    }
    expect(seen).toEqual([...names, 'Safety']);
  });
});

describe('an installation without certfusion', () => {
  it('has no lists, and no way to them', async () => {
    const world = await openWorld({ demo: true, services: ['certumssl'] });
    const app = await connect(world, { name: 'TLS app' });
    expect((await app.person.get('/dashboard')).body).not.toContain('/dashboard/lists');
    expect((await app.person.get('/dashboard/lists')).status).toBe(404);
    await world.close();
  });
});
