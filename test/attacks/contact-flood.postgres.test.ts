import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada } from '../support/connect.ts';
import { Person, textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;
const refusals: string[] = [];

beforeAll(async () => {
  world = await openWorld({
    demo: true,
    trustedProxies: 1,
    budgets: { contact: 5, contact_day: 20 },
    countRefusal: (limit) => void refusals.push(limit),
  });
  await world.database.statement('delete from contact_messages', []);
});
afterAll(() => world.close());

const write = (kind: string, from: string, person = new Person(world.url)) =>
  person.post('/contact', { kind, message: 'Something' }, { 'x-forwarded-for': from });
const stored = async () => (await world.database.statement('select 1 from contact_messages', [])).length;

describe('a flood of messages by strangers', () => {
  it('from the many networks of one line is bounded for the whole installation, and shown in the metrics', async () => {
    const statuses = [];
    for (let at = 0; at < 40; at += 1) statuses.push((await write('under_18', `2001:db8:7:${at}::1`)).status);
    expect([statuses.slice(0, 20).every((each) => each === 200), statuses.filter((each) => each === 429).length]).toEqual([true, 18]);
    expect(await stored()).toBe(22);
    expect(new Set(refusals)).toEqual(new Set(['contact_day', 'contact_beyond']));
  });

  it('leaves a person elsewhere room to report somebody under 18, and a security problem', async () => {
    for (const from of ['203.0.113.1', '198.51.100.7', '2001:db8:8::1'])
      for (const kind of ['under_18', 'security', 'under_18'])
        expect([from, kind, (await write(kind, from)).status]).toEqual([from, kind, 200]);
  });

  it('of one kind leaves the other kinds their own share', async () => {
    for (let at = 0; at < 10; at += 1) expect((await write('rights', `2001:db8:7:${at}::1`)).status).toBe(200);
  });

  it('from their own network doesn’t keep a customer out who is signed in', async () => {
    const owner = new Person(world.url);
    await owner.signIn(await owner.get('/sign-in'), ada);
    const statuses = [];
    for (let at = 0; at < 7; at += 1) statuses.push((await write('security', '203.0.113.9')).status);
    expect(statuses.slice(-2)).toEqual([429, 429]);
    for (const kind of ['question', 'security']) expect((await write(kind, '203.0.113.9', owner)).status).toBe(200);
  });

  it('is told other ways', async () => {
    const refused = await write('security', '203.0.113.9');
    expect([refused.status, /\S+@\S+/.test(textOf(refused))]).toEqual([429, true]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('uses nothing up where nothing was stored', async () => {
    await world.database.statement('alter table contact_messages add constraint broken check (false) not valid', []);
    for (let at = 0; at < 8; at += 1) expect((await write('rights', '192.0.2.1')).status).toBe(500);
    await world.database.statement('alter table contact_messages drop constraint broken', []);
    expect((await write('rights', '192.0.2.1')).status).toBe(200);
  });
});
