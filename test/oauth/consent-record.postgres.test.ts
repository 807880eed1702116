import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepOAuth } from '../../src/oauth/sweep.ts';
import { acceptedFieldsOf } from '../../src/policy/fields/all.ts';
import { dayOf } from '../../src/words/dates.ts';
import { scopes as scopePolicy, allScopes, type Scope } from '../../src/policy/scopes.ts';
import { sweepOf } from '../support/clock.ts';
import { ada, callTool, connect, type ConnectedApp } from '../support/connect.ts';
import { revokeByForm } from '../support/dashboard.ts';
import { textOf } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld({ demo: true });
});
afterAll(() => world.close());

const ticked = allScopes.filter((each) => scopePolicy[each].ticked);

function sql<Row>(text: string, parameters: (string | null)[] = []): Promise<Row[]> {
  return world.database.statement<Row>(text, parameters);
}

async function handleOf({ person }: ConnectedApp, name: string): Promise<string> {
  const { apps } = JSON.parse((await person.get('/api/apps')).body) as { apps: { app: string; name: string }[] };
  return apps.find((each) => each.name === name)?.app ?? '';
}

async function change({ person }: ConnectedApp, path: string, body: object = {}, method = 'POST'): Promise<unknown> {
  const cookie = [...person.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie, origin: world.url, 'content-type': 'application/json' };
  const response = await fetch(`${world.url}/api/apps/${path}`, { method, headers, body: JSON.stringify(body) });
  return ((await response.json()) as { status?: unknown }).status;
}

interface Recorded {
  readonly consents: Record<string, unknown>[];
  readonly history: { day: string; event: string; scopes: string[] }[];
}

async function recordOf({ person }: ConnectedApp, handle: string): Promise<Recorded> {
  return JSON.parse((await person.get(`/dashboard/apps/${handle}/consent.json`)).body) as Recorded;
}

describe('the consent record', () => {
  it('says for good who allowed which app what, field by field, and when; and what became of it, day by day', async () => {
    const mine = await connect(world, { name: 'On record' });
    const handle = await handleOf(mine, 'On record');
    await change(mine, handle, { scopes: ['account:read'] }, 'PATCH');
    await change(mine, handle, { scopes: ['account:read'] }, 'PATCH');
    await change(mine, `${handle}/pause`);
    await change(mine, `${handle}/resume`);
    await mine.app.connect(mine.person, ada, { choices: { tick: ['account:email'], untick: ['tls:read'] } });
    const day = dayOf(world.clock());
    await revokeByForm(mine.person, 'On record');
    const { consents, history } = await recordOf(mine, handle);
    const second = allScopes.filter((each) => (ticked.includes(each) && each !== 'tls:read') || each === 'account:email');
    const common = {
      app_name: 'On record',
      publisher_domain: null,
      redirect_host: 'app.example',
      notice_version: 'certfusion 1, certumssl 1',
      status: 'revoked',
    };
    expect(consents).toEqual(
      [second, ticked].map((scopes) => ({
        ...common,
        consented_at: expect.stringMatching(day),
        policy_version: expect.any(String),
        scopes,
        accepted_fields: acceptedFieldsOf(scopes),
        ended_at: expect.stringMatching(day),
        remaining_scopes: [],
        remaining_fields: [],
      })),
    );
    expect(history).toEqual([
      { day, event: 'consented', scopes: ticked },
      { day, event: 'narrowed', scopes: ['account:read'] },
      { day, event: 'paused', scopes: [] },
      { day, event: 'resumed', scopes: [] },
      { day, event: 'consented', scopes: second },
      { day, event: 'revoked', scopes: [] },
    ]);
    const page = textOf(await mine.person.get(`/dashboard/apps/${handle}`));
    for (const words of ['You allowed it', 'Narrowed to', 'You paused it', 'You resumed it', 'You revoked its access']) {
      expect(page).toContain(words);
    }
  });

  it('keeps what was consented to apart from what is left of it', async () => {
    const mine = await connect(world, { name: 'Narrowed' });
    const handle = await handleOf(mine, 'Narrowed');
    await change(mine, handle, { scopes: ['tls:read'] }, 'PATCH');
    const { consents } = await recordOf(mine, handle);
    expect(consents[0]).toMatchObject({ scopes: ticked, remaining_scopes: ['tls:read'], remaining_fields: acceptedFieldsOf(['tls:read']) });
  });

  it('stands beside the consent page: an app that comes back sees what is new named so, whole scopes and single fields', async () => {
    const mine = await connect(world, { name: 'Comes back', choices: { untick: ['recipients:read'] } });
    const asked = async (scope: string) => (await mine.person.get(mine.app.authorization({ scope }).url)).body;
    const lineOf = (page: string, scope: Scope) => new RegExp(`value="${scope}"[\\s\\S]*?</li>`).exec(page)?.[0] ?? '';
    const page = await asked('account:read recipients:read account:email');
    expect(page).toContain('This app is connected already');
    expect(
      (['account:read', 'recipients:read', 'account:email'] as const).map((each) => lineOf(page, each).includes('class="new"')),
    ).toEqual([false, true, true]);
    await sql(
      `update grants set accepted_fields = array_remove(accepted_fields, 'account.quota') where app_id in (select id from apps where client_id = $1)`,
      [mine.app.clientId],
    );
    expect(lineOf(await asked('account:read'), 'account:read')).toMatch(/class="new">new<\/b> [^<]*quota/);
    const fresh = await connect(world, { name: 'Fresh' });
    await revokeByForm(fresh.person, 'Fresh');
    const again = (await fresh.person.get(fresh.app.authorization().url)).body;
    expect(again).not.toContain('class="new"');
  });
});

describe('an app of which no token lives any more', () => {
  it('does not look connected: its grant ends in the sweep, and only a new consent opens anything', async () => {
    const mine = await connect(world, { name: 'Gone quiet' });
    const paused = await connect(world, { name: 'Paused and quiet' });
    const pausedHandle = await handleOf(paused, 'Paused and quiet');
    await change(paused, `${pausedHandle}/pause`);
    world.clock.advance({ minutes: 40 });
    await sweepOAuth(await sweepOf(world));
    const refreshed = await mine.app.refresh(mine.refreshToken);
    expect(refreshed.status).toBe(200);
    world.clock.advance({ days: 29 });
    await sweepOAuth(await sweepOf(world));
    const second = await mine.app.refresh(refreshed.body.refresh_token);
    expect(second.status).toBe(200);
    world.clock.advance({ days: 31 });
    await sweepOAuth(await sweepOf(world));
    expect((await mine.app.refresh(second.body.refresh_token)).status).toBe(400);
    const later = await connect(world, { name: 'Later' });
    const { apps } = JSON.parse((await later.person.get('/api/apps')).body) as { apps: Record<string, unknown>[] };
    const of = (name: string) => apps.find((each) => each['name'] === name);
    expect(of('Gone quiet')).toMatchObject({ status: 'revoked', scopes: [] });
    expect(of('Paused and quiet')).toMatchObject({ status: 'paused', scopes: [] });
    expect(of('Later')).toMatchObject({ status: 'active' });
    expect((await recordOf(later, String(of('Gone quiet')?.['app']))).history.at(-1)).toMatchObject({ event: 'lapsed', scopes: [] });
    expect(await change(later, `${pausedHandle}/resume`)).toBe('revoked');
    const again = await mine.app.tokens(later.person, ada);
    expect((await callTool(world.url, again.access_token, 'get_account_summary')).structured).not.toBeNull();
  });
});

describe('deleting and restoring rows (laws of revocation)', () => {
  const refused = (error: unknown) => (error as { code?: string }).code ?? String(error);
  const tries = (text: string, parameters: string[]) => sql(text, parameters).then(() => 'went through', refused);

  async function grantOf(mine: ConnectedApp): Promise<{ id: string; appId: string }> {
    const [row] = await sql<{ id: string; appId: string }>(
      'select g.id, g.app_id as "appId" from grants g join apps a on a.id = g.app_id where a.client_id = $1',
      [mine.app.clientId],
    );
    return row ?? { id: '', appId: '' };
  }

  it('a grant’s row can’t be widened, revived or moved to another app, whoever writes it', async () => {
    const mine = await connect(world, { name: 'Shut' });
    const other = await connect(world, { name: 'Other' });
    const handle = await handleOf(mine, 'Shut');
    await change(mine, handle, { scopes: ['account:read'] }, 'PATCH');
    const { id } = await grantOf(mine);
    const { appId } = await grantOf(other);
    expect(await tries(`update grants set scopes = consented_scopes where id = $1`, [id])).toBe('23514');
    expect(await tries(`update grants set accepted_fields = consented_fields where id = $1`, [id])).toBe('23514');
    expect(await tries(`update grants set consented_scopes = scopes || '{account:email}' where id = $1`, [id])).toBe('23514');
    expect(await tries(`update grants set app_id = $2 where id = $1`, [id, appId])).toBe('23514');
    await change(mine, `${handle}/revoke`);
    expect(await tries(`update grants set status = 'active' where id = $1`, [id])).toBe('23514');
  });

  it('a grant that comes back after its row was deleted brings no more than was left of it, and nothing once it ended', async () => {
    const mine = await connect(world, { name: 'Restored' });
    const handle = await handleOf(mine, 'Restored');
    const { id } = await grantOf(mine);
    await sql(`create table before_narrowing as select * from grants where id = $1`, [id]);
    await change(mine, handle, { scopes: ['account:read'] }, 'PATCH');
    await sql(`create table after_narrowing as select * from grants where id = $1`, [id]);
    await sql('delete from grants where id = $1', [id]);
    expect((await mine.call('get_account_summary')).status).toBe(401);
    expect(await tries('insert into grants select * from before_narrowing', [])).toBe('23514');
    expect(await tries('insert into grants select * from after_narrowing', [])).toBe('went through');
    expect((await mine.call('get_account_summary')).structured).not.toBeNull();
    expect((await mine.call('search_certificates')).status).toBe(403);
    await sql(`create table tokens_before as select * from oauth_artifacts where client_id = $1`, [mine.app.clientId]);
    await change(mine, `${handle}/revoke`);
    await sql('insert into oauth_artifacts select * from tokens_before');
    expect((await mine.call('get_account_summary')).status).toBe(401);
    expect((await mine.app.refresh(mine.refreshToken)).status).toBe(400);
    await sql('update disclosures set grant_id = (select id from grants where id <> $1 limit 1) where grant_id = $1', [id]);
    await sql('delete from grants where id = $1', [id]);
    expect(await tries('insert into grants select * from after_narrowing', [])).toBe('23514');
    expect((await mine.call('get_account_summary')).status).toBe(401);
  });

  it('an app’s row, deleted with its grants and brought back as active, opens nothing', async () => {
    const mine = await connect(world, { name: 'Back again' });
    const { id, appId } = await grantOf(mine);
    await sql('create table app_before as select * from apps where id = $1', [appId]);
    await change(mine, `${await handleOf(mine, 'Back again')}/revoke`);
    await sql('delete from grants where id = $1', [id]);
    await sql('delete from apps where id = $1', [appId]);
    await sql('insert into apps select * from app_before');
    expect((await mine.call('get_account_summary')).status).toBe(401);
    expect((await mine.app.refresh(mine.refreshToken)).status).toBe(400);
  });
});
