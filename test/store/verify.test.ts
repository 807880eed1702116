import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../src/commands/open-database.ts';
import type { Config } from '../../src/config.ts';
import { openPostgres } from '../../src/store/db.ts';
import { DatabaseDiffers, verifyDatabase } from '../../src/store/verify.ts';
import { asAdministrator } from '../support/administrator.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { ledgerRole, readerRole, toolsRole } from '../support/roles.ts';
import { urlFor } from '../support/postgres-logins.ts';

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
  ['a new table', 'create table secrets (word text)', 'drop table secrets', 'column secrets.word is not in the policy'],
  [
    'a view of a table',
    'create view peek as select password_hash from accounts',
    'drop view peek',
    'column peek.password_hash is not in the policy',
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
      expect(await differences()).toContain(named);
    } finally {
      await asAdministrator(opened, (run) => run(undone));
    }
    expect(await differences()).toEqual([]);
  });

  it.runIf(inject('databases').engine === 'pglite')('and names a role that passes by row-level security', async () => {
    await asAdministrator(opened, (run) => run(`alter role ${readerRole} bypassrls`));
    expect(await differences()).toContain(`role ${readerRole} bypasses row-level security`);
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

  it.runIf(inject('databases').engine === 'postgres')('and names what the tools’ login reaches beside the functions', async () => {
    const login = `loose_${randomBytes(4).toString('hex')}`;
    const statements = `create role ${login} login noinherit password 'loose' in role ${toolsRole}, ${readerRole}; grant delete on quotas to ${login}`;
    await asAdministrator(opened, (run) => run(statements));
    const toolsUrl = urlFor({
      adminUrl: opened.adminUrl ?? '',
      login: { name: login, password: 'loose' },
      database: new URL(opened.url ?? '').pathname.slice(1),
    });
    const loose = openPostgres({ url: opened.url ?? '', toolsUrl, connections: 1 });
    const found = await verifyDatabase(loose).then(
      () => [],
      (error: DatabaseDiffers) => error.differences,
    );
    await loose.close();
    await asAdministrator(opened, (run) => run(`drop owned by ${login}; drop role ${login}`));
    expect(found).toContain(`the tools' login reaches role ${readerRole}`);
    expect(found).toContain(`the tools' login reaches table quotas`);
  });
});
