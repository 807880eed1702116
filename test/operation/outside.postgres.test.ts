import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordOutside } from '../../src/disclosure/lawful-disclosure.ts';
import { tellOutside } from '../../src/jobs/mail-lawful-disclosures.ts';
import { addDays, dayOf } from '../../src/words/dates.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { accountWith } from '../../src/store/rights/staff-requests.ts';
import { waitingMail } from '../../src/store/mail/outbox.ts';
import { command } from '../support/command-line.ts';
import { ada, connect, grace } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { openInstallation, type Installation } from '../support/installation.ts';
import { textOf } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { certveil } from '../support/server-process.ts';
import { openWorld, type World } from '../support/world.ts';

describe('what leaves outside the tools', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
  });
  afterAll(() => world.close());

  it('CS-37, CS-38, CS-39: is told to the owner at once, or when the law allows it; nobody else sees it', async () => {
    const { database, clock, url: publicUrl } = world;
    const { orm } = database;
    const keys = await loadPurposeKeys({ orm, dataKey: testDataKey, clock });
    const accountId = (await accountWith({ orm, email: ada.email })) ?? '';
    const mine = await connect(world);
    const hers = await connect(world, { owner: grace });
    const record = (recipient: string, gagUntil: string | null) =>
      recordOutside(
        { orm, key: keys.ledger, clock },
        {
          accountId,
          code: gagUntil === null ? 'legal_process' : 'ca_policy',
          recipient,
          fieldNames: ['name', 'email'],
          recordCount: 1,
          gagUntil,
          gagReason: gagUntil && 'Order of a court',
        },
      );
    const seen = async () => {
      const told = await tellOutside({ orm, key: keys.columns, publicUrl, clock });
      const mail = (await waitingMail({ orm, key: keys.columns, now: clock() })).filter(({ kind }) => kind === 'disclosed_outside');
      const { request } = (await api(mine.person, '/api/requests', { kind: 'access', service: 'certfusion' })).json;
      await api(mine.person, `/api/requests/${String(request)}/confirm`, {});
      const copy = (await mine.person.get(`/api/requests/${String(request)}/export`)).body;
      const csv = (await mine.person.get(`/api/requests/${String(request)}/export?format=csv&category=external_disclosures`)).body;
      return { told, mail, copies: [copy, csv], page: textOf(await mine.person.get('/dashboard/disclosures')) };
    };
    await record('District court', null);
    await record('Secret office', addDays(dayOf(clock()), 10));
    const first = await seen();
    expect([first.told, first.mail.map(({ to }) => to)]).toEqual([1, ['ada@example.com']]);
    expect(first.mail[0]?.text).not.toMatch(/court|email/);
    expect(first.page).toMatch(/District court\s+required by law or legal process\s+name, email/);
    expect(first.page).not.toContain('Secret office');
    for (const copy of first.copies) expect([copy.includes('District court'), copy.includes('Secret office')]).toEqual([true, false]);
    expect((await mine.person.get('/dashboard/disclosures/heads.json')).body).not.toContain('Secret office');
    expect(textOf(await hers.person.get('/dashboard/disclosures'))).not.toContain('District court');

    clock.advance({ days: 10 });
    expect((await seen()).told).toBe(0);
    clock.advance({ days: 1 });
    await mine.person.signIn(await mine.person.get('/sign-in'), ada);
    const last = await seen();
    expect([last.told, last.mail.length]).toEqual([1, 2]);
    expect(last.page).toMatch(/Secret office\s+required by the rules for certificate authorities/);
    for (const copy of last.copies) expect([copy.includes('Secret office'), copy.includes('Order of a court')]).toEqual([true, false]);
    const file = (await mine.person.get('/dashboard/disclosures/heads.json')).body;
    expect(file).toContain('Secret office');
    expect(file).not.toContain('Order of a court');
  });
});

describe('staff on the command line', { timeout: 120_000 }, () => {
  let place: Installation;
  let directory: string;

  beforeAll(async () => {
    place = await openInstallation();
    directory = await mkdtemp(join(tmpdir(), 'certveil-outside-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await place.close();
  });

  it('CS-02, CS-37: enter what they disclosed into the ledger, which `ledger verify` covers', async () => {
    const legal = ['register', 'legal', '--account', 'ada@example.com', '--recipient', 'District court', '--fields', 'name,email'];
    const entered = await certveil([...legal, '--code', 'legal_process'], place.settings);
    expect(entered).toEqual({
      code: 0,
      stdout: 'Recorded in the ledger.\nThe person is told by mail and on the dashboard.\n',
      stderr: '',
    });
    expect((await command([...legal, '--code', 'sale'], place.settings)).code).toBe(1);
    const gag = [...legal, '--code', 'legal_process', '--gag-until', '2000-01-01', '--gag-reason', 'x'];
    expect((await command(gag, place.settings)).stderr).toContain('--gag-until must be a day that isn’t over');
    const sound = await command(['ledger', 'verify'], place.settings);
    expect([sound.code, sound.stdout]).toEqual([
      0,
      'The database: 1 rows in 1 chains under 1 signed heads; of 0 rows only the leaf is left.\nNothing was changed, taken out, put in or moved.\n',
    ]);
    await place.inspect(({ statement }) => statement(`update external_disclosures set recipient = 'Nobody'`, []));
    const changed = await certveil(['ledger', 'verify'], place.settings);
    expect([changed.code, changed.stderr]).toEqual([1, 'certveil: The ledger does not hold: 1 problem.\n']);
    expect(changed.stdout).toContain('chain 1: row 1 is not what its leaf was made of');
  });

  it('check an owner’s file without any database', async () => {
    const file = join(directory, 'heads.json');
    await writeFile(file, JSON.stringify({ format: 'certveil-ledger-1', how: [], keys: [], heads: [] }));
    const none = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', DATA_KEY: place.settings['DATA_KEY'] ?? '' };
    expect(await command(['ledger', 'verify', file], none)).toMatchObject({ code: 0, stderr: '' });
    await writeFile(file, (await readFile(file, 'utf8')).replace('ledger-1', 'ledger-0'));
    expect((await command(['ledger', 'verify', file], none)).stderr).toContain('The file is not one of signed heads');
  });

  it('CF-20, CS-13: look into the log of a link for fraud and abuse alone, and the look is recorded', async () => {
    const [link] = await place.inspect(({ statement }) =>
      statement<{ number: string; email: string; count: number }>(
        `select c.public_number as number, a.email, count(*)::integer as count from verification_events e
         join certificates c on c.id = e.certificate_id join accounts a on a.id = c.account_id group by 1, 2
         having min(e.at) > now() - interval '11 months' order by 3 desc limit 1`,
        [],
      ),
    );
    if (!link) throw new Error('no opened link');
    const look = (purpose: string) =>
      command(
        ['activity', 'inspect', '--purpose', purpose, '--certificate', link.number, '--account', link.email, '--staff', 'Sam'],
        place.settings,
      );
    expect((await look('marketing')).code).toBe(1);
    const answer = await look('fraud');
    expect(answer.stdout.trim().split('\n')).toHaveLength(link.count + 1);
    const recorded = await place.inspect(({ statement }) =>
      statement('select staff_name, purpose, record_count from activity_inspections', []),
    );
    expect(recorded).toEqual([{ staff_name: 'Sam', purpose: 'fraud', record_count: link.count }]);
  });

  it('find an account whose address was entered in capitals, however they type it (CS-37, CS-41, CF-20)', async () => {
    const typed = 'Mixed.Case@Owner.Example';
    const made = await command(['account', 'add', typed, '--name', 'Mixed'], place.settings);
    expect([made.code, made.stderr]).toEqual([0, '']);
    await place.inspect(({ statement }) =>
      statement(
        `with l as (insert into lists (account_id, name, name_key, created_on) select id, 'L', 'l', now() from accounts where email = $1 returning *),
         r as (insert into recipients (account_id, list_id, name, name_key, name_rank, email, email_masked, email_key, created_at)
           select account_id, id, 'R', 'r', 1, 'r@example.com', 'r', 'r', now() from l returning *)
         insert into certificates (account_id, list_id, recipient_id, title, public_number, issued_on, created_at)
         select account_id, list_id, id, 'T', 'MIXED-1', now(), now() from r`,
        [typed],
      ),
    );
    for (const email of [typed, typed.toLowerCase(), ` ${typed.toUpperCase()} `]) {
      const legal = ['register', 'legal', '--account', email, '--recipient', 'Court', '--fields', 'name', '--code', 'legal_process'];
      const inspect = ['activity', 'inspect', '--purpose', 'fraud', '--certificate', 'MIXED-1', '--account', email, '--staff', 'Sam'];
      for (const words of [legal, ['export', '--account', email, '--to', join(directory, randomUUID())], inspect]) {
        const { code, stderr } = await command(words, place.settings);
        expect([words[0], email, code, stderr]).toEqual([words[0], email, 0, '']);
      }
    }
  });
});
