import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailKey, maskEmail } from '../../src/words/text.ts';
import { shown } from '../../src/policy/shapes/shown.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

/** Addresses that were accepted once and that nothing else takes for any, each with a text that holds it in another form. */
const old: readonly (readonly [address: string, text: string, told: string])[] = [
  ['a…b@x.example', 'a…b@x.example', '[removed]'],
  ['ada@x.7', 'Ask ada@x.7 now', 'Ask [removed] now'],
  ['bob@x.8', 'Ask Bob@X.8, BOB@x.8', 'Ask [removed], [removed]'],
  ['Émile@x.9', 'See ÉMILE@X.9', 'See [removed]'],
  ['eve@y.5', 'See ｅｖｅ＠ｙ．５', '[removed]'],
  ['zoe@z.4', 'See z\u200boe@z.4', 'See [removed]'],
  ['d+(x)$[1]*\\@x.6', 'It is d+(x)$[1]*\\@x.6!', 'It is [removed]!'],
];
const another = 'Ask ida@x.3 now';
const formsOf = ([address, text]: (typeof old)[number]) => [address, address.toUpperCase(), text];
const textsOf = (row: Record<string, unknown>) => [row['recipient_name'], row['title'], row['description']];

describe('the own address of a record that an older version took', () => {
  let world: World;
  let owner: Owner;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld();
    owner = await addOwner(world, 'old@example.com');
    await importRows(
      world,
      owner,
      [...old, ['last@people.example', another, another]].map(([, , told], at) => ({
        list: 'Hall',
        recipient_name: `Person ${at} ${told}`,
        recipient_email: `p${at}@people.example`,
        title: 'Course',
        description: 'About it',
        public_number: `O-${at}`,
        issued_on: '2026-01-01',
        'shared:Room': 'Blue',
      })),
    );
    for (const [at, [address, text]] of [...old, ['last@people.example', another] as const].entries()) await makeOld(at, address, text);
    app = await connect(world, { owner, name: 'Reader', choices: { tick: ['certificates:custom'] } });
  });
  afterAll(() => world.close());

  async function makeOld(at: number, address: string, text: string): Promise<void> {
    const [row] = await world.database.statement<{ id: string; recipient_id: string }>(
      'update certificates set title = $1, description = $1 where public_number = $2 returning id, recipient_id',
      [text, `O-${at}`],
    );
    if (!row) throw new Error('no such certificate');
    await world.database.statement('update recipients set name = $1, email = $2, email_masked = $3, email_key = $4 where id = $5', [
      text,
      address,
      maskEmail(address),
      emailKey(address),
      row.recipient_id,
    ]);
    await world.database.statement('update custom_values set shared_value = $1 where certificate_id = $2', [text, row.id]);
  }

  /** All that the tools answer about everybody, read by this app. */
  async function everything(reader: ConnectedApp): Promise<Record<string, unknown>[]> {
    const people = rowsOf(await reader.call('search_recipients', { limit: 50 }), 'recipients');
    const answers: Record<string, unknown>[] = [
      ...people,
      ...rowsOf(await reader.call('search_certificates', { limit: 50 }), 'certificates'),
    ];
    for (const { recipient } of people) answers.push((await reader.call('get_recipient_summary', { recipient })).structured ?? {});
    for (const at of [...old.keys(), old.length])
      answers.push((await reader.call('get_certificate_summary', { public_number: `O-${at}` })).structured ?? {});
    return answers;
  }

  it('stands in no text of any answer, in whatever case or width', async () => {
    const told = (await everything(app)).map((answer) => JSON.stringify(answer)).join('\n');
    const keys = emailKey(told);
    expect(old.flatMap(formsOf).filter((form) => told.includes(JSON.stringify(form).slice(1, -1)))).toEqual([]);
    expect(old.map(([address]) => emailKey(JSON.stringify(address).slice(1, -1))).filter((key) => keys.includes(key))).toEqual([]);
  });

  it('leaves the rest of the text, as what is searched and ordered does', async () => {
    for (const [at, [address, text, told]] of old.entries()) {
      const { structured } = await app.call('get_certificate_summary', { public_number: `O-${at}` });
      expect(textsOf(structured ?? {})).toEqual([told, told, told]);
      expect(structured).toMatchObject({ custom_fields: [{ name: 'Room', value: told }] });
      expect(shown(text, { address })).toBe(told);
    }
  });

  it('leaves what is like it and another’s, and the address comes in its own field under its scope', async () => {
    const { structured } = await app.call('get_certificate_summary', { public_number: `O-${old.length}` });
    expect(textsOf(structured ?? {})).toEqual([another, another, another]);
    const full = await connect(world, { owner, name: 'Full', choices: { tick: 'all' } });
    const people = rowsOf(await full.call('search_recipients', { limit: 50 }), 'recipients');
    expect(new Set(people.map(({ email }) => email))).toEqual(new Set([...old.map(([address]) => address), 'last@people.example']));
    expect(new Set(people.map(({ name }) => name))).toEqual(new Set([...old.map(([, , told]) => told), another]));
  });

  it('of an account stands neither in its name nor in the issuer’s', async () => {
    const place = await addOwner(world, 'place@example.com');
    await importRows(world, place, [
      { list: 'L', recipient_name: 'P', recipient_email: 'p@people.example', title: 'T', public_number: 'A-1', issued_on: '2026-01-01' },
    ]);
    const reader = await connect(world, { owner: place, name: 'Place' });
    await world.database.statement(
      'update accounts set display_name = $1, email = $2, email_masked = $3, email_key = $4 where email = $5',
      ['House of Ada@X.7', 'ada@x.7', 'a…@x.7', 'ada@x.7', place.email],
    );
    expect((await reader.call('get_account_summary')).structured).toMatchObject({ display_name: 'House of [removed]' });
    expect((await reader.call('get_certificate_summary', { public_number: 'A-1' })).structured).toMatchObject({
      issuer_name: 'House of [removed]',
    });
  });
});
