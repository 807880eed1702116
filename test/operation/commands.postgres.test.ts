import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/words/dates.ts';
import { passwordFirstMail } from '../../src/policy/mail.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { queueMail } from '../../src/store/mail/outbox.ts';
import { testDataKey } from '../support/engines.ts';
import { openInstallation, type Installation } from '../support/installation.ts';
import { bodyOf, openMailBox, type Received } from '../support/mail-server.ts';
import { command } from '../support/command-line.ts';
import { certveil, startServer, type Settings } from '../support/server-process.ts';

const header = 'list,recipient_name,recipient_email,title,public_number,issued_on,expires_on,status,description';
const good = 'Spring course,Zoe Example,zoe@example.org,Beekeeping,BEE-1,2026-01-05,,valid,';

describe('the command line', { timeout: 120_000 }, () => {
  let place: Installation;
  let directory: string;

  beforeAll(async () => {
    place = await openInstallation();
    directory = await mkdtemp(join(tmpdir(), 'certveil-commands-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await place.close();
  });

  const fileOf = async (lines: readonly (string | Buffer)[]) => {
    const file = join(directory, 'certificates.csv');
    await writeFile(file, Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')]))));
    return file;
  };
  const importing = async (file: string, account = 'ada@example.com') =>
    command(['import', 'certificates', file, '--account', account], place.settings);

  it('adds, lists and disables account owners', async () => {
    const added = await certveil(['account', 'add', 'new@example.com', '--name', 'New Owner', '--services', 'certumssl'], place.settings);
    expect([added.code, added.stderr]).toEqual([0, '']);
    expect(added.stdout).toMatch(/^http:\/\/localhost:\d+\/password\/[\w-]{43}\nThis link sets the password once, within 24 hours\.\n$/);
    const listed = await command(['account', 'list'], place.settings);
    expect(listed.stdout).toContain('new@example.com\tNew Owner\tcertumssl active\n');
    const disabled = await command(['account', 'disable', 'NEW@example.com'], place.settings);
    expect([disabled.code, disabled.stdout]).toEqual([0, 'Disabled. Its apps get no answer from their next call on.\n']);
    expect((await command(['account', 'list'], place.settings)).stdout).toContain('certumssl active\tdisabled\n');
  });

  it('mails a new owner the same link as soon as a server runs with SMTP_URL', async () => {
    const box = await openMailBox();
    const ca = join(directory, 'ca.pem');
    await writeFile(ca, box.ca);
    const mail = { SMTP_URL: `smtp://localhost:${box.server.port}?from=certveil@example.com`, NODE_EXTRA_CA_CERTS: ca };
    const settings = { ...place.settings, ...mail };
    const added = await command(['account', 'add', 'mailed@example.com', '--name', 'Mailed Owner'], settings);
    expect([added.code, added.stderr]).toEqual([0, '']);
    const [link = '', ...rest] = added.stdout.trim().split('\n');
    expect(rest.at(-1)).toBe('The server mails it too.');
    expect(box.received).toEqual([]);
    const server = await startServer(settings);
    await vi.waitFor(() => expect(box.received).toHaveLength(1), 10_000);
    expect(box.received[0]).toMatchObject({ from: 'certveil@example.com', to: ['mailed@example.com'], secure: true });
    expect(bodyOf(box.received[0] as Received)).toContain(`\n${link}\n`);
    expect((await fetch(link)).status).toBe(200);
    await server.kill();
    await box.close();
    expect((await command(['outbox'], place.settings)).stdout).toBe('No mail waits.\n');
  });

  it('prints the mail that waits, with its one-time links', async () => {
    expect((await command(['outbox'], place.settings)).stdout).toBe('No mail waits.\n');
    await place.inspect(async ({ orm }) => {
      const { columns } = await loadPurposeKeys({ orm, dataKey: testDataKey, clock: systemClock });
      const message = passwordFirstMail({ publicUrl: 'http://localhost', link: 'http://localhost/password/token', within: 'a day' });
      await queueMail({ tx: orm, key: columns, now: systemClock(), to: 'new@example.com', message, accountId: null });
    });
    const printed = await command(['outbox'], place.settings);
    expect([printed.code, printed.stderr]).toEqual([0, '']);
    expect(printed.stdout).toMatch(
      /^To: new@example\.com\nSubject: Set your password\n[^]*\nhttp:\/\/localhost\/password\/token\n[^]*\nLinks in these mails work for whoever/,
    );
    await place.inspect(({ statement }) => statement('delete from outbox', []));
  });

  it.each<readonly [string, readonly string[]]>([
    ['An account with this e-mail address exists.', ['account', 'add', 'ada@example.com', '--name', 'Twice']],
    ['This is not an e-mail address.', ['account', 'add', 'nobody', '--name', 'X']],
    ['A display name is needed.', ['account', 'add', 'x@example.com', '--name', ' ']],
    [
      '--services must be one or both of certfusion,certumssl',
      ['account', 'add', 'x@example.com', '--name', 'X', '--services', 'certfusion,'],
    ],
    ['There is no enabled account with this e-mail address.', ['account', 'disable', 'nobody@example.com']],
    ['The database already has accounts; demo data goes into an empty one.', ['demo']],
    ['The file cannot be read.', ['import', 'certificates', '/nowhere/at/all.csv', '--account', 'ada@example.com']],
    ['The file cannot be read.', ['import', 'certificates', '/', '--account', 'ada@example.com']],
  ])('refuses in one line: %s', async (line, args) => {
    expect(await command(args, place.settings)).toEqual({ code: 1, stdout: '', stderr: `certveil: ${line}\n` });
  });

  it('imports certificates, says what changed, and shows no progress where there is no terminal', async () => {
    const file = await fileOf([header, good]);
    expect(await certveil(['import', 'certificates', file, '--account', 'ada@example.com'], place.settings)).toEqual({
      code: 0,
      stdout: '1 added, 0 updated, 0 unchanged\n',
      stderr: '',
    });
    expect((await importing(file)).stdout).toBe('0 added, 0 updated, 1 unchanged\n');
  });

  it('names line and column of what is wrong with a file, and imports nothing of it', async () => {
    const bad = await importing(
      await fileOf([header, good.replace('BEE-1', 'BEE-2'), good.replace('2026-01-05', 'soon'), good.replace('zoe@example.org', 'zoe')]),
    );
    expect([bad.code, bad.stdout, bad.stderr.split('\n')]).toEqual([
      1,
      '',
      [
        'certveil: Nothing was imported: the file has problems.',
        '  line 3, issued_on: is not a day written YYYY-MM-DD',
        expect.stringMatching(/^ {2}line [34], .*/),
        expect.any(String),
        ...bad.stderr.split('\n').slice(4),
      ],
    ]);
    expect(bad.stderr).toContain('line 4, recipient_email: is not an e-mail address');
    expect(bad.stderr).not.toMatch(/zoe|soon|\.js/);
    const unknown = await importing(await fileOf([`${header},shoe_size`, `${good},43`]));
    expect(unknown.stderr).toBe(
      'certveil: Nothing was imported: the file has problems.\n  line 1, shoe_size: is not a column of this file\n',
    );
    const binary = await importing(await fileOf([Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x10])]));
    expect([binary.code, binary.stderr]).toEqual([1, expect.stringContaining('is not UTF-8 text')]);
    const nobody = await importing(await fileOf([header, good]), 'nobody@example.com');
    expect(nobody.stderr).toBe('certveil: No account has this e-mail address.\n');
    expect((await importing(await fileOf([header, good]))).stdout).toBe('0 added, 0 updated, 1 unchanged\n');
  });

  it('migrates a database that is up to date, and does not start on one whose keys another DATA_KEY wraps', async () => {
    expect(await command(['migrate'], place.settings)).toEqual({ code: 0, stdout: 'The database is up to date.\n', stderr: '' });
    const otherKey: Settings = { ...place.settings, DATA_KEY: Buffer.alloc(32, 9).toString('base64') };
    const refused = await certveil([], otherKey);
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/certveil: DATA_KEY does not open the keys in this database\n$/),
    ]);
  });

  const listing = (settings: Settings) => command(['account', 'list'], settings);
  const starting = (settings: Settings) => certveil([], settings);
  it.each<readonly [string, (right: URL) => void, typeof listing]>([
    ['does not answer', (url) => void (url.port = '1'), listing],
    ['refuses the password', (url) => void (url.password = 'zq7secretword'), listing],
    ['knows no such login', (url) => void (url.username = 'nobody_at_all'), listing],
    ['is not there', (url) => void (url.pathname = '/no_such_database'), starting],
  ])('does nothing when the database of TOOLS_DATABASE_URL %s, and says so in one line', async (_how, spoil, attempt) => {
    const url = new URL(place.settings['TOOLS_DATABASE_URL'] ?? '');
    spoil(url);
    const line = 'TOOLS_DATABASE_URL: the database does not answer this login';
    expect(await attempt({ ...place.settings, TOOLS_DATABASE_URL: url.href })).toEqual({
      code: 1,
      stdout: '',
      stderr: `certveil: ${line}\n`,
    });
  });
});
