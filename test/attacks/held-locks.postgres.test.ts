import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSharing } from '../../src/store/certificates/custom-fields.ts';
import { toolsLogin, urlFor } from '../support/postgres-logins.ts';
import { fillAccount, rowsOf } from '../support/retention-data.ts';
import { openWorld, type World } from '../support/world.ts';

const everyKeyOf = `select pg_advisory_lock(hashtextextended(n, 0)) from unnest($1::text[]) n`;
const names = [
  'certveil retention',
  'certveil verification months',
  'certveil verification partitions',
  'notices',
  'certveil migrate',
  'retention',
  'sweep clock',
];

describe('locks that the tools’ login holds', { timeout: 120_000 }, () => {
  let world: World;
  let thief: postgres.Sql;
  let accountId: string;
  let owner: string;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    await world.sweep();
    const adminUrl = world.adminUrl ?? '';
    const database = new URL(adminUrl).pathname.slice(1);
    thief = postgres(urlFor({ adminUrl, login: toolsLogin, database }), { max: 1, onnotice: () => undefined });
    const accounts = await world.database.statement<{ id: string }>('select id from accounts order by email', []);
    owner = accounts[0]?.id ?? '';
    await thief.unsafe(everyKeyOf, [[...names, ...accounts.map(({ id }) => `import:${id}`)]]);
  });
  afterAll(async () => {
    await thief.end();
    await world.close();
  });
  beforeEach(async () => {
    ({ accountId } = await fillAccount({ database: world.database, from: '2010-03-01' }));
  });

  const states = async () => {
    const text = await (await fetch(`${world.url}/readyz`)).text();
    return Object.fromEntries([...text.matchAll(/^sweep ([\w:]+): (\w+),/gm)].map(([, name = '', outcome]) => [name, outcome]));
  };

  it('stop no sweep: what is due goes, months are published, notices are read', async () => {
    world.clock.advance({ days: 1 });
    await world.sweep();
    const left = await rowsOf(world.database, accountId);
    expect([left.transactions, left.tls_certificates, left.support_messages, left.verification_events, left.memberships]).toEqual([
      0, 0, 0, 0, 1,
    ]);
    expect(new Set(Object.values(await states()))).toEqual(new Set(['done']));
  });

  it('keep nobody from an account that is imported into, hidden or erased', async () => {
    const change = { orm: world.database.orm, accountId: owner, listId: randomUUID(), name: 'grade', shareable: true };
    expect(await changeSharing(change)).toBe(false);
  });

  it('may not be rows: it can lock none of them, nor a table', async () => {
    for (const text of [
      'select from turns for update',
      'do $$ begin lock table turns in share mode; end $$',
      'do $$ begin lock table verification_events in access share mode; end $$',
      'insert into turns (number) values (1)',
    ])
      await expect(thief.unsafe(text)).rejects.toMatchObject({ code: '42501' });
  });

  it('of a sweep that another instance is at leave it to that one, and both say so', async () => {
    world.clock.advance({ days: 1 });
    await world.database.orm.transaction(async (tx) => {
      await tx.execute(`select from turns where number = hashtextextended('certveil retention', 0) for update`);
      await world.sweep();
      expect((await rowsOf(world.database, accountId)).transactions).toBe(1);
      expect(await states()).toMatchObject({ 'retention:support': 'done', 'retention:transaction': 'skipped' });
    });
    await world.sweep();
    expect((await rowsOf(world.database, accountId)).transactions).toBe(0);
    expect(await states()).toMatchObject({ 'retention:transaction': 'done' });
  });
});
