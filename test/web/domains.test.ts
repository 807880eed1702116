import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/words/dates.ts';
import { connect, grace, type ConnectedApp } from '../support/connect.ts';
import { textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const path = '/dashboard/domains';
const domain = 'academy.example';

describe('the page of domain contact privacy', () => {
  let world: World;
  let app: ConnectedApp;
  let today: string;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world, { choices: { tick: 'all' } });
    today = dayOf(world.clock());
  });
  afterAll(() => world.close());

  const told = async () => (await app.call('get_domain_contact_privacy', { domain })).structured;
  const turnOff = (fields: Record<string, string> = { domain, understood: 'public' }, headers = {}) =>
    app.person.post(`${path}/off`, fields, headers);
  const turnOn = (fields: Record<string, string> = { domain }, headers = {}) => app.person.post(`${path}/on`, fields, headers);
  const before = () => [
    { started_on: addDays(today, -400), ended_on: addDays(today, -310) },
    { started_on: addDays(today, -120), ended_on: addDays(today, -118) },
  ];

  it('shows each domain of the account: state, public fields, who requires it, every period; nothing that is hidden', async () => {
    const page = await app.person.get(path);
    const text = textOf(page);
    expect(text).toMatch(/academy\.example Private Public fields none Required by nobody Was public \d/);
    expect(text).toMatch(/shop\.academy\.example Public Public fields organisation, email Required by the certificate authority’s policy/);
    expect(page.body).not.toMatch(/canary|institute\.example/);
  });

  it('turns privacy off only after its warning was confirmed (CS-15, CS-16)', async () => {
    const warning = textOf(await app.person.get(`${path}/off?domain=${domain}`));
    for (const part of ['Anyone may then', 'download', 'store', 'copy', 'does not take back what was public', 'Becomes public email']) {
      expect(warning).toContain(part);
    }
    expect((await turnOff({ domain })).status).toBe(400);
    expect((await turnOff({ domain, understood: 'yes' })).status).toBe(400);
    expect(await told()).toMatchObject({ privacy_on: true, published_field_names: [], exposure_periods: before() });
  });

  it('opens one period with the fewest fields, however often it is clicked at once, and says so to an app on the next call', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => turnOff()));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    expect(await told()).toMatchObject({
      privacy_on: false,
      published_field_names: ['email'],
      exposure_periods: [...before(), { started_on: today, ended_on: null }],
      recall_possible: false,
    });
    expect(textOf(await app.person.get(`${path}?changed=${domain}`))).toContain('The contacts of academy.example are public now.');
  });

  it('turns it on without a question: the period ends at once and stays on record, as does every other (CS-16)', async () => {
    await Promise.all([turnOn(), turnOn()]);
    const ended = [...before(), { started_on: today, ended_on: today }];
    expect(await told()).toMatchObject({ privacy_on: true, published_field_names: [], exposure_periods: ended });
  });

  it('lets a period that ended today go on when privacy is turned off again, and ends it on its own day', async () => {
    await turnOff();
    expect(await told()).toMatchObject({ exposure_periods: [...before(), { started_on: today, ended_on: null }] });
    const yesterday = addDays(today, -1);
    await world.database.statement('update domain_exposures set started_on = $1 where domain = $2 and ended_on is null', [
      yesterday,
      domain,
    ]);
    await turnOn();
    expect(await told()).toMatchObject({ exposure_periods: [...before(), { started_on: yesterday, ended_on: today }] });
  });

  it('asks for the password again before the warning, and before the change, when the sign-in is older than five minutes', async () => {
    world.clock.advance({ minutes: 6 });
    const asked = await app.person.get(`${path}/off?domain=${domain}`);
    expect(textOf(asked)).toContain('Confirm that it is you');
    expect((await turnOff()).location?.search).toContain('again=1');
    world.clock.advance({ minutes: -6 });
    expect(await told()).toMatchObject({ privacy_on: true });
    const { url } = await app.person.signIn(asked, { email: 'ada@example.com', password: 'correct horse battery staple' });
    expect([url.pathname, url.search]).toEqual([`${path}/off`, `?domain=${domain}`]);
    expect((await app.person.get(`${path}/off`)).url.pathname).toBe(path);
  });

  it('gives another owner’s domain the same answer as an unknown one, and changes nothing of it', async () => {
    const hers = await connect(world, { owner: grace, name: 'Grace’s app' });
    const unknown = await hers.person.get(`${path}/off?domain=unknown.example`);
    const foreign = await hers.person.get(`${path}/off?domain=${domain}`);
    expect([foreign.status, foreign.body]).toEqual([404, unknown.body]);
    for (const named of [domain, `canary-hidden-domain.${domain}`, 'not a domain', '']) {
      expect((await hers.person.post(`${path}/off`, { domain: named, understood: 'public' })).status).toBe(404);
      expect((await hers.person.post(`${path}/on`, { domain: named })).status).toBe(404);
    }
    expect((await turnOff({ domain: `canary-hidden-domain.${domain}`, understood: 'public' })).status).toBe(404);
    expect(await told()).toMatchObject({ privacy_on: true });
  });

  it('takes no form of another site (CS-09), and nothing that an assistant holds opens it', async () => {
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await turnOff(undefined, foreign)).status).toBe(403);
    expect((await turnOn(undefined, foreign)).status).toBe(403);
    const response = await fetch(`${world.url}${path}/off`, {
      method: 'POST',
      redirect: 'manual',
      headers: { authorization: `Bearer ${app.accessToken}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ domain, understood: 'public' }).toString(),
    });
    expect([response.status, response.headers.get('location')?.startsWith('/sign-in')]).toEqual([303, true]);
    expect(await told()).toMatchObject({ privacy_on: true });
  });

  it('shows nothing of a cancelled service (CS-32)', async () => {
    await world.database.statement(`update memberships set status = 'deactivated' where service = 'certumssl'`, []);
    expect(textOf(await app.person.get(path))).toContain('No domains yet');
    expect((await turnOff()).status).toBe(404);
    await world.database.statement(`update memberships set status = 'active'`, []);
  });
});
