import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removed } from '../../src/policy/shapes/never-sent.ts';
import { shown } from '../../src/policy/shapes/shown.ts';
import { fold, nameKey, queryWords } from '../../src/words/text.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { encodings, secrets } from '../support/guard-corpus.ts';
import { allPages, rowsOf, type Row } from '../support/pages.ts';
import { bringTls } from '../support/tls-data.ts';
import { openWorld, type World } from '../support/world.ts';
import { issue } from '../support/x509.ts';

/** Each shape once, and one address in every form that the guard sees through. */
const hidden = [
  ...new Set([
    ...new Map(secrets.toReversed()).values(),
    ...Object.values(encodings).map((encode) => encode('grace.hopper+9@navy.example')),
  ]),
].filter((secret) => secret.length <= 150);
/** Numbers of certificates are searched too, so these share no word with what is hidden. */
const number = (kind: string, at: number): string => kind + String.fromCodePoint(0x3b1 + Math.floor(at / 10), 0x3b1 + (at % 10));

const rows = hidden.flatMap((secret, at) => [
  row({ recipient_name: `Nadia ${secret}`, recipient_email: `n${at}@people.example`, public_number: number('ωα', at) }),
  row({
    recipient_name: `Person ${at}`,
    recipient_email: `t${at}@people.example`,
    title: `Course ${secret} held`,
    public_number: number('ωβ', at),
  }),
  row({
    recipient_name: `Person ${at}`,
    recipient_email: `l${at}@people.example`,
    list: `Hall ${secret}`,
    public_number: number('ωγ', at),
  }),
  row({
    recipient_name: `Person ${at}`,
    recipient_email: `d${at}@people.example`,
    description: `Says ${secret}`,
    'custom:shared:Note': `Note ${secret}`,
    public_number: number('ωδ', at),
  }),
]);

/** Whose name is their own address, as files without names have it. */
const owns = ['zoe.quartz77@secret-corp.example', 'yan@other-corp.example', 'xia@third-corp.example'];
const ownRows = owns.flatMap((address, at) => [
  row({ list: 'Own', recipient_name: address, recipient_email: address, title: `Given to ${address}`, public_number: number('ωε', at) }),
]);

function row(given: Row): Record<string, string> {
  return {
    list: 'Main',
    title: 'Course',
    issued_on: '2025-01-01',
    expires_on: '',
    description: '',
    'custom:shared:Note': '',
    ...given,
  } as Record<string, string>;
}

describe('what the guard removes can’t be searched, ordered by or compared (CF-15)', () => {
  let world: World;
  let masked: ConnectedApp;
  let full: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld();
    const owner = await addOwner(world, 'owner@example.com');
    await importRows(world, owner, [...rows, ...ownRows]);
    masked = await connect(world, { owner, choices: { tick: ['certificates:custom'] } });
    full = await connect(world, { owner, choices: { tick: ['certificates:custom', 'recipients:email'] } });
  });
  afterAll(() => world.close());

  const searches = [
    ['search_recipients', 'recipients'],
    ['search_certificates', 'certificates'],
  ] as const;

  /** Does each word of the question begin a word of what is told of the record? */
  const tells = (told: Row, query: string): boolean => {
    const words = fold(Object.values(told).join(' ')).split(/[^\p{L}\p{N}\p{M}]+/u);
    return queryWords(query).every((asked) => words.some((word) => word.includes(asked)));
  };

  it.each(hidden)('what a search for parts of %s finds, its answer shows', async (secret) => {
    const questions = new Set(queryWords(secret).flatMap((word) => [word, word.slice(0, 2)]));
    const asked = [...questions].flatMap((query) => [masked, full].flatMap((app) => searches.map((search) => ({ query, app, search }))));
    const untold = asked.map(async ({ query, app, search }) => {
      const found = (await allPages(app, search[0], search[1], { query, limit: 50 })).flat();
      return found.filter((told) => !tells(told, query)).map((told) => ({ query, told }));
    });
    expect((await Promise.all(untold)).flat()).toEqual([]);
  });

  it('an address that stands in a name isn’t spelled out by asking for its beginnings', async () => {
    const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('');
    const answers = await Promise.all(alphabet.map((query) => allPages(masked, 'search_recipients', 'recipients', { query, limit: 50 })));
    const found = alphabet.filter((_, at) => answers[at]?.flat().some(({ email_masked }) => email_masked === 'z…@secret-corp.example'));
    expect(found).toEqual(['r']);
    expect(rowsOf(await masked.call('search_recipients', { query: 'removed', limit: 1 }), 'recipients')).toHaveLength(1);
  });

  it('the words that are shown beside it still find it, and the address does with full e-mails', async () => {
    const whole = hidden.filter((secret) => shown(`Nadia ${secret}`) === removed).length;
    expect(whole).toBeLessThan(hidden.length / 2);
    expect((await allPages(masked, 'search_recipients', 'recipients', { query: 'nadia', limit: 50 })).flat()).toHaveLength(
      hidden.length - whole,
    );
    expect(
      (await allPages(masked, 'search_certificates', 'certificates', { query: 'course held', limit: 50 })).flat().length,
    ).toBeGreaterThan(0);
    for (const query of [owns[0], 'quartz77', 'secret corp'])
      expect(rowsOf(await full.call('search_recipients', { query }), 'recipients')).toMatchObject([{ email: owns[0] }]);
    expect(rowsOf(await masked.call('search_recipients', { query: 'quartz77' }), 'recipients')).toEqual([]);
  });

  it('people and lists stand in the order of what is shown of them, and then as they came', async () => {
    const people = (await allPages(masked, 'search_recipients', 'recipients', { limit: 7 })).flat();
    expect(people).toHaveLength(rows.length + ownRows.length);
    const keys = people.map(({ name }) => nameKey(String(name)));
    expect(keys).toEqual(keys.toSorted((one, other) => (one < other ? -1 : 1)));
    expect(
      people
        .filter(({ name }) => name === removed)
        .map(({ email_masked }) => email_masked)
        .slice(-owns.length),
    ).toEqual(['z…@secret-corp.example', 'y…@other-corp.example', 'x…@third-corp.example']);
    const lists = (await allPages(masked, 'list_certificate_lists', 'lists', { limit: 3 })).flat();
    expect(new Set(lists.map(({ list }) => list)).size).toBe(hidden.length + 2);
    const listKeys = lists.map(({ name }) => nameKey(String(name)));
    expect(listKeys).toEqual(listKeys.toSorted((one, other) => (one < other ? -1 : 1)));
  });

  it('a number or a domain that is not all shown names nothing', async () => {
    const hostName = '7d3e9a10-52bf-4c61-9e0d-aa3317c85f24.example.com';
    await bringTls(world, 'owner@example.com', await issue({ commonName: hostName, dns: [hostName, 'shown.example.com'] }));
    await world.database.statement(`update certificates set public_number = 'grace@navy.example' where public_number = $1`, [
      number('ωα', 0),
    ]);
    expect((await masked.call('get_certificate_summary', { public_number: 'grace@navy.example' })).error).toBe('not_available');
    expect((await masked.call('get_certificate_summary', { public_number: number('ωα', 1) })).error).toBeNull();
    expect(rowsOf(await masked.call('list_tls_certificates', { domain: hostName }), 'tls_certificates')).toEqual([]);
    expect((await masked.call('get_tls_certificate_summary', { domain: hostName })).error).toBe('not_available');
    expect(rowsOf(await masked.call('list_tls_certificates', { domain: 'shown.example.com' }), 'tls_certificates')).toMatchObject([
      { common_name: shown(hostName) },
    ]);
  });

  it('people whose names are both removed stay two, and a file that comes again changes nothing', async () => {
    const owner: Owner = await addOwner(world, 'two@example.com');
    const shared = [
      row({ recipient_name: 'ada@family.example', recipient_email: 'home@family.example', public_number: 'F-1' }),
      row({ recipient_name: 'bob@family.example', recipient_email: 'home@family.example', public_number: 'F-2' }),
    ];
    for (let times = 0; times < 2; times += 1) {
      await importRows(world, owner, shared);
      const [count] = await world.database.statement<{ people: number }>(
        `select count(*)::integer as people from recipients r join accounts a on a.id = r.account_id where a.email = $1`,
        [owner.email],
      );
      expect(count).toEqual({ people: 2 });
    }
  });
});
