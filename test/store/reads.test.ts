import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reads, type ReadName } from '../../src/policy/reads/all.ts';
import { allScopes } from '../../src/policy/scopes.ts';
import type { Parameter } from '../../src/store/engine/db.ts';
import { openTestDatabase, type TestDatabase } from '../support/engines.ts';
import { issueToken, type IssuedToken } from '../support/tokens.ts';

const ada = 'ada@example.com';
const grace = 'grace@example.com';
const names = Object.keys(reads) as ReadName[];

/** What a read is asked besides the token, by the names of its parameters; null for the others. */
type Given = Readonly<Record<string, Parameter>>;

describe('the reads that serve tools', () => {
  let opened: TestDatabase;
  let questions: Record<string, readonly Parameter[]>;
  const now = (): Date => new Date();

  beforeAll(async () => {
    opened = await openTestDatabase({ demo: true });
    const [row] = await opened.database.statement<{ certificate: string; recipient: string; list: string }>(
      `select c.id as certificate, c.recipient_id as recipient, c.list_id as list from certificates c join accounts a on a.id = c.account_id
       where a.email = $1 and c.hidden_at is null order by c.issued_on desc limit 1`,
      [ada],
    );
    const [tls] = await opened.database.statement<{ id: string }>(
      `select t.id from tls_certificates t join accounts a on a.id = t.account_id where a.email = $1 and t.hidden_at is null limit 1`,
      [ada],
    );
    const given: Given = {
      p_words: [],
      p_limit: 50,
      p_since: '2020-01-01',
      p_certificate: row?.certificate ?? '',
      p_recipient: row?.recipient ?? '',
      p_period: 'year',
      p_months: 12,
      p_domain: 'shop.academy.example',
      p_within_days: 400,
      p_first: 10,
      p_most: 4000,
      p_most_names: 50,
      p_most_periods: 50,
      p_after_key: '',
      p_after_name: '',
      p_after_rank: 0,
    };
    const parameters = await opened.database.statement<{ name: string; names: string[] }>(
      `select proname as name, array(select n from unnest(proargnames, proargmodes) with ordinality a (n, mode, at) where mode = 'i' order by at) as names
       from pg_proc where pronamespace = 'certveil'::regnamespace and proname = any ($1)`,
      [names],
    );
    questions = Object.fromEntries(parameters.map((each) => [each.name, each.names.slice(2).map((name) => given[name] ?? null)]));
    questions['read_verification_activity'] = [row?.list ?? '', 12];
    questions['read_tls_certificate_summary'] = [tls?.id ?? '', null, 50];
  });
  afterAll(() => opened.close());

  async function ask(name: ReadName, digest: Uint8Array | null, at: Date = now()): Promise<Record<string, unknown>[]> {
    const given = questions[name] ?? [];
    const slots = given.map((_, index) => `, $${index + 3}`).join('');
    return opened.database.tools(`select * from certveil.${name}($1, $2${slots})`, [digest, at.toISOString(), ...given]);
  }

  const change = (text: string, id: string) => opened.database.statement(text, [id]);
  const tell = async ({ digest, grantId, accountId, appId }: IssuedToken): Promise<void> => {
    await opened.database.statement(
      `insert into disclosures (writer_id, seq, salt, account_id, app_id, grant_id, at, day, tool, purpose, field_names, record_count, outcome)
       select id, 1, $1, $2, $3, $4, now(), now()::date, 'get_account_summary', 'fulfil_request', '{}', 1, 'answered' from ledger_writers limit 1`,
      [digest, accountId, appId, grantId],
    );
  };

  const file = ({ accountId, appId }: IssuedToken) =>
    opened.database.statement(
      `insert into privacy_requests (account_id, app_id, kind, service, channel, status, received_on, due_on)
       values ($1, $2, 'access', 'certfusion', 'assistant', 'awaiting_confirmation', '2026-11-01', '2026-12-01')`,
      [accountId, appId],
    );

  it('give the rows of a living token, so that the refusals below mean something', async () => {
    const token = await issueToken(opened.database, { email: ada, now: now() });
    const writer = randomUUID();
    await opened.database.statement('insert into ledger_writers (id, started_at) values ($1, $2)', [writer, now().toISOString()]);
    await tell(token);
    await file(token);
    const silent: string[] = [];
    for (const name of names) if ((await ask(name, token.digest)).length === 0) silent.push(name);
    expect(silent).toEqual([]);
  });

  it('give no rows for a made-up, empty or missing digest, nor for a token of another kind', async () => {
    const refresh = await issueToken(opened.database, { email: ada, kind: 'RefreshToken', now: now() });
    const digests = [
      randomBytes(32),
      createHash('sha256').update('').digest(),
      new Uint8Array(0),
      null,
      refresh.digest,
      Buffer.from("' or 1=1 --"),
    ];
    for (const name of names) for (const digest of digests) expect(await ask(name, digest)).toEqual([]);
  });

  it.each([
    ['revoked app', (t: IssuedToken) => change(`update apps set status = 'revoked' where id = $1`, t.appId)],
    ['paused app', (t: IssuedToken) => change(`update apps set status = 'paused' where id = $1`, t.appId)],
    ['ended grant', (t: IssuedToken) => change(`update grants set status = 'revoked' where id = $1`, t.grantId)],
    ['emptied grant', (t: IssuedToken) => change(`update grants set scopes = '{}' where id = $1`, t.grantId)],
    ['deleted token', (t: IssuedToken) => change(`delete from oauth_artifacts where account_id = $1`, t.accountId)],
    ['token of another client', (t: IssuedToken) => change(`update apps set client_id = client_id || 'x' where id = $1`, t.appId)],
    [
      'token whose grant is another account’s',
      async (t: IssuedToken) => {
        await opened.database.statement('alter table grants disable trigger user', []);
        await change(`update grants set account_id = (select id from accounts where email = '${grace}') where id = $1`, t.grantId);
        await opened.database.statement('alter table grants enable trigger user', []);
      },
    ],
    [
      'token that names another account',
      (t: IssuedToken) =>
        change(
          `update oauth_artifacts set account_id = (select id from accounts where email = '${grace}') where account_id = $1`,
          t.accountId,
        ),
    ],
    ['disabled account', (t: IssuedToken) => change(`update accounts set disabled_at = now() where id = $1`, t.accountId)],
    [
      'restricted account',
      (t: IssuedToken) => change(`update accounts set disabled_at = null, hidden_at = now() where id = $1`, t.accountId),
    ],
  ])('give no rows for a %s', async (_what, end) => {
    await opened.database.statement('update accounts set disabled_at = null, hidden_at = null', []);
    await opened.database.statement('delete from oauth_artifacts', []);
    const token = await issueToken(opened.database, { email: ada, now: now() });
    expect((await ask('read_certificates', token.digest)).length).toBeGreaterThan(0);
    await end(token);
    for (const name of names) expect(`${name} ${(await ask(name, token.digest)).length}`).toBe(`${name} 0`);
    await opened.database.statement('update accounts set disabled_at = null, hidden_at = null', []);
  });

  it('give no rows for an expired token, and no caller’s clock brings it back', async () => {
    const past = new Date(Date.now() - 20 * 60_000);
    const expired = await issueToken(opened.database, { email: ada, now: past });
    const living = await issueToken(opened.database, { email: ada, now: now() });
    const soon = new Date(Date.now() + 16 * 60_000);
    for (const name of names) {
      expect(await ask(name, expired.digest)).toEqual([]);
      expect(await ask(name, expired.digest, new Date('2001-01-01'))).toEqual([]);
      expect(await ask(name, living.digest, soon)).toEqual([]);
    }
  });

  it('give no rows without the read’s own scope', async () => {
    for (const name of names) {
      const without = await issueToken(opened.database, {
        email: ada,
        scopes: allScopes.filter((each) => each !== reads[name].scope),
        now: now(),
      });
      expect(await ask(name, without.digest)).toEqual([]);
    }
  });

  it('give no e-mail and no custom field without the scope that opens it', async () => {
    const scopes = ['account:read', 'recipients:read', 'certificates:read'] as const;
    const { digest } = await issueToken(opened.database, { email: ada, scopes, now: now() });
    expect(await ask('read_account_summary', digest)).toMatchObject([{ email: null }]);
    for (const row of await ask('read_recipients', digest)) expect(row['email']).toBeNull();
    expect(await ask('read_recipient_summary', digest)).toMatchObject([{ email: null }]);
    expect(await ask('read_certificate_summary', digest)).toMatchObject([{ custom_names: null, custom_values: null }]);
  });

  it('give another account’s token nothing of a record that it names (CF-16)', async () => {
    const { digest } = await issueToken(opened.database, { email: grace, now: now() });
    for (const name of ['read_certificate_summary', 'read_recipient_summary', 'read_recipient_certificates'] as const)
      expect(await ask(name, digest)).toEqual([]);
    const own = await ask('read_certificates', digest);
    const foreign = await opened.database.statement<{ id: string }>(
      `select c.id from certificates c join accounts a on a.id = c.account_id where a.email = $1`,
      [ada],
    );
    const ids = new Set(foreign.map(({ id }) => id));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter(({ certificate }) => ids.has(String(certificate)))).toEqual([]);
  });

  it('leave no account behind them for whatever follows in the transaction', async () => {
    const { digest } = await issueToken(opened.database, { email: ada, now: now() });
    for (const name of names) {
      const rows = await opened.database.tools<{ left_behind: string | null }>(
        `select current_setting('app.account', true) as left_behind from (select count(*) from certveil.${name}($1, $2${(questions[name] ?? []).map((_, at) => `, $${at + 3}`).join('')})) read`,
        [digest, now().toISOString(), ...(questions[name] ?? [])],
      );
      expect(rows[0]?.left_behind ?? '').toBe('');
    }
  });
});
