import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';

describe('attack: the tools’ login shadows a built-in type, so that a read runs its code as the reader', () => {
  let opened: TestDatabase;
  let login: postgres.Sql;

  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
    // A database that somebody gave TEMP back on: the functions must not depend on its being taken away.
    const admin = postgres(opened.adminUrl ?? '', { max: 1, onnotice: () => undefined });
    await admin.unsafe(`do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$`);
    await admin.end();
    login = postgres(opened.toolsUrl ?? '', { max: 1, onnotice: () => undefined });
    await login.unsafe('create temporary table ran (as_role text)');
    await login.unsafe('grant insert on ran to public');
    await login.unsafe(`create function pg_temp.evil() returns boolean language plpgsql as
      $$ begin insert into pg_temp.ran values (current_user); return true; end $$`);
    for (const [name, base] of [
      ['date', 'pg_catalog.date'],
      ['text', 'pg_catalog.text'],
      ['uuid', 'pg_catalog.uuid'],
    ]) {
      await login.unsafe(`create domain pg_temp.${name} as ${base} check (pg_temp.evil())`);
    }
  });
  afterAll(async () => {
    await login.end();
    await opened.close();
  });

  it.each([
    `select * from certveil.read_tls_expiry('\\x00', now(), 30, 10, 10)`,
    `select * from certveil.read_certificates('\\x00', now(), '{}', null, null, null, null, null, null, null, 10)`,
    `select * from certveil.read_recipients('\\x00', now(), '{}', null, null, '', 0, 10)`,
    `select * from certveil.append_disclosures('00000000-0000-4000-8000-000000000001', now(),
       '[{"seq":1,"leaf":"00","salt":"00","digest":"00","outcome":"answered","scopes":[]}]', 1, '\\x00', '\\x00', gen_random_uuid())`,
  ])('%s runs none of it', async (call) => {
    await login.unsafe(call);
    expect(await login.unsafe('select as_role from pg_temp.ran')).toEqual([]);
  });

  it('its twin, the same code called by the login itself, does run', async () => {
    await login.unsafe('select pg_temp.evil()');
    expect((await login.unsafe('select as_role from pg_temp.ran')).length).toBe(1);
  });
});
