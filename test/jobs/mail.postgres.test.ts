import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeSender, sweepMail, type Sender } from '../../src/jobs/mail.ts';
import { smtp, type HandOver } from '../../src/jobs/smtp.ts';
import { makeLogger } from '../../src/watch/log.ts';
import { noticeChangedMail, passwordResetMail, type MailMessage } from '../../src/policy/mail.ts';
import type { Orm } from '../../src/store/engine/db.ts';
import { loadPurposeKeys, type PurposeKey } from '../../src/store/engine/purpose-keys.ts';
import { queueMail, waitingMail, type QueuedMail } from '../../src/store/mail/outbox.ts';
import { addAccount } from '../../src/store/accounts/new-account.ts';
import { makeTestClock, sweepMoment } from '../support/clock.ts';
import { openTestDatabase, testDataKey, type TestDatabase } from '../support/engines.ts';
import { bodyOf, headersOf, openMailBox, type MailBox, type MailBoxOptions, type Received } from '../support/mail-server.ts';

const clock = makeTestClock();
const logged: string[] = [];
const log = makeLogger('debug', { write: (line: string) => void logged.push(line) });
const publicUrl = 'https://mcp.example.com';
const link = `${publicUrl}/password/secret-token-of-the-link`;
const reset = passwordResetMail({ publicUrl, link, within: 'an hour' });
const news = noticeChangedMail({ publicUrl, service: 'certfusion' });

let test: TestDatabase;
let orm: Orm;
let key: PurposeKey;
let ada: string;
const boxes: MailBox[] = [];

beforeAll(async () => {
  test = await openTestDatabase();
  orm = test.database.orm;
  key = (await loadPurposeKeys({ orm, dataKey: testDataKey, clock })).columns;
  const services = ['certfusion', 'certumssl'] as const;
  ada = (await addAccount({ orm, clock, email: 'ada@example.com', displayName: 'Ada', services })).accountId;
});
afterEach(async () => {
  await Promise.all(boxes.splice(0).map((box) => box.close()));
  await test.database.statement('delete from outbox', []);
});
afterAll(() => test.close());

async function mailBox(options: MailBoxOptions = {}): Promise<MailBox> {
  const box = await openMailBox(options);
  boxes.push(box);
  return box;
}

function senderTo(box: MailBox, change: Partial<MailBox['server']> = {}): Sender {
  return senderOver(smtp({ server: { ...box.server, ...change }, ca: box.ca }));
}

function senderOver(handOver: HandOver | null): Sender {
  return makeSender({ orm, key, clock, log, handOver });
}

function queue(message: MailMessage = reset, more: Partial<QueuedMail> = {}) {
  return queueMail({ tx: orm, key, now: clock(), to: 'ada@example.com', message, accountId: ada, ...more });
}

function onlyOne({ received }: MailBox): Received {
  const [mail, more] = received;
  if (!mail || more) throw new Error(`${received.length} mails`);
  return mail;
}

interface State {
  readonly attempts: number;
  readonly error_code: string | null;
  readonly waits: boolean;
  readonly emptied: boolean;
}

function states(): Promise<State[]> {
  return test.database.statement<State>(
    `select attempts, error_code, next_attempt_at is not null as waits, recipient_sealed is null and content_sealed is null as emptied
     from outbox order by created_at, id`,
    [],
  );
}

describe('the outbox', () => {
  it('keeps whom a mail is for and what it says sealed, and prints it to staff (CS-55c)', async () => {
    expect(await queue()).toBe('queued');
    const rows = await test.database.statement<{ row: string }>(`select row_to_json(o)::text as row from outbox o`, []);
    expect(rows).toHaveLength(1);
    const hex = (text: string) => Buffer.from(text).toString('hex');
    for (const text of ['ada@example.com', 'secret-token']) {
      expect(rows[0]?.row).not.toContain(text);
      expect(rows[0]?.row).not.toContain(hex(text));
    }
    expect(await waitingMail({ orm, key, now: clock() })).toMatchObject([
      { to: 'ada@example.com', subject: reset.subject, text: reset.text },
    ]);
    expect(await waitingMail({ orm, key: { id: randomUUID(), bytes: Buffer.alloc(32) }, now: clock() })).toEqual([]);
  });

  it('holds a mail if and only if what causes it was committed', async () => {
    const box = await mailBox();
    const broken = orm.transaction(async (tx) => {
      await queue(reset, { tx });
      throw new Error('the cause failed');
    });
    await expect(broken).rejects.toThrow('the cause failed');
    await orm.transaction((tx) => queue(reset, { tx }));
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 0 });
    expect(box.received).toHaveLength(1);
  });

  it('drops what is no address, or would be two, or would bring a header along', async () => {
    const hostile = ['nobody', 'a@example.com\r\nBcc: b@example.com', 'a@example.com, b@example.com', '<a@example.com>', 'a\0@example.com'];
    for (const to of hostile) expect(await queue(reset, { to })).toBe('not_an_address');
    expect(await states()).toEqual([]);
    expect(await queue(reset, { to: 'ada@example.com' })).toBe('queued');
  });

  it('forgets what has expired, and what was delivered 30 days ago', async () => {
    const box = await mailBox();
    await queue(reset, { expiresAt: new Date(clock().getTime() + 3_600_000) });
    await queue();
    clock.advance({ hours: 1, seconds: 1 });
    expect(await waitingMail({ orm, key, now: clock() })).toHaveLength(1);
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 0 });
    await sweepMail({ orm, clock: await sweepMoment({ orm, clock }) });
    expect(await states()).toEqual([
      { attempts: 0, error_code: 'expired', waits: false, emptied: true },
      { attempts: 1, error_code: null, waits: false, emptied: true },
    ]);
    clock.advance({ days: 29 });
    expect(await sweepMail({ orm, clock: await sweepMoment({ orm, clock }) })).toEqual({ deleted: 0 });
    clock.advance({ days: 1, seconds: 1 });
    expect(await sweepMail({ orm, clock: await sweepMoment({ orm, clock }) })).toEqual({ deleted: 2 });
  });
});

describe('mail that isn’t essential (CS-07, CS-33)', () => {
  const set = (text: string, more: (string | null)[] = []) => test.database.statement(text, [ada, ...more]);
  afterEach(async () => {
    await set('update accounts set no_contact_at = null where id = $1');
    await set('update memberships set marketing_opt_out_at = null where account_id = $1');
  });

  it.each([
    ['an opt-out of the service', `update memberships set marketing_opt_out_at = now() where account_id = $1 and service = 'certfusion'`],
    ['the wish for no contact', 'update accounts set no_contact_at = now() where id = $1'],
  ])('is stopped by %s, at once, also when it waits already; other mail goes on', async (_, optOut) => {
    const box = await mailBox();
    expect(await queue(news, { service: 'certfusion' })).toBe('queued');
    await set(optOut);
    expect(await queue(news, { service: 'certfusion' })).toBe('opted_out');
    expect(await queue(reset)).toBe('queued');
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 0 });
    expect(box.received.map(bodyOf).join()).toContain(link);
    expect((await states()).map((each) => each.error_code)).toEqual(['opted_out', null]);
  });

  it('reaches those who said nothing, and those who opted out of the other service; never somebody without an account', async () => {
    const box = await mailBox();
    await set(`update memberships set marketing_opt_out_at = now() where account_id = $1 and service = 'certumssl'`);
    expect(await queue(news, { service: 'certfusion' })).toBe('queued');
    expect(await queue(news, { service: 'certumssl' })).toBe('opted_out');
    expect(await queue(news, { accountId: null })).toBe('opted_out');
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 0 });
    expect(bodyOf(onlyOne(box))).toContain('/dashboard/account');
  });
});

describe('sending', () => {
  it.each<readonly [string, MailBoxOptions]>([
    ['STARTTLS', { tls: 'starttls' }],
    ['TLS from the first byte', { tls: 'implicit' }],
    ['a login', { tls: 'starttls', login: { user: 'certveil', password: 'pass word' } }],
  ])('works over %s: one plain text mail, from the address of the settings', async (_, options) => {
    const box = await mailBox(options);
    await queue();
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 0 });
    const mail = onlyOne(box);
    expect(mail).toMatchObject({ from: 'certveil@example.com', to: ['ada@example.com'], secure: true });
    expect(bodyOf(mail).trimEnd()).toBe(reset.text.trimEnd());
    const names = headersOf(mail).map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
    expect(names.toSorted()).toEqual([
      'auto-submitted',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    expect(await states()).toEqual([{ attempts: 1, error_code: null, waits: false, emptied: true }]);
    expect(await senderTo(box).deliver()).toEqual({ delivered: 0, failed: 0 });
  });

  it.each<readonly [string, string, MailBoxOptions, boolean]>([
    ['a server without STARTTLS', 'no_tls', { plain: true }, true],
    ['a server whose certificate nobody vouches for', 'unreachable', { tls: 'implicit' }, false],
    ['a server that wants another login', 'login_refused', { login: { user: 'certveil', password: 'right' } }, true],
  ])('hands nothing to %s (CS-55c)', async (_, code, options, trusted) => {
    const box = await mailBox(options);
    await queue();
    await queue();
    const server = { ...box.server, ...(options.login && { login: { user: 'certveil', password: 'wrong' } }) };
    const sender = senderOver(smtp({ server, ...(trusted && { ca: box.ca }) }));
    expect(await sender.deliver()).toEqual({ delivered: 0, failed: 1 });
    expect(box.received).toEqual([]);
    expect((await states()).map((each) => [each.attempts, each.error_code])).toEqual([
      [1, code],
      [0, null],
    ]);
  });

  it('tries again with longer and longer waits until it is taken', async () => {
    const box = await mailBox();
    await queue();
    for (const minutes of [1, 2, 5]) {
      box.refusals.push({ at: 'data', code: 451 });
      expect(await senderTo(box).deliver()).toEqual({ delivered: 0, failed: 1 });
      clock.advance({ minutes, seconds: -1 });
      expect(await senderTo(box).deliver()).toEqual({ delivered: 0, failed: 0 });
      clock.advance({ seconds: 2 });
    }
    expect(await states()).toEqual([{ attempts: 3, error_code: 'try_later', waits: true, emptied: false }]);
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 0 });
  });

  it('gives up at once on an address that the server refuses, and goes on with the next', async () => {
    const box = await mailBox();
    await queue();
    await queue(reset, { to: 'grace@example.com' });
    box.refusals.push({ at: 'rcpt', code: 550 });
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 1 });
    expect(new Set((await states()).map((each) => each.error_code))).toEqual(new Set(['address_refused', null]));
    expect((await states()).every((each) => each.emptied && !each.waits)).toBe(true);
  });

  it('gives up after ten tries', async () => {
    const box = await mailBox();
    await queue();
    let tries = 0;
    for (; (await states())[0]?.waits === true && tries < 20; tries += 1) {
      box.refusals.push({ at: 'data', code: 450 });
      await senderTo(box).deliver();
      clock.advance({ hours: 13 });
    }
    expect([tries, await states()]).toEqual([11, [{ attempts: 11, error_code: 'try_later', waits: false, emptied: true }]]);
  });

  it('waits for a server that can’t be reached, and nobody waits for the sender', async () => {
    const box = await mailBox();
    await box.close();
    boxes.splice(0);
    await queue();
    const sender = senderTo(box);
    sender.wake();
    await sender.close();
    expect(await states()).toEqual([{ attempts: 1, error_code: 'unreachable', waits: true, emptied: false }]);
  });

  it('has one sender at a time for each mail, and sends again what was lost with its sender', async () => {
    const box = await mailBox();
    for (let count = 0; count < 6; count += 1) await queue();
    const counts = await Promise.all([senderTo(box).deliver(), senderTo(box).deliver(), senderTo(box).deliver()]);
    expect(counts.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(6);
    expect(box.received).toHaveLength(6);
    await queue();
    const lost = senderOver(async (mail) => {
      await smtp({ server: box.server, ca: box.ca })(mail);
      throw new Error('the process ended before it could say so');
    });
    await expect(lost.deliver()).rejects.toThrow('ended');
    expect(await senderTo(box).deliver()).toEqual({ delivered: 0, failed: 0 });
    clock.advance({ minutes: 11 });
    expect(await senderTo(box).deliver()).toEqual({ delivered: 1, failed: 0 });
    const ids = box.received.slice(-2).map((mail) => headersOf(mail).find((line) => /^message-id/i.test(line)));
    expect(ids[0]).toBe(ids[1]);
  });

  it('without a mail server leaves everything where it is', async () => {
    await queue();
    const sender = senderOver(null);
    sender.wake();
    expect(await sender.deliver()).toEqual({ delivered: 0, failed: 0 });
    expect(await states()).toEqual([{ attempts: 0, error_code: null, waits: true, emptied: false }]);
  });

  it('logs kinds and codes, and never an address or a link', () => {
    expect(logged.join()).toContain('address_refused');
    expect(logged.filter((line) => /@example|secret-token|password\//.test(line))).toEqual([]);
  });
});
