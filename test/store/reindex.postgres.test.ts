import { randomBytes } from 'node:crypto';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { PgDialect, PgSession } from 'drizzle-orm/pg-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import postgres from 'postgres';
import { emailKey, emailTermsOf, maskEmail, nameKey, termsOf } from '../../src/words/text.ts';
import { openPostgres, type Database } from '../../src/store/engine/db.ts';
import { migrate } from '../../src/store/rules/migrate.ts';
import { lockImports } from '../../src/store/visibility/recipient-rights.ts';
import { verifyDatabase } from '../../src/store/rules/verify.ts';
import { addOwner, importRows, type Owner } from '../support/account-data.ts';
import { makeTestClock } from '../support/clock.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { ownerLogin, urlFor } from '../support/postgres-logins.ts';
import { rowsOf } from '../support/pages.ts';
import { openWorld, type World } from '../support/world.ts';

const migrationsFolder = 'drizzle';
const clock = (): Date => new Date('2026-11-28T00:00:00.000Z');

interface Person {
  readonly name: string;
  readonly email: string;
}

const people: readonly Person[] = [
  { name: 'zoe.quartz@corp.example', email: 'zoe.quartz@corp.example' },
  { name: 'Ada Lovelace', email: 'ada@corp.example' },
  { name: 'yan@corp.example', email: 'home@corp.example' },
  { name: 'xia@corp.example', email: 'home@corp.example' },
  { name: 'Nadia 203.0.113.77', email: 'nadia@corp.example' },
];
const listNames = ['Hall zulu@hall.example', 'Hall', 'Hall alpha@hall.example'];

/** Rows as the version before wrote them: ordered and indexed by whole texts. */
async function plantAsBefore({ statement }: Pick<Database, 'statement'>, accountId: string): Promise<void> {
  for (const [at, name] of listNames.entries())
    await statement(`insert into lists (account_id, name, name_key, created_on) values ($1, $2, $3, $4)`, [
      accountId,
      name,
      nameKey(name),
      `2025-01-0${at + 1}`,
    ]);
  for (const [at, person] of people.entries()) {
    const title = `Given to ${person.email}`;
    await statement(
      `with r as (
         insert into recipients (account_id, list_id, name, name_key, name_rank, email, email_masked, email_key, created_at)
         select account_id, id, $2, $3, 1, $4, $5, $6, $7::timestamptz from lists where account_id = $1 and name = 'Hall' returning *
       ), c as (
         insert into certificates (account_id, list_id, recipient_id, title, public_number, issued_on, created_at)
         select account_id, list_id, id, $8, $9, '2025-02-02', $7::timestamptz from r returning *
       ), n as (
         insert into recipient_terms (account_id, term, name_key, name_rank, source, recipient_id)
         select account_id, term, name_key, name_rank, source, id
         from r cross join (select unnest($10::text[]) as term, 'name' as source union all select unnest($11::text[]), 'email') w
       ) insert into certificate_terms (account_id, term, issued_on, public_number, source, certificate_id)
         select account_id, term, issued_on, public_number, source, id
         from c cross join (select unnest($10::text[]) as term, 'recipient_name' as source union all select unnest($12::text[]), 'title'
                            union all select unnest($13::text[]), 'public_number') w`,
      [
        accountId,
        person.name,
        nameKey(person.name),
        person.email,
        maskEmail(person.email),
        emailKey(person.email),
        `2025-01-0${at + 1}`,
        title,
        `N-${at}`,
        termsOf(person.name),
        emailTermsOf(person.email),
        termsOf(title),
        termsOf(`N-${at}`),
      ],
    );
  }
}

async function newAccount(database: Database, email: string): Promise<{ readonly id: string; readonly owner: Owner }> {
  const owner = await addOwner({ database, clock: makeTestClock() }, email);
  const [account] = await database.statement<{ id: string }>(`select id from accounts where email = $1`, [email]);
  return { id: account?.id ?? '', owner };
}

/** All that decides what is found and in which order. */
async function indexOf({ statement }: Pick<Database, 'statement'>, accountId: string): Promise<unknown> {
  return {
    people: await statement(
      `select name, name_key, name_rank, coalesce(identity_key, name_key) as identity,
              array(select source || ':' || term from recipient_terms t
                    where t.recipient_id = r.id and (t.name_key, t.name_rank) = (r.name_key, r.name_rank) order by 1) as terms
       from recipients r where account_id = $1 order by name_key, name_rank`,
      [accountId],
    ),
    certificates: await statement(
      `select public_number, array(select source || ':' || term from certificate_terms t where t.certificate_id = c.id order by 1) as terms
       from certificates c where account_id = $1 order by public_number`,
      [accountId],
    ),
    lists: await statement(`select name, name_key from lists where account_id = $1 order by name_key, name`, [accountId]),
    words: await statement(
      `select (select count(*) from recipient_terms where account_id = $1)::integer as people,
              (select count(*) from certificate_terms where account_id = $1)::integer as certificates`,
      [accountId],
    ),
  };
}

describe('migrate indexes what is shown', () => {
  let world: World;
  let expected: unknown;
  const made: { readonly name: string; readonly database: Database }[] = [];
  let admin: postgres.Sql;
  let adminUrl: string;

  beforeAll(async () => {
    const databases = inject('databases');
    adminUrl = databases.engine === 'postgres' ? databases.adminUrl : '';
    admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
    world = await openWorld();
    const { id, owner } = await newAccount(world.database, 'imported@example.com');
    await importRows(
      world,
      owner,
      people.map(({ name, email }, at) => ({
        list: 'Hall',
        recipient_name: name,
        recipient_email: email,
        title: `Given to ${email}`,
        public_number: `N-${at}`,
        issued_on: '2025-02-02',
      })),
    );
    expected = await indexOf(world.database, id);
  });
  afterEach(async () => {
    for (const { name, database } of made.splice(0)) {
      await database.close();
      await admin.unsafe(`drop database ${name} with (force)`);
    }
  });
  afterAll(async () => {
    await admin.end();
    await world.close();
  });

  /** The schema as it was before names were ordered by what is shown of them. */
  async function databaseBefore(): Promise<Database> {
    const name = `before_${randomBytes(6).toString('hex')}`;
    await admin.unsafe(`create database ${name} owner ${ownerLogin.name}`);
    const database = openPostgres({
      url: urlFor({ adminUrl, login: ownerLogin, database: name }),
      toolsUrl: null,

      connections: 2,
    });
    made.push({ name, database });
    const { dialect, session } = database.orm as unknown as { dialect: PgDialect; session: PgSession };
    const all = readMigrationFiles({ migrationsFolder });
    const first = all.findIndex(({ sql }) => sql.some((text) => text.includes('identity_key')));
    await dialect.migrate(all.slice(0, first), session, { migrationsFolder });
    return database;
  }

  const withoutLists = (index: unknown): unknown => ({ ...(index as object), lists: null });

  it('of a database that the version before left, and goes on where it was interrupted', async () => {
    const database = await databaseBefore();
    const accounts: string[] = [];
    for (const at of [1, 2, 3]) {
      const { id } = await newAccount(database, `owner${at}@example.com`);
      await plantAsBefore(database, id);
      accounts.push(id);
    }
    for (const after of [1, 2]) {
      let marks = 0;
      const failing = (): Date => {
        marks += 1;
        if (marks > after) throw new Error('killed');
        return clock();
      };
      await expect(migrate({ database, clock: failing })).rejects.toThrow('killed');
    }
    await migrate({ database, clock });
    await verifyDatabase(database);
    for (const accountId of accounts) expect(withoutLists(await indexOf(database, accountId))).toEqual(withoutLists(expected));
    const [one = ''] = accounts;
    expect(await indexOf(database, one)).toMatchObject({
      lists: [
        { name: 'Hall', name_key: 'hall' },
        { name: 'Hall zulu@hall.example', name_key: 'hall [removed]\u0001000001' },
        { name: 'Hall alpha@hall.example', name_key: 'hall [removed]\u0001000002' },
      ],
    });
    const before = await database.statement('select xmin::text from recipients union all select xmin::text from recipient_terms', []);
    await database.statement(`delete from database_rules where name = 'search index'`, []);
    await migrate({ database, clock });
    expect(await database.statement('select xmin::text from recipients union all select xmin::text from recipient_terms', [])).toEqual(
      before,
    );
  });

  it('while calls are answered and an import holds the account', async () => {
    const { database } = world;
    const { id, owner } = await newAccount(database, 'held@example.com');
    await plantAsBefore(database, id);
    const app: ConnectedApp = await connect(world, { owner });
    await database.statement(`delete from database_rules where name like 'search index%'`, []);
    const found = async (query: string): Promise<unknown[]> => rowsOf(await app.call('search_recipients', { query }), 'recipients');
    let isDone = false;
    let migrated: Promise<void> = Promise.resolve();
    await database.orm.transaction(async (tx) => {
      await lockImports({ tx, accountId: id });
      migrated = migrate({ database, clock }).then(() => {
        isDone = true;
      });
      expect(await found('lovelace')).toMatchObject([{ name: 'Ada Lovelace' }]);
      expect(isDone).toBe(false);
    });
    await migrated;
    expect(await found('quartz')).toEqual([]);
    expect(await found('lovelace')).toMatchObject([{ name: 'Ada Lovelace' }]);
    expect(withoutLists(await indexOf(database, id))).toEqual(withoutLists(expected));
  });

  it('and a sweep does so for what the version before writes afterwards, a correction too', async () => {
    const { database } = world;
    const { id, owner } = await newAccount(database, 'rolling@example.com');
    const app: ConnectedApp = await connect(world, { owner });
    const found = async (query: string): Promise<unknown[]> => rowsOf(await app.call('search_recipients', { query }), 'recipients');
    await plantAsBefore(database, id);
    await world.sweep();
    expect(await found('quartz')).toEqual([]);
    expect(withoutLists(await indexOf(database, id))).toEqual(withoutLists(expected));
    await database.statement(
      `update recipients set name = 'Zed zed@corp.example', name_key = 'zed zed@corp.example', name_rank = 1
       where account_id = $1 and name like 'zoe%'`,
      [id],
    );
    await world.sweep();
    expect(await found('zed')).toMatchObject([{ name: 'Zed [removed]' }]);
    expect(
      await database.statement(`select identity_key, name_key from recipients where account_id = $1 and name like 'Zed%'`, [id]),
    ).toEqual([{ identity_key: 'zed zed@corp.example', name_key: 'zed [removed]' }]);
    expect(await database.statement(`select from database_rules where name like 'search index of %'`, [])).toEqual([]);
  });
});
