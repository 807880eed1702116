import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Owner } from '../support/account-data.ts';
import { ada, connect, grace } from '../support/connect.ts';
import { Person, textOf } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a privacy request about some categories', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
  });
  afterAll(() => world.close());

  async function signedIn(owner: Owner): Promise<Person> {
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), owner);
    return person;
  }

  it('CS-34: the page says what an erasure deletes, what stays and that the service goes on, and that is what happens', async () => {
    const app = await connect(world, { owner: grace, name: 'Limiting', choices: { tick: 'all' } });
    const person = await signedIn(grace);
    const shown = async (categories: readonly string[]) => {
      const filed = await app.call('file_privacy_request', { kind: 'erasure', service: 'certumssl', categories });
      return person.get(new URL(String(filed.structured?.['dashboard_url'])).pathname);
    };
    const whole = 'The service ends, its data is deleted';
    const kept = 'Stays: TLS orders. The service can’t run without it. Erase the whole service to have it deleted. (CS-34)';
    const none = textOf(await shown(['tls_orders']));
    expect(none).toContain(`Nothing is deleted. ${kept}`);
    expect(none).not.toContain(whole);
    const page = await shown(['support', 'tls_orders']);
    for (const words of [
      'Deleted: what you wrote to us, and our answers. This can’t be undone.',
      kept,
      'Every connected app is cut off. The service goes on',
    ])
      expect(textOf(page)).toContain(words);
    expect(textOf(page)).not.toContain(whole);
    const done = await api(person, `/api${page.url.pathname.replace('/dashboard', '')}/confirm`, { ground: 'unlawful' });
    expect(done.json['outcome']).toMatchObject({
      erased: ['support'],
      kept: [{ category: 'tls_orders', reason: 'needed_for_service' }],
      apps_revoked: 1,
      account_closed: false,
    });
    expect((await app.call('get_account_summary')).status).toBe(401);
    const again = await connect(world, { owner: grace, name: 'Later', choices: { tick: 'all' } });
    expect((await again.call('list_tls_orders')).structured?.['orders']).not.toEqual([]);
  });

  it('is refused in the tool, as JSON and on the page alike where it would do more than was asked, or the service holds no such data', async () => {
    const app = await connect(world, { owner: ada, name: 'Refused', choices: { tick: 'all' } });
    const person = await signedIn(ada);
    const before = (await api(person, '/api/requests')).json;
    for (const [kind, category] of [
      ['restriction', 'quota'],
      ['deactivation', 'quota'],
      ['erasure', 'tls_orders'],
      ['access', 'tls_orders'],
    ] as const) {
      const categories = [category];
      const filing = { kind, service: 'certfusion', categories };
      expect([kind, (await app.call('file_privacy_request', filing)).error]).toEqual([kind, 'invalid_input']);
      expect([kind, (await api(person, '/api/requests', filing)).status]).toEqual([kind, 400]);
      const form = { kind, service: 'certfusion', categories: category };
      expect([kind, (await person.post('/dashboard/requests', form)).status]).toEqual([kind, 400]);
    }
    expect((await api(person, '/api/requests')).json).toEqual(before);
  });

  it('is filed for every kind that then does no more than was asked, and a copy is said to hold everything', async () => {
    const app = await connect(world, { owner: grace, name: 'Copying', choices: { tick: 'all' } });
    const person = await signedIn(grace);
    for (const kind of ['access', 'portability', 'rectification', 'objection', 'complaint_help']) {
      const filed = await app.call('file_privacy_request', { kind, service: 'certumssl', categories: ['support'] });
      expect([kind, filed.structured?.['status']]).toEqual([kind, 'awaiting_confirmation']);
      const page = textOf(await person.get(new URL(String(filed.structured?.['dashboard_url'])).pathname));
      expect([kind, page.includes('The copy holds everything')]).toEqual([kind, kind === 'access' || kind === 'portability']);
    }
  });

  it('CS-44: a restriction names as stopped what it hides, and nothing else', async () => {
    const person = await signedIn(ada);
    const stoppedBy = async (service: string) => {
      const { json } = await api(person, '/api/requests', { kind: 'restriction', service });
      const confirmed = await api(person, `/api/requests/${String(json['request'])}/confirm`, {});
      return (confirmed.json['outcome'] as { stopped: string[] }).stopped;
    };
    const hiddenIn = async (table: string) =>
      (
        await world.database.statement<{ hidden: boolean }>(
          `select bool_and(hidden_at is not null) as hidden from ${table}
        where account_id = (select id from accounts where email = '${ada.email}')`,
          [],
        )
      )[0]?.hidden;
    expect(await stoppedBy('certfusion')).toEqual(['lists_and_certificates', 'recipients', 'verification_activity', 'quota']);
    expect(await stoppedBy('certumssl')).toEqual(['tls_certificates', 'tls_orders', 'domain_contacts']);
    for (const table of [
      'lists',
      'certificates',
      'recipients',
      'verification_months',
      'quotas',
      'tls_certificates',
      'tls_orders',
      'domain_privacy',
    ])
      expect([table, await hiddenIn(table)]).toEqual([table, true]);
  });
});
