import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, mcp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

describe('the main job', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
  });
  afterAll(() => world.close());

  it('a person connects an app, asks, sees what it was told, cuts it off, and the very next call is refused (CF-08, CF-10, BR-04)', async () => {
    const challenge = await mcp(world.url, { method: 'tools/list' });
    expect(challenge.status).toBe(401);
    expect(challenge.headers.get('www-authenticate')).toContain(
      `resource_metadata="${world.url}/.well-known/oauth-protected-resource/mcp"`,
    );

    const { app, person, call, refreshToken } = await connect(world);
    const account = await call('get_account_summary');
    expect(account.structured).toMatchObject({ display_name: expect.any(String), email_masked: 'a…@example.com' });
    const found = await call('search_certificates', { limit: 2 });
    expect(found.structured).toMatchObject({ certificates: [{ status: expect.any(String) }, {}], next_cursor: expect.any(String) });

    const told = await call('get_disclosure_history');
    expect(told.structured?.['disclosures']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ tool: 'search_certificates', outcome: 'answered', calls: 1, record_count: 2 }),
        expect.objectContaining({ tool: 'get_account_summary', field_names: ['display_name', 'email_masked', 'services', 'quota'] }),
      ]),
    );

    const apps = await person.get('/api/apps');
    const [connected] = (JSON.parse(apps.body) as { apps: { app: string; status: string }[] }).apps;
    const revoked = await fetch(`${world.url}/api/apps/${connected?.app}/revoke`, {
      method: 'POST',
      headers: {
        cookie: [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; '),
        'content-type': 'application/json',
      },
    });
    expect(await revoked.json()).toMatchObject({ app: connected?.app, status: 'revoked', effective: 'next_call' });

    expect((await call('get_account_summary')).status).toBe(401);
    expect((await app.refresh(refreshToken)).status).toBe(400);
  });
});
