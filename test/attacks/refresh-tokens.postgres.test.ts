import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakSaving, opens, saying } from '../support/attempts.ts';
import { ada } from '../support/connect.ts';
import { OAuthApp, type Tokens } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('a refresh token', () => {
  let world: World;
  let person: Person;
  let app: OAuthApp;
  let other: OAuthApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    person = new Person(world.url);
    app = await OAuthApp.register(world.url);
    other = await OAuthApp.register(world.url);
  });
  afterAll(() => world.close());

  const connected = () => app.tokens(person, ada);
  const statusOf = async ({ access_token: token }: Tokens) => opens(world.url, token);

  it('stolen and used again later ends the whole connection, for the thief as well', async () => {
    const tokens = await connected();
    const next = (await app.refresh(tokens.refresh_token)).body;
    world.clock.advance({ seconds: 11 });
    expect(saying(await app.refresh(tokens.refresh_token))).toBe('400 invalid_grant');
    expect(saying(await app.refresh(next.refresh_token))).toBe('400 invalid_grant');
    expect([await statusOf(tokens), await statusOf(next)]).toEqual([401, 401]);
  });

  it('used again within ten seconds gives the answer of before, and the connection lives on', async () => {
    const tokens = await connected();
    const next = await app.refresh(tokens.refresh_token);
    world.clock.advance({ seconds: 9 });
    expect((await app.refresh(tokens.refresh_token)).body).toEqual(next.body);
    world.clock.advance({ seconds: 11 });
    expect(saying(await app.refresh(next.body.refresh_token))).toBe('200');
  });

  it.each<[string, (token: string) => ReturnType<OAuthApp['refresh']>, string]>([
    ['for more scopes than were granted', (token) => app.refresh(token, { scope: 'tls:read account:email' }), '400 invalid_scope'],
    ['for another resource', (token) => app.refresh(token, { resource: 'https://other.example/mcp' }), '400 invalid_target'],
    ['by another client', (token) => other.refresh(token), '400 invalid_grant'],
    ['as a code', (token) => app.redeem({ code: token, verifier: 'x'.repeat(43) }), '400 invalid_grant'],
  ])('used %s gives nothing, and is not used up', async (_, attempt, answer) => {
    const { refresh_token: token } = await connected();
    expect(saying(await attempt(token))).toBe(answer);
    expect(saying(await app.refresh(token, { scope: 'tls:read', resource: `${world.url}/mcp` }))).toBe('200');
  });

  it('used by its client for a part of its scopes and its own resource gives that part', async () => {
    const { refresh_token: token } = await connected();
    const answer = await app.refresh(token, { scope: 'tls:read', resource: `${world.url}/mcp` });
    expect([saying(answer), answer.body.scope]).toEqual(['200', 'tls:read']);
  });

  it.each<[string, (token: string) => ReturnType<OAuthApp['refresh']>]>([
    ['other scopes', (token) => app.refresh(token, { scope: 'tls:read' })],
    ['another client', (token) => other.refresh(token)],
  ])('retried at once with %s doesn’t get the answer of before', async (_, attempt) => {
    const { refresh_token: token } = await connected();
    await app.refresh(token);
    expect(saying(await attempt(token))).toBe('400 invalid_grant');
  });

  it('raced by five processes of its client gives them all one pair, time after time', async () => {
    let { refresh_token: token } = await connected();
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => app.refresh(token)));
      expect(answers.map(saying)).toEqual(['200', '200', '200', '200', '200']);
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      token = answers[0]?.body.refresh_token ?? '';
    }
  });

  it('raced by its client and another’s gives the other nothing', async () => {
    const { refresh_token: token } = await connected();
    const [stolen, own] = await Promise.all([other.refresh(token), app.refresh(token)]);
    expect([saying(stolen), saying(own)]).toEqual(['400 invalid_grant', '200']);
  });

  it.each(['RefreshToken', 'AccessToken'])('whose %s can’t be saved is not used up, however late the client tries again', async (kind) => {
    const { refresh_token: token } = await connected();
    const mend = await breakSaving(world, kind);
    expect(saying(await app.refresh(token))).toBe('500 server_error');
    await mend();
    world.clock.advance({ minutes: 5 });
    expect(saying(await app.refresh(token))).toBe('200');
  });

  it('of a grant whose record is gone is refused', async () => {
    const loner = await OAuthApp.register(world.url);
    const tokens = await loner.tokens(person, ada);
    await world.database.statement(
      'with app as (select id from apps where client_id = $1) delete from grants g using app where g.app_id = app.id',
      [loner.clientId],
    );
    expect(saying(await loner.refresh(tokens.refresh_token))).toBe('400 invalid_grant');
    expect(await statusOf(tokens)).toBe(401);
    expect(saying(await loner.refresh((await loner.tokens(person, ada)).refresh_token))).toBe('200');
  });

  it('older than thirty days is refused', async () => {
    const { refresh_token: token } = await connected();
    world.clock.advance({ days: 30, seconds: 1 });
    expect(saying(await app.refresh(token))).toBe('400 invalid_grant');
  });

  it('of the last thirty days is taken', async () => {
    const { refresh_token: token } = await connected();
    world.clock.advance({ days: 29 });
    expect(saying(await app.refresh(token))).toBe('200');
  });
});
