import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImportRefused } from '../../src/source/problems.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const addresses = [
  'डाटा@उदाहरण.भारत',
  'ada@ตัวอย่าง.ไทย',
  'வணக்கம்@உதாரணம்.இந்தியா',
  'bu@bu\u0308cher.example',
  'ada!@secret-corp.example',
  'o*@secret-corp.example',
  "d'@secret-corp.example",
  'team#@secret-corp.example',
  'x/y=@secret-corp.example',
];
const hidden = [
  ['Access 550e8400–e29b–41d4–a716–446655440000 given', 'Access [removed] given'],
  ['Access 018f3c1e7b2a7c3d9e4f5a6b7c8d9e0f given', 'Access [removed] given'],
  ['Paid with 4111 1111 1111 1111 today', 'Paid with [removed] today'],
  ['Paid to DE89 3704 0044 0532 0130 00 today', 'Paid to [removed] today'],
  ['Ask +49 30 901820 now', 'Ask [removed] now'],
  ['Ask ada﹫corp.example now', 'Ask [removed] now'],
  ['Host 10.1.2.3 is down', 'Host [removed] is down'],
] as const;
const honest = [
  'Oracle WebLogic 12.2.1.4',
  'Modul 1.2.3.4',
  'React@18.2.0',
  'ISO 27001:2022 1.2.3.4',
  'Subnetting 192.168.0.0/16',
  'Digest 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08',
  'https://video.example/v/abcdefghijklmnop',
];
const numbers = [
  '24.12.3.117',
  '10.20.30.40',
  '9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08',
  'prod_20260000000001',
  '4111 1111 1111 1111',
  '№ 12 (B)',
  '第12号',
];

describe('shapes in texts that other people wrote', () => {
  let world: World;
  let owner: Owner;
  let app: ConnectedApp;
  const row = (at: number, cells: object) => ({
    list: 'Hall',
    recipient_name: `Person ${at}`,
    recipient_email: `p${at}@people.example`,
    title: `Course ${at}`,
    public_number: `S-${at}`,
    issued_on: '2026-01-01',
    ...cells,
  });

  beforeAll(async () => {
    world = await openWorld();
    owner = await addOwner(world, 'texts@example.com');
    await importRows(world, owner, [
      ...addresses.map((address, at) => row(at, { recipient_name: address, recipient_email: address })),
      ...hidden.map(([title], at) => row(100 + at, { title })),
      ...honest.map((title, at) => row(200 + at, { title })),
      ...numbers.map((public_number, at) => row(300 + at, { public_number })),
    ]);
    app = await connect(world, { owner: { email: 'texts@example.com', password: 'correct horse battery staple' }, name: 'Reader' });
  });
  afterAll(() => world.close());

  const titleOf = async (number: string) => (await app.call('get_certificate_summary', { public_number: number })).structured?.['title'];

  it('an address as a name is told to no app without the consent for addresses, in whatever script or form', async () => {
    const people = rowsOf(await app.call('search_recipients', { limit: 50 }), 'recipients');
    const certificates = rowsOf(await app.call('search_certificates', { limit: 50 }), 'certificates');
    const told = JSON.stringify([people, certificates]);
    expect(addresses.filter((address) => told.includes(address))).toEqual([]);
    expect(people.filter(({ name }) => name === '[removed]')).toHaveLength(addresses.length);
  });

  it('what never leaves is removed with other dashes, digits and signs, and card, account and phone numbers are', async () => {
    for (const [at, [, shown]] of hidden.entries()) expect(await titleOf(`S-${100 + at}`)).toBe(shown);
  });

  it.each([
    '550e8400‐e29b‐41d4‐a716‐446655440000',
    '550e8400_e29b_41d4_a716_446655440000',
    'X550e8400e29b41d4a716446655440000',
    '５５０ｅ８４００ｅ２９ｂ４１ｄ４ａ７１６４４６６５５４４００００',
  ])('a UUID spelt %s is no certificate’s number', async (public_number) => {
    const refused = await importRows(world, owner, [row(900, { public_number })]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ImportRefused);
    expect(refused).toMatchObject({ problems: [{ line: 2, column: 'public_number', code: 'number_is_uuid' }] });
  });

  it.each(['ada@corp.example', '<b>12</b>', '12%2F3', 'a=b;c', '12 “B”'])('%s has signs that no number has', async (public_number) => {
    const refused = await importRows(world, owner, [row(901, { public_number })]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ problems: [{ line: 2, column: 'public_number', code: 'number_alphabet' }] });
  });

  it('versions, modules, networks, digests and other sites’ links are told as they stand', async () => {
    for (const [at, title] of honest.entries()) expect(await titleOf(`S-${200 + at}`)).toBe(title);
  });

  it('a number that keeps to its alphabet is found and told, whatever it looks like', async () => {
    for (const public_number of numbers)
      expect((await app.call('get_certificate_summary', { public_number })).structured).toMatchObject({ public_number });
  });
});
