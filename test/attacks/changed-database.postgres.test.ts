import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/boot/open-database.ts';
import type { Config } from '../../src/config/settings.ts';
import { systemClock } from '../../src/words/dates.ts';
import { openPostgres } from '../../src/store/engine/db.ts';
import { readInstallation } from '../../src/store/engine/installation.ts';
import { migrate } from '../../src/store/rules/migrate.ts';
import type { RoleNames } from '../../src/store/engine/role-names.ts';
import { DatabaseDiffers, verifyDatabase } from '../../src/store/rules/verify.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { ownerLogin, toolsLogin, urlFor } from '../support/postgres-logins.ts';

/** On a server of its own, since roles are everybody's. */
describe('a start compares what a cluster shares with the policy', () => {
  let server: PostgresServer;
  let admin: postgres.Sql;
  let names: RoleNames;

  beforeAll(async () => {
    server = await startPostgres();
    admin = postgres(urlFor({ adminUrl: server.adminUrl, database: 'postgres' }), { max: 1, onnotice: () => undefined });
    await admin.unsafe(`create role ${ownerLogin.name} login createrole password '${ownerLogin.password}'`);
    await make('plain', '');
    names = await namesIn('plain');
    await admin.unsafe(`create role ${toolsLogin.name} login password '${toolsLogin.password}' in role ${names.tools}`);
    await admin.unsafe('create role stranger login createrole; create role group_of_theirs');
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  const open = (database: string, tools: boolean) =>
    openPostgres({
      url: urlFor({ adminUrl: server.adminUrl, login: ownerLogin, database }),
      toolsUrl: tools ? urlFor({ adminUrl: server.adminUrl, login: toolsLogin, database }) : null,
      connections: 1,
    });

  async function make(name: string, options: string): Promise<void> {
    await admin.unsafe(`create database ${name} owner ${ownerLogin.name} ${options}`);
    const database = open(name, false);
    await migrate({ database, clock: systemClock });
    await database.close();
  }

  async function namesIn(name: string): Promise<RoleNames> {
    const database = open(name, false);
    const installation = await readInstallation(database.statement);
    await database.close();
    return installation.names;
  }

  async function differences(name: string, tools = true): Promise<readonly string[]> {
    const database = open(name, tools);
    try {
      await verifyDatabase(database);
      return [];
    } catch (error) {
      if (error instanceof DatabaseDiffers) return error.differences;
      throw error;
    } finally {
      await database.close();
    }
  }

  it('and names a role that may log in, make roles or pass by row-level security, that has settings, members or groups', async () => {
    expect(await differences('plain')).toEqual([]);
    const { reader, ledger, tools, grants } = names;
    const tampered: readonly (readonly [done: string, undone: string, named: string])[] = [
      [`alter role ${reader} bypassrls`, `alter role ${reader} nobypassrls`, `role ${reader} bypasses row-level security`],
      [`alter role ${reader} login`, `alter role ${reader} nologin`, `role ${reader} may log in`],
      [`alter role ${tools} createrole`, `alter role ${tools} nocreaterole`, `role ${tools} may make roles`],
      [`alter role ${ledger} set search_path = public`, `alter role ${ledger} reset all`, `role ${ledger} has settings of its own`],
      [`grant ${reader} to stranger`, `revoke ${reader} from stranger`, `role ${reader} has the member stranger`],
      [`grant ${tools} to stranger`, `revoke ${tools} from stranger`, `role ${tools} has the member stranger`],
      [`grant pg_read_all_data to ${grants}`, `revoke pg_read_all_data from ${grants}`, `role ${grants} is a member of pg_read_all_data`],
      [`grant ${reader} to ${toolsLogin.name}`, `revoke ${reader} from ${toolsLogin.name}`, `the tools' login reaches role ${reader}`],
      [
        `alter role ${ownerLogin.name} set session_replication_role = replica`,
        `alter role ${ownerLogin.name} reset all`,
        'triggers are switched off by session_replication_role',
      ],
      [
        `create schema ${ownerLogin.name} create table accounts (id uuid); grant usage on schema ${ownerLogin.name} to public`,
        `drop schema ${ownerLogin.name} cascade`,
        `table accounts is hidden by another of its name: schema ${ownerLogin.name}`,
      ],
    ];
    const inside = postgres(urlFor({ adminUrl: server.adminUrl, database: 'plain' }), { max: 1, onnotice: () => undefined });
    for (const [done, undone, named] of tampered) {
      await inside.unsafe(done).simple();
      expect((await differences('plain')).join('\n')).toContain(named);
      await inside.unsafe(undone).simple();
    }
    await inside.end();
    expect(await differences('plain')).toEqual([]);
  });

  it('and finds nothing where there is more in the database that our roles can’t reach, or that an extension brought', async () => {
    const inside = postgres(urlFor({ adminUrl: server.adminUrl, database: 'plain' }), { max: 1, onnotice: () => undefined });
    await inside
      .unsafe(
        `create extension pg_stat_statements; create extension pg_trgm;
         create table audit (id uuid, what text); create view audit_view as select what from audit; grant select on audit to stranger;
         create schema theirs; create table theirs.things (id integer primary key); grant usage on schema theirs to public;
         create function theirs.note() returns trigger language plpgsql as 'begin return new; end';
         create trigger note before insert on theirs.things for each row execute function theirs.note();
         grant select on accounts to stranger; grant connect on database plain to stranger;
         alter default privileges for role ${ownerLogin.name} grant select on tables to group_of_theirs;
         create role another_tools login password 'x' in role ${names.tools};`,
      )
      .simple();
    await inside.end();
    expect(await differences('plain')).toEqual([]);
  });

  it.each([
    ['tr-TR', `template template0 locale_provider icu icu_locale 'tr-TR'`],
    ['de-DE', `template template0 locale_provider icu icu_locale 'de-DE'`],
  ])('and finds nothing in a database of the locale %s', async (locale, options) => {
    const name = `of_${locale.slice(0, 2)}`;
    await make(name, options);
    expect(await differences(name, false)).toEqual([]);
  });

  it('and migrate puts back what was lost, also what a copy of the database never had', async () => {
    await admin.unsafe(`create database lost template of_de owner ${ownerLogin.name}`);
    const own = await namesIn('lost');
    const inside = postgres(urlFor({ adminUrl: server.adminUrl, database: 'lost' }), { max: 1, onnotice: () => undefined });
    await inside
      .unsafe(
        `drop trigger forget_terms on recipients; alter table certificates disable trigger forget_terms;
         create or replace function certveil.keep_consent_shut() returns trigger language plpgsql as 'begin return new; end';
         alter table outbox force row level security; grant create on schema public to public; grant usage on schema certveil to public;
         revoke usage on schema certveil from ${own.tools}; revoke select (title) on certificates from ${own.reader};
         grant all on accounts to public; create or replace trigger keep_consent_shut before insert on grants for each row execute function certveil.keep_consent_shut();`,
      )
      .simple();
    await inside.end();
    expect((await differences('lost', false)).length).toBeGreaterThan(9);
    const url = urlFor({ adminUrl: server.adminUrl, login: ownerLogin, database: 'lost' });
    const config = { databaseUrl: url, toolsDatabaseUrl: null, dataKey: Buffer.alloc(32) } as Config;
    await (await openDatabase({ config, clock: systemClock, migration: { repair: true } })).database.close();
    expect(await differences('lost', false)).toEqual([]);
  });
});
