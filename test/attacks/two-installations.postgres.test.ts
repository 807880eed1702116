import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/boot/explain.ts';
import { openDatabase } from '../../src/boot/open-database.ts';
import type { Config } from '../../src/config/settings.ts';
import { systemClock } from '../../src/words/dates.ts';
import { tables } from '../../src/policy/tables/all.ts';
import { readInstallation } from '../../src/store/engine/installation.ts';
import { migrate, type Migration } from '../../src/store/rules/migrate.ts';
import { openPostgres } from '../../src/store/engine/db.ts';
import { namesOf, roleNames, type RoleNames } from '../../src/store/engine/role-names.ts';
import { authenticate } from '../../src/store/tools/reader.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { urlFor, type Login } from '../support/postgres-logins.ts';
import { issueToken } from '../support/tokens.ts';
import { makeVersionBefore } from '../support/version-before.ts';

const clock = systemClock;
const denied = '42501';

interface Place {
  readonly owner: Login;
  readonly toolsLogin: Login;
  readonly names: RoleNames;
  readonly database: string;
}

describe('two installations in one cluster', () => {
  let server: PostgresServer;
  let admin: postgres.Sql;
  let first: Place;
  let second: Place;

  beforeAll(async () => {
    server = await startPostgres();
    admin = postgres(server.adminUrl, { max: 1, onnotice: () => undefined });
    first = await install('first');
    second = await install('second');
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  const urlOf = (login: Login, database: string) => urlFor({ adminUrl: server.adminUrl, login, database });
  const configOf = ({ owner, toolsLogin, database }: Omit<Place, 'names'>) =>
    ({ databaseUrl: urlOf(owner, database), toolsDatabaseUrl: urlOf(toolsLogin, database), dataKey: randomBytes(32) }) as Config;

  async function loginNamed(name: string, options: string): Promise<Login> {
    await admin.unsafe(`create role ${name} login ${options} password '${name}'`);
    return { name, password: name };
  }

  async function migrated(url: string, options: Partial<Migration> = {}): Promise<RoleNames> {
    const database = openPostgres({ url, toolsUrl: null, connections: 1 });
    try {
      await migrate({ database, clock, ...options });
      return (await readInstallation(database.statement)).names;
    } finally {
      await database.close();
    }
  }

  async function install(name: string): Promise<Place> {
    const owner = await loginNamed(name, 'createrole');
    await admin.unsafe(`create database ${name} owner ${name}`);
    const names = await migrated(urlOf(owner, name));
    const toolsLogin = await loginNamed(`${name}_tools`, `in role ${names.tools}`);
    return { owner, toolsLogin, names, database: name };
  }

  /** Opens it as a start does, and makes a call of an owner's app. */
  async function serves(place: Omit<Place, 'names'>): Promise<boolean> {
    const { database } = await openDatabase({ config: configOf(place), clock });
    try {
      await database.statement(
        `insert into accounts (email, email_masked, email_key, display_name, created_at, last_activity_at)
         values ('a@b.example', 'a', 'a@b.example', 'A', now(), now()) on conflict do nothing`,
        [],
      );
      await database.statement(
        `insert into memberships (account_id, service, status, last_activity_at, created_at)
         select id, 'certfusion', 'active', now(), now() from accounts on conflict do nothing`,
        [],
      );
      const { digest } = await issueToken(database, { email: 'a@b.example', now: clock() });
      return (await authenticate({ tools: database.tools, digest, now: clock() })) !== undefined;
    } finally {
      await database.close();
    }
  }

  async function refusals(login: Login, database: string, tries: readonly string[]): Promise<string[]> {
    const client = postgres(urlOf(login, database), { max: 1, onnotice: () => undefined });
    const got: string[] = [];
    for (const text of tries) {
      const outcome = await client.unsafe(text).then(
        () => 'allowed',
        (error: unknown) => String(Reflect.get(error as object, 'code')),
      );
      got.push(`${text}: ${outcome}`);
    }
    await client.end();
    return got.filter((each) => !each.endsWith(`: ${denied}`));
  }

  /** Everything that the functions, tables and roles of an installation could be reached by. */
  async function triesOn({ names, database }: Place, me: string): Promise<string[]> {
    const inside = postgres(urlFor({ adminUrl: server.adminUrl, database }), { max: 1, onnotice: () => undefined });
    const functions = await inside<{ call: string }[]>`
      select format('select certveil.%I(%s)', p.proname,
        (select string_agg('null::' || format_type(t, null), ', ') from unnest(string_to_array(p.proargtypes::text, ' ')::oid[]) t)) as call
      from pg_proc p where p.pronamespace = 'certveil'::regnamespace and p.prorettype <> 'trigger'::regtype`;
    await inside.end();
    return [
      ...namesOf(names).flatMap((role) => [`set role ${role}`, `grant ${role} to ${me}`, `alter role ${role} login password 'x'`]),
      ...namesOf(names).map((role) => `create role mine_${role} in role ${role}`),
      ...Object.keys(tables).flatMap((table) => [`select * from ${table}`, `delete from ${table}`, `truncate ${table}`]),
      ...functions.map(({ call }) => call),
      'select * from drizzle.__drizzle_migrations',
      'create table public.mine (x integer)',
      'create temporary table mine (x integer)',
      'create schema mine',
      'create function certveil.mine() returns integer language sql as $$ select 1 $$',
      'drop schema certveil cascade',
    ];
  }

  it('the owner and the tools’ login of one do nothing in the other’s database, whichever came first', async () => {
    expect(namesOf(first.names)).not.toEqual(namesOf(second.names));
    for (const [mine, other] of [
      [first, second],
      [second, first],
    ] as const) {
      for (const login of [mine.owner, mine.toolsLogin])
        expect(await refusals(login, other.database, await triesOn(other, login.name))).toEqual([]);
    }
  });

  it('both serve', async () => {
    expect(await serves(first)).toBe(true);
    expect(await serves(second)).toBe(true);
  });

  it('a copy that another login starts joins none of the original’s roles, and says what to do', async () => {
    await admin.unsafe(`create database copied template first owner second`);
    const inside = postgres(urlFor({ adminUrl: server.adminUrl, database: 'copied' }), { max: 1, onnotice: () => undefined });
    await inside.unsafe(handOver('first', 'second')).simple();
    await inside.end();
    const refused: unknown = await migrated(urlOf(second.owner, 'copied'), { repair: true }).catch((error: unknown) => error);
    expect(explain(refused)).toContain('certveil migrate --as-copy');
    expect(explain(refused)).toContain(`grant ${first.names.reader} to "second";`);
  });

  it('a copy beside its original gets roles of its own with --as-copy: the original’s logins do nothing in it, and both serve', async () => {
    const names = await migrated(urlOf(second.owner, 'copied'), { repair: true, asCopy: true });
    expect(namesOf(names).filter((name) => [...namesOf(first.names), ...namesOf(second.names)].includes(name))).toEqual([]);
    const toolsLogin = await loginNamed('copied_tools', `in role ${names.tools}`);
    const copy: Place = { owner: second.owner, toolsLogin, names, database: 'copied' };
    for (const login of [first.owner, first.toolsLogin, second.toolsLogin])
      expect(await refusals(login, 'copied', await triesOn(copy, login.name))).toEqual([]);
    expect(await refusals(toolsLogin, 'first', await triesOn(first, toolsLogin.name))).toEqual([]);
    expect(await serves(copy)).toBe(true);
    expect(await serves(first)).toBe(true);
  });

  it('a member of the roles that all installations shared reads nothing of a database that was moved from them', async () => {
    // The name of our schema, in which Postgres makes what such a login makes without naming a schema.
    const owner = await loginNamed('certveil', 'createrole');
    const moved = await makeVersionBefore({
      adminUrl: server.adminUrl,
      owner,
      tools: { name: 'oldest_tools', password: 'oldest' },
      database: 'oldest',
    });
    const old = roleNames(null);
    for (const role of namesOf(old)) await admin.unsafe(`grant ${role} to second`);
    const reads = ['reader', 'grants', 'requests'].map((kind) => `set role certveil_${kind}; select count(id) from accounts`);
    expect(await refusals(second.owner, 'oldest', reads)).toHaveLength(3);
    const names = await migrated(moved.url);
    const writes = [
      ...reads,
      'set role certveil_ledger; insert into ledger_writers (id, started_at) values (gen_random_uuid(), now())',
      'set role certveil_requests; select account_id from memberships',
      'set role certveil_grants; select certveil.enter(null, null, null)',
      'set role certveil_reader; create function certveil.mine() returns integer language sql as $$ select 1 $$',
    ];
    expect(await refusals(second.owner, 'oldest', writes)).toEqual([]);
    await admin.unsafe(`grant ${names.tools} to oldest_tools`);
    expect(await serves({ owner, toolsLogin: { name: 'oldest_tools', password: 'oldest' }, database: 'oldest' })).toBe(true);
    await migrated(moved.url, { repair: true, endRollOut: true });
    const everything = await triesOn({ owner, toolsLogin: owner, names, database: 'oldest' }, 'second');
    for (const role of namesOf(old)) {
      const calls = everything.filter((each) => each.startsWith('select')).map((each) => `set role ${role}; ${each}`);
      expect(await refusals(second.owner, 'oldest', calls)).toEqual([]);
    }
    expect(await serves({ owner, toolsLogin: { name: 'oldest_tools', password: 'oldest' }, database: 'oldest' })).toBe(true);
  });

  it('a tools’ login that was given no role is told by name which one', async () => {
    const stranger = await loginNamed('stranger_tools', '');
    const refused: unknown = await openDatabase({ config: configOf({ ...first, toolsLogin: stranger }), clock }).catch(
      (error: unknown) => error,
    );
    expect(explain(refused)).toContain(`grant ${first.names.tools} to "stranger_tools"`);
    await admin.unsafe(`grant ${first.names.tools} to stranger_tools`);
    expect(await serves({ ...first, toolsLogin: stranger })).toBe(true);
  });
});

/** What an administrator does with a copy whose tables are the original owner's. */
function handOver(from: string, to: string): string {
  return `do $$ declare r record; begin
    for r in select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
             where n.nspname in ('public', 'drizzle') and c.relkind in ('r', 'p') and o.rolname = '${from}' loop
      execute format('alter table %s owner to ${to}', r.name);
    end loop;
    for r in select p.oid::regprocedure::text as name from pg_proc p join pg_roles o on o.oid = p.proowner where o.rolname = '${from}' loop
      execute format('alter function %s owner to ${to}', r.name);
    end loop;
  end $$;
  alter schema certveil owner to ${to}; alter schema drizzle owner to ${to};`;
}
