import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellNotices } from '../../src/jobs/mail-notice-changes.ts';
import { services } from '../../src/policy/classes.ts';
import { dayOf } from '../../src/words/dates.ts';
import { publishNotices } from '../../src/store/notices/notices.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import { waitingMail } from '../../src/store/mail/outbox.ts';
import { endProcessor, recordProcessor } from '../../src/store/notices/registers.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { testDataKey } from '../support/engines.ts';
import { openWorld, type World } from '../support/world.ts';

describe('the privacy notices', () => {
  let world: World;
  let app: ConnectedApp;
  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
  });
  afterAll(() => world.close());

  const pageOf = async (path: string) => {
    const answer = await fetch(`${world.url}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const publish = () =>
    publishNotices({
      orm: world.database.orm,
      clock: world.clock,
      services,
      operatorAddress: null,
      certumsslNoticeDate: null,
      retention: {},
    });

  it('CF-01: CertFusion’s is dated 23 April 2026, on the page and in the tool', async () => {
    const { status, text } = await pageOf('/privacy/certfusion');
    expect([status, text]).toEqual([200, expect.stringContaining('23 Apr 2026')]);
    const { structured } = await app.call('get_privacy_notice', { service: 'certfusion' });
    expect(structured).toMatchObject({
      title: 'Privacy notice of CertFusion',
      effective_date: '2026-04-23',
      contact: 'hi@certfusion.com',
    });
  });

  it('an assistant may ask for one section; one that the notice lacks is not available', async () => {
    const { structured } = await app.call('get_privacy_notice', { service: 'certumssl', section: 'domain_contacts' });
    expect(structured?.['sections']).toEqual([{ section: 'domain_contacts', text: expect.stringContaining('Turning it on again') }]);
    expect((await app.call('get_privacy_notice', { service: 'certfusion', section: 'domain_contacts' })).error).toBe('not_available');
    expect((await app.call('get_privacy_notice', { service: 'certfusion', section: 'gossip' })).error).toBe('invalid_input');
  });

  it('CF-17, CS-31: says whose policy a conversation falls under, and that Do Not Track changes nothing', async () => {
    expect((await pageOf('/privacy/certfusion')).text).toContain('OpenAI');
    const { text } = await pageOf('/privacy/certumssl');
    expect(text).toContain('Do Not Track');
    const tracked = await fetch(`${world.url}/privacy/certumssl`, { headers: { dnt: '1' } });
    expect(await tracked.text()).toBe(text);
  });

  it('CF-26, CS-59: a change is a new version with today’s date; the earlier one stays, the difference shows, the dashboard says so until it is seen', async () => {
    const dashboard = async () => (await app.person.get('/dashboard')).body;
    expect(await dashboard()).not.toContain('changed on');
    const name = 'Hosting & Sons';
    const processor = { service: 'certfusion', name, purpose: 'provide_service', country: 'DE', agreementOn: '2026-01-02' } as const;
    await recordProcessor({ orm: world.database.orm, today: '2026-11-22', ...processor });
    await publish();
    await publish();
    const { text } = await pageOf('/privacy/certfusion');
    expect(text).toContain('Version 2');
    expect(text).not.toContain('Version 3');
    expect(text).toMatch(/<ins>Hosting &amp; Sons \(Germany\)/);
    expect(text).toMatch(/<del>No service provider/);
    expect((await pageOf('/privacy/certfusion/1')).text).not.toContain(name.slice(0, 7));
    expect(await dashboard()).toContain('The privacy notice of CertFusion changed on');
    await app.person.post('/privacy/certfusion/seen', {});
    expect(await dashboard()).not.toContain('changed on');
    expect(await endProcessor({ orm: world.database.orm, service: 'certfusion', name, today: '2026-11-22' })).toBe(true);
  });

  describe('mailed to their owners when they change (CS-07, CS-59)', () => {
    const orm = () => world.database.orm;
    const key = async () => (await loadPurposeKeys({ orm: orm(), dataKey: testDataKey, clock: world.clock })).columns;
    const tell = async () => tellNotices({ orm: orm(), key: await key(), publicUrl: world.url, clock: world.clock });
    const mailed = async () => {
      const mail = await waitingMail({ orm: orm(), key: await key(), now: world.clock() });
      return mail.filter(({ kind }) => kind === 'notice_changed').map(({ to, text }) => `${to} ${/\/privacy\/(\w+)/.exec(text)?.[1]}`);
    };
    const change = async (name: string) => {
      const processor = { service: 'certumssl', name, purpose: 'provide_service', country: 'DE', agreementOn: '2026-01-02' } as const;
      await recordProcessor({ orm: orm(), today: dayOf(world.clock()), ...processor });
      await publish();
    };
    const run = (text: string) => world.database.statement(text, []);

    it('each once for a version, also by several instances at once; none for a first version, to who joined later, or to who opted out', async () => {
      await publish();
      await run('update memberships set notice_version = (select max(version) from notices n where n.service = memberships.service)');
      await tell();
      const before = await mailed();
      await change('One Ltd');
      await run(
        `insert into accounts (email, email_masked, email_key, display_name, password_hash, created_at, last_activity_at)
         select 'o' || n || '@example.org', 'x', 'o' || n || '@example.org', 'Owner', 'x', '2026-01-01', '2026-11-01' from generate_series(1, 250) n`,
      );
      await run(
        `insert into memberships (account_id, service, status, last_activity_at, created_at)
         select id, 'certumssl', 'active', created_at, case email when 'o250@example.org' then timestamptz '2999-01-01' else created_at end
         from accounts where email like 'o%@example.org'`,
      );
      const counts = await Promise.all([tell(), tell(), tell()]);
      const after = (await mailed()).slice(before.length);
      expect(after.filter((each) => !each.endsWith(' certumssl'))).toEqual([]);
      expect([new Set(after).size, counts.reduce((sum, each) => sum + each, 0)]).toEqual([after.length, after.length]);
      expect(after.filter((each) => each.startsWith('o'))).toHaveLength(249);
      expect(after).toEqual(expect.arrayContaining(['ada@example.com certumssl']));
      expect(after).not.toContain('grace@example.com certumssl');
      expect([await tell(), (await mailed()).length]).toEqual([0, before.length + after.length]);
    });

    it('not to those who want no such mail, have seen it, are disabled, or don’t use the service any more, nor when it is no news', async () => {
      await run('delete from outbox');
      await change('Two Ltd');
      const set = (table: string, change: string, email: string) =>
        run(
          `update ${table} set ${change} where ${table === 'accounts' ? 'id' : 'account_id'} = (select id from accounts where email = '${email}')`,
        );
      await set('accounts', 'no_contact_at = now()', 'o1@example.org');
      await set('memberships', 'marketing_opt_out_at = now()', 'o2@example.org');
      await set('accounts', 'disabled_at = now()', 'o3@example.org');
      await set('accounts', 'hidden_at = now()', 'o4@example.org');
      await set('memberships', `status = 'deactivated'`, 'o5@example.org');
      await set(
        'memberships',
        `notice_version = (select max(version::integer) from notices where service = 'certumssl')::text`,
        'o6@example.org',
      );
      await run(
        `update memberships set notice_mailed_version = 'done' where account_id not in (select id from accounts where email like 'o_@example.org')`,
      );
      await run(
        `update memberships set notice_mailed_version = (select max(version::integer) from notices where service = 'certumssl')::text where notice_mailed_version = 'done'`,
      );
      await tell();
      expect((await mailed()).toSorted()).toEqual(['o7@example.org certumssl', 'o8@example.org certumssl', 'o9@example.org certumssl']);
      await run('update memberships set notice_mailed_version = null');
      world.clock.advance({ days: 31 });
      expect(await tell()).toBe(0);
    });
  });

  it.each(['/privacy/certpizza', '/privacy/certfusion/9', '/privacy/certfusion/-1', '/privacy/certfusion/1/2'])(
    '%s is not available',
    async (path) => {
      expect((await pageOf(path)).status).toBe(404);
    },
  );
});
