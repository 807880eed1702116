import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/boot/open-database.ts';
import type { Config } from '../../src/config/settings.ts';
import { systemClock } from '../../src/words/dates.ts';
import { authenticate, readerFor } from '../../src/store/tools/reader.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { ownerLogin, toolsLogin } from '../support/postgres-logins.ts';
import { makeVersionBefore, type VersionBefore } from '../support/version-before.ts';

describe('a database that the version before made', () => {
  let server: PostgresServer;
  let before: VersionBefore;
  let calling: postgres.Sql;
  let calls: readonly string[];

  beforeAll(async () => {
    server = await startPostgres();
    const admin = postgres(server.adminUrl, { max: 1 });
    await admin.unsafe(`create role ${ownerLogin.name} login createrole password '${ownerLogin.password}'`);
    await admin.end();
    before = await makeVersionBefore({ adminUrl: server.adminUrl, owner: ownerLogin, tools: toolsLogin, database: 'moved' });
    calling = postgres(before.toolsUrl, { max: 2, onnotice: () => undefined });
    calls = await callsOf(calling);
  });
  afterAll(async () => {
    await calling.end();
    await server.stop();
  });

  /** The functions that the tools of that version call, with arguments of which only the token says anything. */
  async function callsOf(client: postgres.Sql): Promise<string[]> {
    const rows = await client<{ call: string }[]>`
      select format('select * from certveil.%I(%s)', p.proname, (select string_agg(coalesce(g.given, 'null') || '::' || format_type(a.type, null), ', ' order by a.at)
        from unnest(string_to_array(p.proargtypes::text, ' ')::oid[]) with ordinality a (type, at)
        left join (values ('p_digest', '$1'), ('p_now', 'now()'), ('p_writer', '$2'), ('p_rows', '''[{"seq":1,"outcome":"failed"}]'''), ('p_seq', '1'), ('p_limit', '10'), ('p_months', '3'))
          g (name, given) on g.name = p.proargnames[a.at])) as call
      from pg_proc p where p.pronamespace = 'certveil'::regnamespace and has_function_privilege(p.oid, 'execute') order by 1`;
    return rows.map(({ call }) => call);
  }

  /** What each call is answered with: its columns, or why not. */
  async function outcomes(client: postgres.Sql): Promise<string[]> {
    const found: string[] = [];
    for (const call of calls) {
      const given = [before.digest, randomUUID()];
      const used = call.includes('$1') ? (call.includes('$2') ? given : given.slice(0, 1)) : given.slice(1);
      const text = call.includes('$1') ? call : call.replace('$2', '$1');
      try {
        const rows = await client.unsafe(text, used as string[]);
        found.push(`${call}: ${rows.columns.map(({ name }) => name).join()}`);
      } catch (error) {
        found.push(`${call}: ${String(Reflect.get(error as object, 'code'))}`);
      }
    }
    return found;
  }

  const config = (toolsDatabaseUrl: string | null) => ({ databaseUrl: before.url, toolsDatabaseUrl, dataKey: randomBytes(32) }) as Config;

  it('answers that version through the old tools’ login before it is moved, while it is, and after', async () => {
    const unmoved = await outcomes(calling);
    expect(calls.length).toBeGreaterThan(20);
    expect(unmoved.filter((each) => each.endsWith('42501') || each.endsWith('42883'))).toEqual([]);
    const during: string[] = [];
    let isMoved = false;
    const load = (async () => {
      while (!isMoved) {
        const rows = await calling`select account_id from certveil.authenticate(${before.digest}, now())`;
        during.push(`${rows.length} rows`);
      }
    })();
    const { database } = await openDatabase({ config: config(before.toolsUrl), clock: systemClock });
    isMoved = true;
    await load;
    expect([...new Set(during)]).toEqual(['1 rows']);
    expect(await outcomes(calling)).toEqual(unmoved);
    await database.close();
  });

  it('serves the next version after it, through the same login or the owner’s, with what it held', async () => {
    for (const toolsUrl of [before.toolsUrl, null]) {
      const { database } = await openDatabase({ config: config(toolsUrl), clock: systemClock });
      try {
        const { tools } = database;
        const now = systemClock();
        expect(await authenticate({ tools, digest: before.digest, now })).toMatchObject({ client_id: 'client' });
        expect(await readerFor({ tools, digest: before.digest, now }).accountSummary()).toMatchObject({ display_name: 'Ada' });
      } finally {
        await database.close();
      }
    }
  });

  it('leaves the old roles nothing but the calls, through another migrate too', async () => {
    await (await openDatabase({ config: config(before.toolsUrl), clock: systemClock, migration: { repair: true } })).database.close();
    const owner = postgres(before.url, { max: 1 });
    const rights = await owner<{ role: string; right: string }[]>`
      select r.rolname as role, d.classid::regclass::text as right from pg_shdepend d join pg_roles r on r.oid = d.refobjid
      where d.refclassid = 'pg_authid'::regclass and r.rolname in ('certveil_reader', 'certveil_grants', 'certveil_ledger', 'certveil_requests', 'certveil_tools')
      group by 1, 2 order by 1, 2`;
    await owner.end();
    expect(rights).toEqual([
      { role: 'certveil_tools', right: 'pg_namespace' },
      { role: 'certveil_tools', right: 'pg_proc' },
    ]);
    expect(await calling`select from certveil.authenticate(${before.digest}, now())`).toHaveLength(1);
  });

  it('takes the calls from them too when the roll-out is ended, and serves on', async () => {
    const { database } = await openDatabase({
      config: config(before.toolsUrl),
      clock: systemClock,
      migration: { repair: true, endRollOut: true },
    });
    const [may] = await database.statement<{ may: boolean }>(
      `select bool_or(has_function_privilege('certveil_tools', p.oid, 'execute')) as may from pg_proc p where p.pronamespace = 'certveil'::regnamespace`,
      [],
    );
    expect(may).toEqual({ may: false });
    expect(await authenticate({ tools: database.tools, digest: before.digest, now: systemClock() })).toMatchObject({ client_id: 'client' });
    await database.close();
  });
});
