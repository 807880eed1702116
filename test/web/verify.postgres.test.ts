import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { rowsOf } from '../support/pages.ts';
import { readPdf } from '../support/pdf.ts';
import { Person, textOf, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

interface Certificate {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly recipient: string;
  readonly issuer: string;
  readonly number: string;
  readonly list: string;
}

interface EventRow {
  readonly certificate_id: string;
  readonly kind: string;
  readonly ip: string;
  readonly user_agent: string | null;
  readonly referrer: string | null;
}

const someone = { 'user-agent': 'Browser/1.0', referer: 'https://jobs.example/apply?id=1' };

describe('a verification link', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
  });
  afterAll(() => world.close());
  beforeEach(() => world.database.statement('delete from verification_events', []));

  const certificateWhere = async (condition: string): Promise<Certificate> => {
    const [found] = await world.database.statement<Certificate>(
      `select c.id, c.verification_code as code, c.title, r.name as recipient, a.display_name as issuer, c.public_number as number, l.name as list
       from certificates c join recipients r on r.id = c.recipient_id join accounts a on a.id = c.account_id join lists l on l.id = c.list_id
       where ${condition} order by c.public_number limit 1`,
      [],
    );
    if (!found) throw new Error(`no certificate where ${condition}`);
    return found;
  };
  const open = (code: string, init: RequestInit = {}) => fetch(`${world.url}/v/${code}`, { headers: someone, ...init });
  const events = () =>
    world.database.statement<EventRow>('select certificate_id, kind, ip, user_agent, referrer from verification_events order by at', []);
  const visible = `c.hidden_at is null and a.email = 'ada@example.com'`;

  it('shows the certificate to whoever has it: title, recipient, issuer, number, dates and status, nothing else of it', async () => {
    const certificate = await certificateWhere(`${visible} and c.expires_on > current_date and c.revoked_on is null`);
    const response = await open(certificate.code);
    const body = await response.text();
    const text = textOf({ body } as Visit);
    expect(response.status).toBe(200);
    for (const part of [certificate.title, certificate.recipient, certificate.issuer, certificate.number, 'This certificate is valid']) {
      expect(text).toContain(part);
    }
    for (const never of ['@example', 'canary', certificate.id, 'Grade', 'custom']) expect(body).not.toContain(never);
  });

  it('says that a certificate has expired, or was revoked and when', async () => {
    const expired = await certificateWhere(`${visible} and c.expires_on < current_date and c.revoked_on is null`);
    expect(await (await open(expired.code)).text()).toContain('This certificate has expired');
    const revoked = await certificateWhere(`${visible} and c.revoked_on is not null`);
    expect(await (await open(revoked.code)).text()).toMatch(/has revoked this certificate[\s\S]*<dt>Revoked<\/dt>/);
  });

  it('says what is noted, why, for how long, and where to turn (CF-19, CF-20, CF-22, CF-27)', async () => {
    const { code } = await certificateWhere(visible);
    const text = textOf({ body: await (await open(code)).text() } as Visit);
    for (const part of [
      'IP address',
      'user agent',
      'page that the link was on',
      'the time',
      'fraud',
      'abuse',
      '12 months',
      'hi@certfusion.com',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('notes a view with exactly IP address, user agent, referrer and time (CF-19)', async () => {
    const { code, id } = await certificateWhere(visible);
    const before = world.clock();
    await open(code, { headers: { ...someone, cookie: 'who=me', 'accept-language': 'tlh', authorization: 'Bearer x' } });
    expect(await events()).toEqual([
      { certificate_id: id, kind: 'view', ip: '127.0.0.1', user_agent: 'Browser/1.0', referrer: 'https://jobs.example/apply?id=1' },
    ]);
    const [{ at } = { at: '' }] = await world.database.statement<{ at: string }>('select at from verification_events', []);
    expect(Math.abs(Date.parse(at) - before.getTime())).toBeLessThan(10_000);
  });

  it('keeps only the beginning of what a visitor sends, and what is missing as missing', async () => {
    const { code } = await certificateWhere(visible);
    await open(code, { headers: { 'user-agent': 'u'.repeat(3_000), referer: `https://x.example/${'r'.repeat(3_000)}` } });
    await open(code, { headers: { 'user-agent': '' } });
    const [long, bare] = await events();
    expect([long?.user_agent?.length, long?.referrer?.length]).toEqual([512, 1_000]);
    expect([bare?.user_agent || null, bare?.referrer]).toEqual([null, null]);
  });

  it('notes nothing for a HEAD, and believes no forwarded address', async () => {
    const { code } = await certificateWhere(visible);
    const head = await open(code, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(await events()).toEqual([]);
    await open(code, { headers: { 'x-forwarded-for': '198.51.100.7', 'x-real-ip': '198.51.100.7' } });
    expect((await events()).map(({ ip }) => ip)).toEqual(['127.0.0.1']);
  });

  it('gives the certificate as a PDF, and notes exactly one download with the same four things (CF-19)', async () => {
    const certificate = await certificateWhere(`${visible} and c.revoked_on is not null`);
    const link = `${certificate.code}/certificate.pdf`;
    expect(await (await open(certificate.code)).text()).toContain(`href="/v/${link}"`);
    await world.database.statement('delete from verification_events', []);
    const head = await open(link, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await events()]).toEqual([200, 'application/pdf', []]);
    const response = await open(link);
    const { lines, links } = readPdf(new Uint8Array(await response.arrayBuffer()));
    for (const part of [certificate.title, certificate.recipient, certificate.issuer, certificate.number]) expect(lines).toContain(part);
    expect(lines.join()).toContain('The issuer revoked this certificate on');
    expect(links).toEqual([`${world.url}/v/${certificate.code}`]);
    expect(await events()).toEqual([
      {
        certificate_id: certificate.id,
        kind: 'download',
        ip: '127.0.0.1',
        user_agent: 'Browser/1.0',
        referrer: 'https://jobs.example/apply?id=1',
      },
    ]);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="certificate-[A-Za-z0-9-]+\.pdf"$/);
    expect([response.headers.get('cache-control'), response.headers.getSetCookie()]).toEqual(['no-store', []]);
    expect(response.headers.get('x-robots-tag')).toContain('noindex');
  });

  it('gives a PDF whatever a certificate holds, under a name that no header misreads', async () => {
    const { id, code } = await certificateWhere(visible);
    await world.database.statement('update certificates set title = $1, public_number = $2 where id = $3', [
      '\u202e🎉'.repeat(90),
      '"\r\n第/../x;',
      id,
    ]);
    const response = await open(`${code}/certificate.pdf`);
    expect([response.status, response.headers.get('content-disposition')]).toEqual([200, 'attachment; filename="certificate-x.pdf"']);
    expect(readPdf(new Uint8Array(await response.arrayBuffer())).pages).toBe(1);
  });

  it('may be indexed, framed and kept by nobody, gives no referrer on, and loads nothing from elsewhere', async () => {
    const response = await open((await certificateWhere(visible)).code);
    const body = await response.text();
    expect(response.headers.get('x-robots-tag')).toContain('noindex');
    expect(body).toContain('<meta name="robots" content="noindex"');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(
      [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target).filter((target) => !/^(\/|#|mailto:)/.test(target ?? '')),
    ).toEqual([]);
    expect(body).not.toMatch(/<script|<img|@import/);
  });

  it('is the same for an unknown, a malformed, a withdrawn, a hidden and a cancelled one, in text, status and headers', async () => {
    const withdrawn = await certificateWhere(visible);
    await world.database.statement('update certificates set verification_code = gen_random_uuid() where id = $1', [withdrawn.id]);
    const hidden = await certificateWhere('c.hidden_at is not null');
    const cancelled = await certificateWhere(`c.hidden_at is null and a.email = 'grace@example.com'`);
    await world.database.statement(
      `update memberships set status = 'deactivated' where service = 'certfusion' and account_id = (select id from accounts where email = $1)`,
      [grace.email],
    );
    const answers: string[][] = [];
    const codes = [
      withdrawn.code,
      hidden.code,
      cancelled.code,
      '5f0c8e1a-1111-4222-8333-444455556666',
      `${withdrawn.code}/certificate.pdf`,
      `${hidden.code}/certificate.pdf`,
      '5f0c8e1a-1111-4222-8333-444455556666/certificate.pdf',
      '/certificate.pdf',
      'x',
      '..%2f',
      'é',
      'a/b',
      '',
      withdrawn.code.toUpperCase(),
      `${withdrawn.code}0`,
    ];
    for (const code of codes) {
      const response = await open(code);
      const headers = [...response.headers].filter(([name]) => name !== 'date');
      answers.push([code, JSON.stringify([response.status, headers, await response.text()])]);
    }
    expect(answers).toEqual(codes.map((code) => [code, answers[0]?.[1]]));
    expect(answers[0]?.[1]).toMatch(/^\[404,.*No certificate here/);
    expect(await events()).toEqual([]);
    await world.database.statement(`update memberships set status = 'active'`, []);
    expect((await open(cancelled.code)).status).toBe(200);
  });

  it('is limited to sixty wrong guesses of one network in a quarter of an hour; a right one is opened all the same', async () => {
    const other = await openWorld({ demo: true });
    const [{ code } = { code: '' }] = await other.database.statement<{ code: string }>(
      'select verification_code as code from certificates where hidden_at is null limit 1',
      [],
    );
    const statuses: number[] = [];
    for (let guess = 0; guess < 62; guess += 1) {
      statuses.push(
        (
          await fetch(`${other.url}/v/${String(guess).padStart(8, '0')}-1111-4222-8333-444455556666`, {
            method: guess % 2 ? 'HEAD' : 'GET',
          })
        ).status,
      );
    }
    expect(statuses.slice(0, 60).every((status) => status === 404)).toBe(true);
    expect(statuses.slice(60)).toEqual([429, 429]);
    expect((await fetch(`${other.url}/v/${code}`)).status).toBe(200);
    expect((await fetch(`${other.url}/v/${code}/certificate.pdf`)).status).toBe(200);
    await other.close();
  });

  it('shows hostile text as text', async () => {
    const { id, code } = await certificateWhere(visible);
    await world.database.statement(`update certificates set title = $1 where id = $2`, ['<script>alert(1)</script>\u202e"', id]);
    const body = await (await open(code)).text();
    expect(body).toContain('&lt;script&gt;');
    expect(body).not.toMatch(/<script|\u202e/);
  });

  it('is in no answer of a tool, whatever is granted (CF-15)', async () => {
    const app = await connect(world, { name: 'Curious app', choices: { tick: 'all' } });
    const codes = (await world.database.statement<{ code: string }>('select verification_code as code from certificates', [])).map(
      ({ code }) => code,
    );
    const found = await app.call('search_certificates', { limit: 50 });
    const [first] = rowsOf(found, 'certificates');
    const one = await app.call('get_certificate_summary', { certificate: first?.['certificate'] });
    for (const { body } of [found, one])
      expect(codes.filter((code) => body.includes(code) || body.includes(code.replaceAll('-', '')))).toEqual([]);
  });
});

describe('replacing a verification link', () => {
  let world: World;
  let app: ConnectedApp;
  let path: string;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
    const found = await app.call('search_certificates', { limit: 1 });
    const [{ certificate } = { certificate: '' }] = (found.structured?.['certificates'] ?? []) as { certificate: string }[];
    const one = await app.call('get_certificate_summary', { certificate });
    path = new URL(String(one.structured?.['dashboard_url'])).pathname;
  });
  afterAll(() => world.close());

  const linkOn = ({ body }: Visit): string => /href="([^"]*\/v\/[^"]*)"/.exec(body)?.[1] ?? '';
  const statusOf = async (link: string): Promise<number> => (await fetch(link)).status;

  it('shows the issuer the link that holds, and a new one stops the old one at once', async () => {
    const old = linkOn(await app.person.get(path));
    expect(await statusOf(old)).toBe(200);
    const page = await app.person.submit(`${path}/rotate`, {});
    const fresh = linkOn(page);
    expect(page.url.pathname).toBe(path);
    expect(textOf(page)).toContain('No older one opens anything');
    expect(fresh).not.toBe(old);
    expect([await statusOf(old), await statusOf(fresh)]).toEqual([404, 200]);
  });

  it('is for the issuer only: nobody else, no other site’s form, no GET (CS-09, CF-16)', async () => {
    const link = linkOn(await app.person.get(path));
    const hers = await connect(world, { owner: grace, name: 'Grace’s app' });
    expect((await hers.person.post(`${path}/rotate`, {})).status).toBe(404);
    expect((await hers.person.get(path)).status).toBe(404);
    expect((await new Person(world.url).post(`${path}/rotate`, {})).location?.pathname).toBe('/sign-in');
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await app.person.post(`${path}/rotate`, {}, foreign)).status).toBe(403);
    expect((await app.person.get(`${path}/rotate`)).url.pathname).toBe(path);
    expect(await statusOf(link)).toBe(200);
  });

  it('leaves alone what is hidden', async () => {
    const link = linkOn(await app.person.get(path));
    await world.database.statement('update certificates set hidden_at = now() where verification_code = $1', [
      link.split('/').at(-1) ?? '',
    ]);
    expect((await app.person.post(`${path}/rotate`, {})).status).toBe(404);
    await world.database.statement('update certificates set hidden_at = null where verification_code = $1', [link.split('/').at(-1) ?? '']);
    expect(await statusOf(link)).toBe(200);
  });
});

describe('an installation without certfusion', () => {
  it('has no verification links', async () => {
    const world = await openWorld({ demo: true, services: ['certumssl'] });
    const [{ code } = { code: '' }] = await world.database.statement<{ code: string }>(
      'select verification_code as code from certificates limit 1',
      [],
    );
    expect((await fetch(`${world.url}/v/${code}`)).status).toBe(404);
    await world.close();
  });
});
