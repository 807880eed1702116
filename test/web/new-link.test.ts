import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WaitingMail } from '../../src/store/mail/outbox.ts';
import { formOf, Person, textOf, type Visit } from '../support/person.ts';
import { codeNow, linkedCertificate, type LinkedCertificate } from '../support/verification-links.ts';
import { openWorld, type World } from '../support/world.ts';

const mails: WaitingMail[] = [];
let world: World;
let certificate: LinkedCertificate;
let used = 0;

beforeAll(async () => {
  world = await openWorld({
    demo: true,
    handOver: async (mail) => {
      mails.push(mail);
      return null;
    },
  });
});
afterAll(() => world.close());
beforeEach(async () => {
  mails.length = 0;
  certificate = await linkedCertificate(world, (used += 1));
});

const ask = (code: string): Promise<Visit> => new Person(world.url).submit(`/v/${code}/new-link`, {});
const statusOf = async (code: string): Promise<number> => (await fetch(`${world.url}/v/${code}`)).status;
const linksIn = (mail: WaitingMail | undefined) => [...(mail?.text ?? '').matchAll(/\/v\/([0-9a-f-]{36})/g)].map(([, code]) => code);
const countEvents = async () => (await world.database.statement('select 1 from verification_events', [])).length;

/** A page without what differs by request. */
const shown = ({ status, headers, body }: Visit) => [status, [...headers].filter(([name]) => name !== 'date'), body];

describe('a recipient who asks for a new verification link', () => {
  it('gets it by mail at the stored address; the old one stops at once, and the page tells neither', async () => {
    const page = await new Person(world.url).get(`/v/${certificate.code}`);
    expect(formOf(page)).toMatchObject({ action: `/v/${certificate.code}/new-link`, fields: [] });
    const events = await countEvents();
    const asked = await ask(certificate.code);
    expect([asked.status, asked.headers.get('cache-control'), asked.headers.getSetCookie()]).toEqual([200, 'no-store', []]);
    expect(textOf(asked)).toContain('Look into your mail');
    expect(await countEvents()).toBe(events);

    await vi.waitFor(() => expect(mails).toHaveLength(1));
    const fresh = await codeNow(world, certificate);
    expect(mails).toMatchObject([{ kind: 'verification_link', to: certificate.email }]);
    expect(linksIn(mails[0])).toEqual([fresh]);
    expect(mails[0]?.text).toContain(`${world.url}/v/${fresh}`);
    for (const secret of [fresh, certificate.email, certificate.recipientName, certificate.title]) expect(asked.body).not.toContain(secret);
    for (const written of [certificate.recipientName, certificate.title]) {
      expect(`${mails[0]?.subject} ${mails[0]?.text}`).not.toContain(written);
    }
    expect([await statusOf(certificate.code), await statusOf(fresh)]).toEqual([404, 200]);
  });

  it('keeps the link where it can’t be mailed, and the page says the same', async () => {
    const same = shown(await ask((await linkedCertificate(world, (used += 1))).code));
    await vi.waitFor(() => expect(mails).toHaveLength(1));
    for (const email of ['', 'no address', 'two@example.com, three@example.com', 'a\r\nbcc: b@example.com']) {
      certificate = await linkedCertificate(world, (used += 1));
      await world.database.statement('update recipients set email = $1 where id = $2', [email, certificate.recipientId]);
      expect(shown(await ask(certificate.code))).toEqual(same);
      expect([await codeNow(world, certificate), await statusOf(certificate.code)]).toEqual([certificate.code, 200]);
    }
    expect(mails).toHaveLength(1);
  });

  it('loses no link when the mail can’t be stored', async () => {
    await world.database.statement('alter table outbox rename to outbox_gone', []);
    expect((await ask(certificate.code)).status).toBe(500);
    await world.database.statement('alter table outbox_gone rename to outbox', []);
    expect([await codeNow(world, certificate), await statusOf(certificate.code)]).toEqual([certificate.code, 200]);
  });

  it('and clicks six times at once ends with one mail and one link that works', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(certificate.code)));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    await vi.waitFor(() => expect(mails).toHaveLength(1));
    expect(linksIn(mails[0])).toEqual([await codeNow(world, certificate)]);
  });

  it('is answered like everybody with an unknown, a withdrawn or a hidden link', async () => {
    await ask(certificate.code);
    const hidden = await linkedCertificate(world, (used += 1));
    await world.database.statement('update certificates set hidden_at = now() where id = $1', [hidden.id]);
    const codes = [certificate.code, hidden.code, '5f0c8e1a-1111-4222-8333-444455556666', 'x', certificate.code.toUpperCase()];
    const opened = shown(await new Person(world.url).get('/v/5f0c8e1a-1111-4222-8333-444455556666'));
    for (const code of codes) expect([code, shown(await ask(code))]).toEqual([code, opened]);
    expect(await codeNow(world, hidden)).toBe(hidden.code);
    await vi.waitFor(() => expect(mails).toHaveLength(1));
  });
});
