import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/words/dates.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { addContactMessage } from '../../src/store/accounts/contact-messages.ts';
import { command } from '../support/command-line.ts';
import { ada, grace } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { openInstallation, type Installation } from '../support/installation.ts';
import { certveil, run, startServer, type Settings } from '../support/server-process.ts';

const staff = ['--staff', 'Rosalind'];
const request = /req_[0-9a-z]{26}/;

describe('what staff do on the command line', { timeout: 120_000 }, () => {
  let place: Installation;
  let directory: string;
  let settings: Settings & { readonly PORT: string };

  beforeAll(async () => {
    place = await openInstallation();
    directory = await mkdtemp(join(tmpdir(), 'certveil-staff-'));
    settings = { ...place.settings, DELETIONS_LOG: join(directory, 'deletions.log') };
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await place.close();
  });

  const query = (text: string, ...given: string[]) => place.inspect(({ statement }) => statement<Record<string, unknown>>(text, given));
  const done = async (args: readonly string[], { input = '', as = command } = {}): Promise<string> => {
    const { code, stdout, stderr } = await as(args, settings, input);
    expect([args, code, stderr]).toEqual([args, 0, '']);
    return stdout;
  };
  const refusal = async (args: readonly string[], { input = '', as = command } = {}): Promise<string> => {
    const { code, stdout, stderr } = await as(args, settings, input);
    expect([args, code, stdout]).toEqual([args, 1, '']);
    return stderr;
  };
  const adding = (kind: string, ...more: string[]) => [
    'request',
    'add',
    '--account',
    ada.email,
    ...staff,
    '--kind',
    kind,
    '--service',
    'certumssl',
    '--channel',
    'post',
    ...more,
  ];

  it('CS-28, CS-42: as processes, a request is filed, listed, moved on with a value that no process list shows, and is done', async () => {
    const added = await done(adding('rectification', '--region', 'uk'), { as: certveil });
    expect(added).toMatch(/^req_[0-9a-z]{26}\tanswered by \d{4}-\d\d-\d\d\nThe day stays[^\n]*\nRights to name in the answer: access, /);
    const name = request.exec(added)?.[0] ?? '';
    const listed = `\t${name}\trectification\tcertumssl\tidentity_check\towner\tpost\t${ada.email}\n`;
    expect(await done(['request', 'list'], { as: certveil })).toContain(listed);
    const step = ['request', 'advance', name, '--account', ada.email, ...staff, '--field', 'phone', '--value-file'];
    expect(await refusal([...step, '-'], { input: 'one\ntwo\n', as: certveil })).toBe('certveil: The value must be one line of text.\n');
    expect(await done([...step, '-'], { input: '+44 20 7946 0000\n', as: certveil })).toMatch(
      /^done, answered by .*\n\{"corrected":\["phone"\]\}\n$/,
    );
    expect(await refusal([...step, '-'], { input: 'x' })).toBe('certveil: This request can’t take this step.\n');
    const all = await done(['request', 'list', '--account', ada.email]);
    expect(all).toMatch(new RegExp(`${name}.*\\n.*identity_check\\tRosalind\\n(?:.*in_progress\\tRosalind\\n)+.*done\\tRosalind`));
  });

  it('CS-49: a refusal prints what to tell the person, its reason and the authority; it can’t be taken twice', async () => {
    const name = request.exec(await done(adding('access')))?.[0] ?? '';
    const step = ['request', 'refuse', name, '--account', ada.email, ...staff, '--reason'];
    expect(await refusal([...step, 'because'])).toMatch(/^certveil: option '--reason <reason>' argument 'because' is invalid\./);
    const letter = await done([...step, 'identity_not_proved', '--place', 'FR']);
    expect(letter).toContain('We could not make sure that the request comes from the person');
    expect(letter).toContain('https://www.cnil.fr');
    expect(await refusal([...step, 'unfounded'])).toBe('certveil: This request can’t be refused any more.\n');
  });

  it.each<readonly [string, readonly string[]]>([
    ['There is no account with this e-mail address.', ['request', 'list', '--account', 'nobody@example.com']],
    ['This account has no such request.', ['request', 'withdraw', 'req_x', '--account', ada.email, ...staff]],
    ["required option '--staff <name>' not specified", ['minor', 'confirm', '--account', ada.email]],
    ["required option '--staff <name>' not specified", ['activity', 'inspect', '--purpose', 'fraud', '--certificate', 'C-1']],
    ['--staff must hold a name.', ['activity', 'inspect', '--purpose', 'fraud', '--certificate', 'C-1', '--staff', ' ']],
    ['No message of this name waits.', ['contact', 'resolve', 'msg_x', ...staff]],
    ['There is no hold on an account with this e-mail address.', ['hold', 'lift', ada.email]],
    [
      '--safeguard is needed: without one no data may go there.',
      ['register', 'transfer', '--service', 'certumssl', '--channel', 'Chat', '--country', 'CN'],
    ],
  ])('refuses in one line: %s', async (line, args) => {
    expect(await refusal(args)).toBe(`certveil: ${line}\n`);
  });

  it('CS-54: a message is listed until it is resolved under a name', async () => {
    await place.inspect(async ({ orm, statement }) => {
      await statement('delete from contact_messages', []);
      const { columns: key } = await loadPurposeKeys({ orm, dataKey: testDataKey, clock: systemClock });
      const message = { kind: 'security', sender: 'witness@mail.example', body: 'A hole', accountId: null } as const;
      await addContactMessage({ orm, key, ...message, now: systemClock() });
    });
    const listed = await done(['contact', 'list']);
    expect(listed).toMatch(/^msg_[0-9a-z]{26}\t\S+Z\tsecurity\tform\twitness@mail\.example\nA hole\n/);
    expect(await done(['contact', 'resolve', listed.split('\t')[0] ?? '', ...staff])).toBe('Resolved.\n');
    expect(await done(['contact', 'list'])).toBe('No message waits.\n');
    expect(await query('select resolved_by from contact_messages where resolved_at is not null')).toEqual([{ resolved_by: 'Rosalind' }]);
  });

  it('CS-58: of many messages all are listed, those about people under 18 first, then security; a part says of how many', async () => {
    const add = `insert into contact_messages (channel, kind, body, received_at) `;
    await query(
      `${add} select 'form', 'rights', 'Noise ' || n, timestamptz '2026-01-01' + n * interval '1 minute' from generate_series(1, 620) n`,
    );
    await query(`${add} values ('form', 'security', 'A hole', '2026-03-01'), ('form', 'under_18', 'She is twelve', '2026-03-02')`);
    const bodies = (listed: string) => listed.split('\n').filter((line) => /^(?:Noise|A hole|She)/.test(line));
    const all = bodies(await done(['contact', 'list']));
    expect([all.length, ...all.slice(0, 3), all.at(-1)]).toEqual([622, 'She is twelve', 'A hole', 'Noise 1', 'Noise 620']);
    const some = await done(['contact', 'list', '--kind', 'rights', '--limit', '7']);
    expect([bodies(some).at(-1), some.endsWith('\n7 of 620 messages.\n')]).toEqual(['Noise 7', true]);
    expect(bodies(await done(['contact', 'list', '--kind', 'under_18']))).toEqual(['She is twelve']);
    expect(await refusal(['contact', 'list', '--kind', 'spam'])).toContain('under_18');
    await query('delete from contact_messages');
  });

  it('CS-58: a minor’s record goes under a name, but not while a hold keeps it', async () => {
    const [young] = await query(
      `select r.email from recipients r join accounts a on a.id = r.account_id where a.email = $1 and r.hidden_at is null limit 1`,
      grace.email,
    );
    const email = String(young?.['email']);
    const confirm = ['minor', 'confirm', '--account', grace.email, '--recipient', email, ...staff];
    expect(await done(['hold', 'add', grace.email, '--reason', 'claim'])).toContain('Held.');
    expect(await refusal(confirm)).toBe('certveil: A legal hold forbids it. Lift it first.\n');
    await done(['hold', 'lift', grace.email]);
    expect(await done(confirm)).toBe('Deleted.\n');
    const left = 'select 1 from recipients r join accounts a on a.id = r.account_id where a.email = $1 and r.email = $2';
    expect(await query(left, grace.email, email)).toEqual([]);
    expect(await query('select staff_name, subject from minor_erasures')).toEqual([{ staff_name: 'Rosalind', subject: 'recipient' }]);
  });

  it('CS-43: an erasure killed between its note outside the database and the deletion is finished by the next start, before it serves', async () => {
    const log = async () => readFile(settings['DELETIONS_LOG'] ?? '', 'utf8');
    const noted = (await log()).trim().split('\n').length;
    const added = await done(adding('erasure', '--ground', 'unlawful'));
    const locked = postgres(place.adminUrl ?? '', { max: 1, onnotice: () => undefined });
    await locked.unsafe('begin; select 1 from tls_certificates for update').simple();
    const name = request.exec(added)?.[0] ?? '';
    const erasing = await run(['request', 'advance', name, '--account', ada.email, ...staff], settings);
    await vi.waitFor(async () => expect((await log()).trim().split('\n')).toHaveLength(noted + 1), 20_000);
    await erasing.kill();
    await locked.unsafe('rollback');
    await locked.end();
    const ofAda = 'where account_id = (select id from accounts where email = $1)';
    expect(await query(`select status from privacy_requests ${ofAda} and kind = 'erasure'`, ada.email)).toEqual([
      { status: 'in_progress' },
    ]);
    expect(await query(`select service from memberships ${ofAda} order by 1`, ada.email)).toHaveLength(2);
    const server = await startServer(settings);
    expect(await query(`select 1 from tls_certificates ${ofAda}`, ada.email)).toEqual([]);
    expect(await query(`select service from memberships ${ofAda}`, ada.email)).toEqual([{ service: 'certfusion' }]);
    await server.kill();
    expect((await command(['restore', 'replay', settings['DELETIONS_LOG'] ?? ''], settings)).stdout).toContain(
      ' 0 unknown to this database, 0 erased again',
    );
  });
});
