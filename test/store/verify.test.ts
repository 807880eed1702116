import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/boot/open-database.ts';
import type { Config } from '../../src/config/settings.ts';
import { DatabaseDiffers, verifyDatabase } from '../../src/store/rules/verify.ts';
import { asAdministrator } from '../support/administrator.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { ledgerRole, readerRole, toolsRole } from '../support/roles.ts';

const summary = 'certveil.read_account_summary(bytea, timestamptz)';

/** What somebody did to the database, how it is undone, and a difference that must be named. */
const tampered: readonly (readonly [what: string, done: string, undone: string, named: string])[] = [
  [
    'a column granted to the reader',
    `grant select (password_hash) on accounts to ${readerRole}`,
    `revoke select (password_hash) on accounts from ${readerRole}`,
    `grant ${readerRole} select accounts.password_hash is not in the policy`,
  ],
  [
    'a column taken from the reader',
    `revoke select (title) on certificates from ${readerRole}`,
    `grant select (title) on certificates to ${readerRole}`,
    `grant ${readerRole} select certificates.title is missing`,
  ],
  [
    'a table granted to the tools',
    `grant select on quotas to ${toolsRole}`,
    `revoke select on quotas from ${toolsRole}`,
    `grant ${toolsRole} select quotas.used is not in the policy`,
  ],
  [
    'a table granted to everybody',
    `grant select on billing_profiles to public`,
    `revoke select on billing_profiles from public`,
    `grant ${readerRole} select billing_profiles.plan_price is not in the policy`,
  ],
  [
    'a ledger that its writer may change',
    `grant update (outcome) on disclosures to ${ledgerRole}`,
    `revoke update (outcome) on disclosures from ${ledgerRole}`,
    `grant ${ledgerRole} update disclosures.outcome is not in the policy`,
  ],
  [
    'a ledger that its writer may delete',
    `grant delete on disclosures to ${ledgerRole}`,
    `revoke delete on disclosures from ${ledgerRole}`,
    `grant ${ledgerRole} delete disclosures is not in the policy`,
  ],
  [
    'a ledger that its writer may empty',
    `grant truncate on ledger_leaves to ${ledgerRole}`,
    `revoke truncate on ledger_leaves from ${ledgerRole}`,
    `grant ${ledgerRole} truncate ledger_leaves is not in the policy`,
  ],
  [
    'a new column',
    'alter table accounts add column nickname text',
    'alter table accounts drop column nickname',
    'column accounts.nickname is not in the policy',
  ],
  [
    'a new table that everybody may read',
    'create table secrets (word text); grant select on secrets to public',
    'drop table secrets',
    `grant ${toolsRole} select secrets.word is not in the policy`,
  ],
  [
    'a view of a table',
    'create view peek as select password_hash from accounts',
    'drop view peek',
    'view peek shows accounts: drop view peek',
  ],
  [
    'a lost column',
    'alter table quotas rename column used to spent',
    'alter table quotas rename column spent to used',
    'column quotas.used is missing',
  ],
  [
    'row-level security off',
    'alter table certificates disable row level security',
    'alter table certificates enable row level security',
    'row-level security is off on certificates',
  ],
  [
    'one more row policy',
    `create policy everyone on certificates for select to ${readerRole} using (true)`,
    'drop policy everyone on certificates',
    'row policy everyone on certificates is not in the policy',
  ],
  [
    'a row policy that lets all rows pass',
    `alter policy ${readerRole} on quotas using (true)`,
    `alter policy ${readerRole} on quotas using (account_id = nullif(current_setting('app.account', true), '')::uuid and hidden_at is null)`,
    `row policy ${readerRole} on quotas is not as it was made`,
  ],
  [
    'a lost row policy',
    `alter policy ${readerRole} on lists rename to other`,
    `alter policy other on lists rename to ${readerRole}`,
    `row policy ${readerRole} on lists is missing`,
  ],
  [
    'a function that tells more',
    `alter function ${summary} rename to read_account_summary_away; create function ${summary} returns table (display_name text, password_hash text) language sql security definer set search_path = pg_catalog as 'select null::text, null::text'; alter function ${summary} owner to ${readerRole}`,
    `drop function ${summary}; alter function certveil.read_account_summary_away(bytea, timestamptz) rename to read_account_summary`,
    'function read_account_summary column password_hash is not in the policy',
  ],
  [
    'a function of another owner',
    `alter function ${summary} owner to ${ledgerRole}`,
    `alter function ${summary} owner to ${readerRole}`,
    `function read_account_summary is owned by ${ledgerRole}`,
  ],
  [
    'a function that runs as its caller',
    `alter function ${summary} security invoker`,
    `alter function ${summary} security definer`,
    'function read_account_summary does not run as its owner',
  ],
  [
    'a function that looks for names in other places',
    `alter function ${summary} reset search_path`,
    `alter function ${summary} set search_path = pg_catalog, pg_temp`,
    'function read_account_summary does not fix its search path',
  ],
  [
    'a caller too many',
    `grant execute on function certveil.live_grant(bytea, timestamptz) to ${toolsRole}`,
    `revoke execute on function certveil.live_grant(bytea, timestamptz) from ${toolsRole}`,
    `function live_grant caller ${toolsRole} is not in the policy`,
  ],
  [
    'a caller too few',
    `revoke execute on function ${summary} from ${toolsRole}`,
    `grant execute on function ${summary} to ${toolsRole}`,
    `function read_account_summary caller ${toolsRole} is missing`,
  ],
  [
    'a function with another body',
    `update pg_proc set prosrc = replace(prosrc, 'g.status = ''active''', 'true') where proname = 'live_grant'`,
    `update pg_proc set prosrc = replace(prosrc, 'and true and a.status', 'and g.status = ''active'' and a.status') where proname = 'live_grant'`,
    'function live_grant has another body than its source',
  ],
  [
    'a function of somebody else that tools may execute with its owner’s rights',
    `create function public.spill() returns text language sql security definer as 'select password_hash from public.accounts limit 1'`,
    'drop function public.spill()',
    'function public.spill may be executed by tools',
  ],
  [
    'a lost function',
    `alter function ${summary} rename to away`,
    `alter function certveil.away(bytea, timestamptz) rename to read_account_summary`,
    'function read_account_summary is missing',
  ],
  [
    'a function there twice',
    `create function certveil.leave(x integer) returns void language sql as ''`,
    'drop function certveil.leave(integer)',
    'function leave is there more than once',
  ],
  [
    'a lost trigger',
    'alter trigger forget_terms on recipients rename to away',
    'alter trigger away on recipients rename to forget_terms',
    'trigger forget_terms on recipients is missing',
  ],
  [
    'a trigger that is switched off',
    'alter table recipients disable trigger forget_terms',
    'alter table recipients enable trigger forget_terms',
    'trigger forget_terms on recipients is switched off',
  ],
  [
    'a trigger that comes at another time',
    'create or replace trigger keep_consent_shut before insert on grants for each row execute function certveil.keep_consent_shut()',
    'create or replace trigger keep_consent_shut before insert or update on grants for each row execute function certveil.keep_consent_shut()',
    'trigger keep_consent_shut on grants is not as it was made',
  ],
  [
    'a foreign trigger',
    `create function public.spy() returns trigger language plpgsql as 'begin return new; end'; create trigger spy before insert on disclosures for each row execute function public.spy()`,
    'drop function public.spy() cascade',
    'trigger spy on disclosures is not in the policy',
  ],
  [
    'a trigger’s function with another body',
    `update pg_proc set prosrc = prosrc || ' ' where proname = 'keep_consent_shut'`,
    `update pg_proc set prosrc = left(prosrc, -1) where proname = 'keep_consent_shut'`,
    'function keep_consent_shut has another body than its source',
  ],
  [
    'a trigger’s function with its caller’s rights',
    'alter function certveil.count_list_rows() security invoker',
    'alter function certveil.count_list_rows() security definer',
    'function count_list_rows does not run as its owner',
  ],
  [
    'a function with another setting',
    `alter function certveil.rarest_word(text, uuid, text[], text[], integer) set row_security = off`,
    `alter function certveil.rarest_word(text, uuid, text[], text[], integer) reset row_security`,
    'function rarest_word has other settings than its source',
  ],
  [
    'a foreign function among ours',
    'create function certveil.away() returns integer language sql as $$ select 1 $$',
    'drop function certveil.away()',
    'function away is not in the policy',
  ],
  [
    'foreign keys that are switched off',
    'alter table memberships disable trigger all',
    'alter table memberships enable trigger all',
    'foreign keys of memberships are switched off: as a superuser run alter table memberships enable trigger all',
  ],
  [
    'a rule',
    'create rule swallow as on insert to disclosures do instead nothing',
    'drop rule swallow on disclosures',
    'rule swallow on disclosures is not in the policy',
  ],
  [
    'an event trigger',
    `create function public.event() returns event_trigger language plpgsql as 'begin end'; create event trigger watch on ddl_command_end execute function public.event()`,
    'drop event trigger watch; drop function public.event()',
    'event trigger watch is not in the policy',
  ],
  [
    'temporary tables for everybody',
    `do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$`,
    `do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$`,
    `grant ${toolsRole} temporary on the database is not in the policy`,
  ],
  [
    'making things in public for everybody',
    'grant create on schema public to public',
    'revoke create on schema public from public',
    'grant public create on schema public is not in the policy: revoke create on schema public from public',
  ],
  [
    'a look into our schema for everybody',
    'grant usage on schema drizzle to public',
    'revoke usage on schema drizzle from public',
    'grant public usage on schema drizzle is not in the policy: revoke usage on schema drizzle from public',
  ],
  [
    'functions that tools can’t find',
    `revoke usage on schema certveil from ${toolsRole}`,
    `grant usage on schema certveil to ${toolsRole}`,
    `grant ${toolsRole} usage on schema certveil is missing`,
  ],
  [
    'what will be made for everybody',
    'alter default privileges grant select on tables to public',
    'alter default privileges revoke select on tables from public',
    'default privilege public select of postgres is not in the policy',
  ],
  [
    'row-level security that binds the owner too',
    'alter table outbox force row level security',
    'alter table outbox no force row level security',
    'row-level security is forced on the owner of outbox',
  ],
  [
    'a lost unique index',
    'alter index recipients_natural rename to away',
    'alter index away rename to recipients_natural',
    'unique index recipients_natural of recipients is missing',
  ],
  [
    'a lost foreign key',
    'alter table memberships rename constraint memberships_account_id_accounts_id_fk to away',
    'alter table memberships rename constraint away to memberships_account_id_accounts_id_fk',
    'foreign key memberships_account_id_accounts_id_fk of memberships is missing',
  ],
  [
    'a check that lets more pass',
    `alter table memberships drop constraint memberships_status; alter table memberships add constraint memberships_status check (status in ('active', 'deactivated', 'gone'))`,
    `alter table memberships drop constraint memberships_status; alter table memberships add constraint memberships_status check (status in ('active', 'deactivated'))`,
    'check memberships_status of memberships is not as it was made',
  ],
  [
    'a column that may be null',
    'alter table grants alter column scopes drop not null',
    'alter table grants alter column scopes set not null',
    'not null of grants.scopes is missing',
  ],
  ['a table that inherits', 'create table more () inherits (accounts)', 'drop table more', 'table more inherits from accounts'],
  [
    'a foreign table that refers to ours',
    'create table theirs (id uuid references accounts)',
    'drop table theirs',
    'foreign key theirs_id_fkey of theirs refers to accounts',
  ],
];

describe('a start compares the database with the policy', () => {
  let opened: TestDatabase;

  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.close());

  async function differences(): Promise<readonly string[]> {
    try {
      await verifyDatabase(opened.database);
      return [];
    } catch (error) {
      if (error instanceof DatabaseDiffers) return error.differences;
      throw error;
    }
  }

  it('and finds nothing on one that was migrated', async () => {
    expect(await differences()).toEqual([]);
  });

  it.each(tampered)('and names %s', async (_what, done, undone, named) => {
    await asAdministrator(opened, (run) => run(done));
    try {
      expect((await differences()).join('\n')).toContain(named);
    } finally {
      await asAdministrator(opened, (run) => run(undone));
    }
    expect(await differences()).toEqual([]);
  });

  it.runIf(inject('databases').engine === 'pglite')('and names a role that passes by row-level security', async () => {
    await asAdministrator(opened, (run) => run(`alter role ${readerRole} bypassrls`));
    expect((await differences()).join()).toContain(`role ${readerRole} bypasses row-level security`);
    await asAdministrator(opened, (run) => run(`alter role ${readerRole} nobypassrls`));
  });

  it.runIf(inject('databases').engine === 'postgres')('and does not start on one that differs, saying where', async () => {
    await asAdministrator(opened, (run) => run(`grant select (salt) on disclosures to ${readerRole}`));
    const config = { databaseUrl: opened.url, toolsDatabaseUrl: opened.toolsUrl, dataKey: Buffer.alloc(32) } as Config;
    await expect(openDatabase({ config, clock: () => new Date() })).rejects.toThrow(
      `grant ${readerRole} select disclosures.salt is not in the policy`,
    );
    await asAdministrator(opened, (run) => run(`revoke select (salt) on disclosures from ${readerRole}`));
    await (await openDatabase({ config, clock: () => new Date() })).database.close();
  });
});
