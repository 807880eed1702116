import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepOAuth } from '../../src/oauth/sweep.ts';
import { sweepOf } from '../support/clock.ts';
import { cookiesOf, handleOf, instanceAt, opens, saying } from '../support/attempts.ts';
import { ada, callTool as call, connect, grace, type ConnectedApp } from '../support/connect.ts';
import { openWorld, type World } from '../support/world.ts';

type Change = 'revoke' | 'pause' | 'resume' | 'narrow';

describe('the laws of revocation', () => {
  let world: World;
  let second: World;
  let there: ReturnType<typeof instanceAt>;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    second = await openWorld({ beside: world });
    there = instanceAt(second, world.url);
  });
  afterAll(async () => {
    await second.close();
    await world.close();
  });

  const rows = <Row>(text: string, parameters: (string | null)[] = []) => world.database.statement<Row>(text, parameters);

  /** What the owner does in the dashboard's JSON, by default to the app itself. */
  async function change(owner: ConnectedApp, what: Change, app?: string, scopes: readonly string[] = []): Promise<number> {
    const handle = app ?? (await handleOf(owner));
    const path = what === 'narrow' ? `/api/apps/${handle}` : `/api/apps/${handle}/${what}`;
    const response = await fetch(`${owner.person.origin}${path}`, {
      method: what === 'narrow' ? 'PATCH' : 'POST',
      headers: { cookie: cookiesOf(owner.person), origin: world.url, 'content-type': 'application/json' },
      body: what === 'narrow' ? JSON.stringify({ scopes }) : '{}',
    });
    await response.arrayBuffer();
    return response.status;
  }

  const named = async (name: string, owner = ada) => {
    const app = await connect(world, { name, owner, choices: { tick: 'all' } });
    return { ...app, handle: await handleOf(app, name) };
  };

  it('a revoked app’s next call is refused on every instance, and so is its refresh (CF-10)', async () => {
    for (let round = 0; round < 8; round += 1) {
      const app = await named(`Out at once ${round}`);
      expect(await there.opens(app.accessToken)).toBe(200);
      expect(await change(app, 'revoke', app.handle)).toBe(200);
      expect([await there.opens(app.accessToken), await opens(world.url, app.accessToken)]).toEqual([401, 401]);
      expect(saying(await there.refresh(app.refreshToken, app.app.clientId))).toBe('400 invalid_grant');
    }
  });

  it('an app that nobody revokes is answered on both instances, and refreshes on either', async () => {
    const app = await named('Stays');
    const next = (await there.refresh(app.refreshToken, app.app.clientId)).body;
    for (const token of [app.accessToken, next.access_token])
      expect([await opens(world.url, token), await there.opens(token)]).toEqual([200, 200]);
    expect(saying(await app.app.refresh(next.refresh_token))).toBe('200');
  });

  it('an app that refreshes while it is revoked has nothing left, and neither has the database', async () => {
    for (let round = 0; round < 12; round += 1) {
      const app = await named(`Refreshes on ${round}`);
      const [refreshed, again] = await Promise.all([
        app.app.refresh(app.refreshToken),
        app.app.refresh(app.refreshToken),
        change(app, 'revoke', app.handle),
      ]);
      for (const { status, body } of [refreshed, again]) {
        if (status !== 200) continue;
        expect(await opens(world.url, body.access_token)).toBe(401);
        expect(saying(await app.app.refresh(body.refresh_token))).toBe('400 invalid_grant');
      }
      expect(await rows('select kind from oauth_artifacts where client_id = $1 and kind <> $2', [app.app.clientId, 'Interaction'])).toEqual(
        [],
      );
    }
  });

  it('an app that refreshes while another is revoked keeps what it gets', async () => {
    const [stays, goes] = [await named('Stays on'), await named('Goes')];
    const [refreshed] = await Promise.all([stays.app.refresh(stays.refreshToken), change(goes, 'revoke', goes.handle)]);
    expect(await opens(world.url, refreshed.body.access_token)).toBe(200);
    expect(await opens(world.url, goes.accessToken)).toBe(401);
  });

  it('rows of a revoked app that come back from a backup open nothing', async () => {
    const app = await named('Restored');
    await rows('create table kept as select * from oauth_artifacts where client_id = $1', [app.app.clientId]);
    await change(app, 'revoke', app.handle);
    await rows('insert into oauth_artifacts select * from kept');
    expect([await opens(world.url, app.accessToken), saying(await app.app.refresh(app.refreshToken))]).toEqual([401, '400 invalid_grant']);
    await rows('drop table kept');
    await sweepOAuth(await sweepOf(world));
    expect(await rows('select 1 from oauth_artifacts where client_id = $1 and oidc_grant_id is not null', [app.app.clientId])).toEqual([]);
  });

  it('rows of an app that nobody revoked work again when they come back', async () => {
    const app = await named('Lost and found');
    await rows('create table kept as select * from oauth_artifacts where client_id = $1', [app.app.clientId]);
    await rows('delete from oauth_artifacts where client_id = $1', [app.app.clientId]);
    expect([await opens(world.url, app.accessToken), saying(await app.app.refresh(app.refreshToken))]).toEqual([401, '400 invalid_grant']);
    await rows('insert into oauth_artifacts select * from kept');
    expect([await opens(world.url, app.accessToken), saying(await app.app.refresh(app.refreshToken))]).toEqual([200, '200']);
    await rows('drop table kept');
  });

  it('a narrowed app gets nothing back by refreshing, by a restored row of the library, or by narrowing to more', async () => {
    const app = await named('Narrowed');
    await rows('create table kept as select * from oauth_artifacts where client_id = $1', [app.app.clientId]);
    expect(await change(app, 'narrow', app.handle, ['tls:read'])).toBe(200);
    await rows('delete from oauth_artifacts where client_id = $1', [app.app.clientId]);
    await rows('insert into oauth_artifacts select * from kept');
    await rows('drop table kept');
    const next = (await app.app.refresh(app.refreshToken)).body;
    for (const token of [app.accessToken, next.access_token]) {
      const denied = await fetchTool(world.url, token, 'get_account_summary');
      expect(denied).toBe(403);
      expect(await fetchTool(world.url, token, 'list_tls_certificates')).toBe(200);
    }
    expect(await change(app, 'narrow', app.handle, ['tls:read', 'account:read'])).toBe(400);
  });

  it('an app whose scopes stay refreshes to all of them', async () => {
    const app = await named('Wide');
    const next = (await app.app.refresh(app.refreshToken)).body;
    expect(await fetchTool(world.url, next.access_token, 'get_account_summary')).toBe(200);
  });

  it('a paused app’s calls get paused, and neither refreshing, a new consent nor the app itself resumes it', async () => {
    const app = await named('Paused');
    expect(await change(app, 'pause', app.handle)).toBe(200);
    const next = await app.app.refresh(app.refreshToken);
    expect(saying(next)).toBe('200');
    const again = await app.app.tokens(app.person, ada);
    for (const token of [app.accessToken, next.body.access_token, again.access_token]) expect(await errorOf(token)).toBe('paused');
    expect(await change(app, 'resume', app.handle)).toBe(200);
    expect(await errorOf(again.access_token)).toBeNull();
  });

  it('resuming revives no revoked app', async () => {
    const app = await named('Really gone');
    await change(app, 'revoke', app.handle);
    expect(await change(app, 'resume', app.handle)).toBe(200);
    expect([await opens(world.url, app.accessToken), saying(await app.app.refresh(app.refreshToken))]).toEqual([401, '400 invalid_grant']);
  });

  it('a new consent after a revocation connects anew, and the old tokens stay dead', async () => {
    const app = await named('Back again');
    await change(app, 'revoke', app.handle);
    const anew = await app.app.tokens(app.person, ada);
    expect([await opens(world.url, anew.access_token), await opens(world.url, app.accessToken)]).toEqual([200, 401]);
    expect(saying(await app.app.refresh(app.refreshToken))).toBe('400 invalid_grant');
  });

  it('an owner can change nobody else’s app, and an unknown one gets the same answer', async () => {
    const [mine, hers] = [await named('Mine'), await named('Hers', grace)];
    const unknown = `app_${'0'.repeat(26)}`;
    for (const what of ['revoke', 'pause', 'resume', 'narrow'] as const) {
      const answers = [await change(mine, what, hers.handle, ['tls:read']), await change(mine, what, unknown, ['tls:read'])];
      expect([what, ...answers]).toEqual([what, 404, 404]);
    }
    expect(await opens(world.url, hers.accessToken)).toBe(200);
  });

  it('an owner changes their own app', async () => {
    const hers = await named('Her own', grace);
    expect(await change(hers, 'narrow', hers.handle, ['tls:read'])).toBe(200);
    expect(await change(hers, 'pause', hers.handle)).toBe(200);
    expect(await change(hers, 'resume', hers.handle)).toBe(200);
    expect(await change(hers, 'revoke', hers.handle)).toBe(200);
    expect(await opens(world.url, hers.accessToken)).toBe(401);
  });

  it('signing out, everywhere too, disconnects no app', async () => {
    const app = await named('Outlives sign-out');
    await app.person.post('/sign-out/everywhere', {});
    expect((await app.person.get('/api/apps')).status).toBe(401);
    expect([await opens(world.url, app.accessToken), saying(await app.app.refresh(app.refreshToken))]).toEqual([200, '200']);
  });

  it('revoking all of one owner’s apps leaves the other owner’s alone', async () => {
    const [mine, hers] = [await named('All of mine'), await named('None of hers', grace)];
    const headers = { cookie: cookiesOf(mine.person), origin: world.url, 'content-type': 'application/json' };
    const response = await fetch(`${world.url}/api/apps/revoke-all`, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(200);
    expect([await opens(world.url, mine.accessToken), await opens(world.url, hers.accessToken)]).toEqual([401, 200]);
  });

  it('a grant that holds no living token any more is ended by itself, and nothing else is', async () => {
    const app = await named('Connects often');
    await app.app.tokens(app.person, ada);
    const statuses = async () =>
      (
        await rows<{ status: string }>(
          'select g.status from grants g join apps a on a.id = g.app_id where a.client_id = $1 order by g.consented_at',
          [app.app.clientId],
        )
      ).map(({ status }) => status);
    const sweep = async () => sweepOAuth(await sweepOf(world));
    world.clock.advance({ minutes: 10 });
    await sweep();
    expect(await statuses()).toEqual(['active', 'active']);
    world.clock.advance({ days: 29 });
    const { body } = await app.app.refresh(app.refreshToken);
    expect(body.access_token).toBeDefined();
    world.clock.advance({ days: 2 });
    await sweep();
    expect((await statuses()).toSorted()).toEqual(['active', 'revoked']);
    expect(saying(await app.app.refresh(body.refresh_token))).toBe('200');
    world.clock.advance({ days: 31 });
    await sweep();
    expect(await statuses()).toEqual(['revoked', 'revoked']);
  });

  const fetchTool = async (origin: string, accessToken: string, tool: string) => (await call(origin, accessToken, tool)).status;
  const errorOf = async (token: string) => (await call(world.url, token, 'get_account_summary')).error;
});
