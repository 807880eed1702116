import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner } from '../support/account-data.ts';
import { ada, connect, grace } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person, textOf, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const evil = 'https://evil.example/certveil-login';

describe('an error of an authorization', () => {
  let world: World;
  let person: Person;
  let stranger: OAuthApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    stranger = await OAuthApp.register(world.url, { redirect_uris: [evil] });
    person = new Person(world.url);
    await person.signIn(await person.get('/dashboard'), ada);
  });
  afterAll(() => world.close());

  const linkOf = ({ body }: Visit) => new URL((/href="(https:\/\/[^"]*)"/.exec(body)?.[1] ?? 'about:blank').replaceAll('&amp;', '&'));
  const told = (visit: Visit) => [visit.status, visit.location, textOf(visit).includes('Go on to evil.example')];
  const deactivate = (email: string) =>
    world.database.statement(
      `update memberships set status = 'deactivated' where account_id = (select id from accounts where email = $1)`,
      [email],
    );
  const asked: [string, Record<string, string | null>][] = [
    ['an unknown scope', { scope: 'bogus' }],
    ['a token instead of a code', { response_type: 'token' }],
    ['another way of answering', { response_mode: 'fragment' }],
    ['no PKCE', { code_challenge: null, code_challenge_method: null }],
    ['another resource', { resource: 'https://other.example' }],
    ['a malformed max_age', { max_age: 'x' }],
    ['an unknown prompt', { prompt: 'bogus' }],
    ['a request object', { request: 'e30.e30.' }],
    ['no question', { prompt: 'none' }],
  ];

  it.each(asked)(
    'over %s goes to no address of an app that this account hasn’t connected: our page names it and asks',
    async (_, changes) => {
      for (const who of [new Person(world.url), person]) {
        const visit = await who.get(stranger.authorization(changes).url);
        expect(told(visit)).toEqual([400, null, true]);
        expect(textOf(visit)).toMatch(/Vouched for by unverified.*Sends you back to evil.example.*You haven’t connected this app/);
        expect([visit.headers.get('refresh'), visit.body.includes('<script'), visit.body.includes('http-equiv')]).toEqual([
          null,
          false,
          false,
        ]);
      }
    },
  );

  it('is the same page to the letter whoever is signed in, when nothing may be asked', async () => {
    const owner = await addOwner(world, 'gone@owner.example');
    const gone = new Person(world.url);
    await gone.signIn(await gone.get('/sign-in'), owner);
    await deactivate(owner.email);
    const more = [{}, { scope: 'openid tls:read' }, { login_hint: ada.email }, { max_age: '1' }, { prompt: 'none', id_token_hint: 'x' }];
    for (const changes of more) {
      const { url } = stranger.authorization({ prompt: 'none', state: 's', code_challenge: 'x'.repeat(43), ...changes });
      const pages = await Promise.all([new Person(world.url), person, gone].map((who) => who.get(url)));
      expect(pages.map(({ status, location, body }) => [status, location, body])).toEqual(pages.map(() => [400, null, pages[0]?.body]));
    }
  });

  it('after signing in stays here: an account without a service says so to its owner, not to the app', async () => {
    const owner = await addOwner(world, 'asleep@owner.example');
    await deactivate(owner.email);
    const asleep = new Person(world.url);
    expect(told(await asleep.signIn(await asleep.get(stranger.authorization().url), owner))).toEqual([400, null, true]);
    expect(told(await asleep.get(stranger.authorization().url))).toEqual([400, null, true]);
  });

  it('goes to no app that was revoked, that another account connected, or that is only half asked for', async () => {
    const mine = await connect(world, { name: 'To be revoked' });
    const asks = (who: Person) => who.get(mine.app.authorization({ scope: 'bogus' }).url);
    expect((await asks(mine.person)).location?.host).toBe('app.example');
    const hers = new Person(world.url);
    await hers.signIn(await hers.get('/sign-in'), grace);
    expect((await asks(hers)).location).toBeNull();
    const thief = new Person(world.url);
    const consent = await thief.signIn(await thief.get(stranger.authorization().url), ada);
    expect(consent.body).toContain('name="decision"');
    const [, resume] = [...thief.cookies.values()].find(({ name }) => name === 'resume')?.path.match(/^(.*)$/) ?? [];
    expect((await thief.get(`${resume}`)).location).toBeNull();
    await mine.person.post('/api/apps/revoke-all', {});
    await world.database.statement(`update apps set status = 'revoked' where client_id = $1`, [mine.app.clientId]);
    expect((await asks(mine.person)).location).toBeNull();
  });

  it('can be taken to the app by the person, as the app expects it', async () => {
    const asking = stranger.authorization({ scope: 'bogus' });
    const link = linkOf(await person.get(asking.url));
    expect(`${link.origin}${link.pathname}`).toBe(evil);
    expect(Object.fromEntries(link.searchParams)).toMatchObject({ error: 'invalid_scope', state: asking.state, iss: world.url });
  });

  it('goes back at once to an app that the account has connected, and after the person has decided', async () => {
    const mine = await connect(world, { name: 'Connected' });
    for (const [changes, code] of [
      [{ scope: 'bogus' }, 'invalid_scope'],
      [{ prompt: 'none' }, 'consent_required'],
      [{ resource: 'https://other.example' }, 'invalid_target'],
    ] as const) {
      const { location } = await mine.person.get(mine.app.authorization(changes).url);
      expect([location?.host, location?.searchParams.get('error')]).toEqual(['app.example', code]);
    }
    const denied = await person.consent(await person.get(stranger.authorization().url), { decision: 'deny' });
    expect([denied.location?.host, denied.location?.searchParams.get('error')]).toEqual(['evil.example', 'access_denied']);
    const allowed = await person.consent(await person.get(stranger.authorization().url));
    expect(allowed.location?.searchParams.get('code')).toMatch(/./);
  });
});
