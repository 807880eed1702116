import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { disableAccount } from '../../src/store/accounts/new-account.ts';
import { addOwner, type Owner } from '../support/account-data.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { formOf, Person, type Visit } from '../support/person.ts';
import { api } from '../support/requests-api.ts';
import { openWorld, type World } from '../support/world.ts';

const callback = 'https://slow.example/callback';
const newPassword = 'another long password';

describe('a sign-in that was ended', () => {
  let world: World;
  let owner: Owner;
  let count = 0;
  let served: Promise<void> = Promise.resolve();
  let asked: () => void = () => undefined;

  beforeAll(async () => {
    world = await openWorld({
      fetchClientDocument: async (url) => {
        asked();
        await served;
        return Response.json({ client_id: String(url), redirect_uris: [callback], token_endpoint_auth_method: 'none' });
      },
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    count += 1;
    owner = await addOwner(world, `owner-${count}@owner.example`);
  });

  const opens = async (person: Person) => (await person.get('/api/apps')).status;
  const signedIn = async (): Promise<Person> => {
    const person = new Person(world.url);
    await person.signIn(await person.get('/sign-in'), owner);
    expect(await opens(person)).toBe(200);
    return person;
  };
  /** The right password is given; where the answer leads isn't visited yet. */
  const halfSignedIn = (person: Person, page: Visit): Promise<Visit> =>
    person.post(new URL(formOf(page).action, page.url), { email: owner.email, password: owner.password });
  /** Another browser with this one's cookies. */
  const thiefOf = (person: Person): Person => {
    const thief = new Person(world.url);
    for (const [key, cookie] of person.cookies) thief.cookies.set(key, cookie);
    return thief;
  };
  const slowApp = () => new OAuthApp({ origin: world.url, clientId: `https://slow.example/${randomUUID()}.json`, redirectUri: callback });
  /** Does something while a request waits for its client's document. */
  const during = async (request: () => Promise<Visit>, meanwhile: () => Promise<unknown>): Promise<void> => {
    let serve: () => void = () => undefined;
    served = new Promise((resolve) => (serve = resolve));
    const reached = new Promise<void>((resolve) => (asked = resolve));
    const answer = request();
    await reached;
    await meanwhile();
    serve();
    await answer;
  };
  const authorizing = (person: Person) => () => person.get(slowApp().authorization().url);

  const password = () => ({ current_password: owner.password, password: newPassword, password_again: newPassword });
  const everyEnding: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a new password', async () => (await signedIn()).submit('/dashboard/account/password', password())],
    ['a sign-out everywhere', async () => (await signedIn()).submit('/sign-out/everywhere', {})],
    ['a sign-out of the others', async () => (await signedIn()).submit('/dashboard/account/sessions', { session: 'others' })],
    ['the account’s end', () => disableAccount({ orm: world.database.orm, clock: world.clock, email: owner.email })],
    ['its owner’s erasure', async () => erase(await signedIn())],
  ];
  const ofOne: readonly (readonly [string, (person: Person) => Promise<unknown>])[] = [
    ['its own sign-out', (person) => thiefOf(person).submit('/sign-out', {})],
    [
      'a sign-out from another browser',
      async () => {
        const other = await signedIn();
        const name = /name="session" value="([\w-]{22})"/.exec((await other.get('/dashboard/account')).body)?.[1] ?? '';
        await other.submit('/dashboard/account/sessions', { session: name });
      },
    ],
  ];

  it.each(everyEnding)('half way, by %s doesn’t go on', async (_, end) => {
    const thief = new Person(world.url);
    const half = await halfSignedIn(thief, await thief.get('/sign-in'));
    await end();
    await thief.get(half.location ?? '/');
    expect(await opens(thief)).toBe(401);
  });

  it.each(everyEnding)('half way to a slow app, by %s doesn’t come of it', async (_, end) => {
    const thief = new Person(world.url);
    const half = await halfSignedIn(thief, await thief.get(slowApp().authorization().url));
    world.clock.advance({ minutes: 6 });
    await during(() => thief.get(half.location ?? '/'), end);
    expect(await opens(thief)).toBe(401);
  });

  it.each([...everyEnding, ...ofOne])('by %s doesn’t come back with an authorization in flight', async (_, end) => {
    const person = await signedIn();
    const seen: number[] = [];
    await during(authorizing(person), async () => {
      await end(person);
      seen.push(await opens(person));
    });
    expect([...seen, await opens(person)]).toEqual([401, 401]);
  });

  it.each([...everyEnding, ...ofOne])('by %s gives no consent that it was asked for before', async (_, end) => {
    const person = await signedIn();
    const app = await OAuthApp.register(world.url);
    const page = await person.get(app.authorization().url);
    await end(person);
    expect((await person.consent(page)).location).toBeNull();
    expect(await world.database.statement('select 1 from apps where client_id = $1', [app.clientId])).toEqual([]);
  });

  it('lets nobody in, and one that wasn’t goes on: half way, and with an authorization in flight', async () => {
    const person = new Person(world.url);
    const half = await halfSignedIn(person, await person.get('/sign-in'));
    await person.get(half.location ?? '/');
    await during(authorizing(person), async () => undefined);
    expect(await opens(person)).toBe(200);
  });

  it('leaves the one that ended it signed in, with an authorization in flight and one that waits for consent', async () => {
    const person = await signedIn();
    const other = await signedIn();
    const app = await OAuthApp.register(world.url);
    const page = await person.get(app.authorization().url);
    await during(authorizing(person), () => thiefOf(person).submit('/dashboard/account/sessions', { session: 'others' }));
    expect((await person.consent(page)).location?.searchParams.has('code')).toBe(true);
    expect([await opens(person), await opens(other)]).toEqual([200, 401]);
  });
});

async function erase(person: Person): Promise<void> {
  for (const service of ['certfusion', 'certumssl']) {
    const { json } = await api(person, '/api/requests', { kind: 'erasure', service });
    await api(person, `/api/requests/${String(json['request'])}/confirm`, { ground: 'no_longer_necessary' });
  }
}
