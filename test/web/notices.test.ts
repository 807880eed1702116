import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { services } from '../../src/policy/classes.ts';
import { publishNotices } from '../../src/store/notices.ts';
import { endProcessor, recordProcessor } from '../../src/store/registers.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
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

  it.each(['/privacy/certpizza', '/privacy/certfusion/9', '/privacy/certfusion/-1', '/privacy/certfusion/1/2'])(
    '%s is not available',
    async (path) => {
      expect((await pageOf(path)).status).toBe(404);
    },
  );
});
