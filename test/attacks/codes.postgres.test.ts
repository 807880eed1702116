import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakSaving, opens, saying } from '../support/attempts.ts';
import { ada } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('an authorization code', () => {
  let world: World;
  let person: Person;
  let app: OAuthApp;
  let other: OAuthApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    person = new Person(world.url);
    app = await OAuthApp.register(world.url, { redirect_uris: ['https://app.example/callback', 'https://app.example/second'] });
    other = await OAuthApp.register(world.url);
    await app.connect(person, ada);
  });
  afterAll(() => world.close());

  const ask = (changes: Record<string, string | null>) => person.get(app.authorization(changes).url);
  const errorOf = ({ location }: { location: URL | null }) => location?.searchParams.get('error') ?? null;

  /** Lets two redemptions go on only when both have found the code unused. */
  async function raced<Answers>(redeem: () => Promise<Answers>): Promise<Answers> {
    const waiting = `select count(distinct pid)::integer as count from pg_locks
      join pg_stat_activity using (pid) where not granted and datname = current_database()`;
    let answers: Promise<Answers> | undefined;
    await world.database.orm.transaction(async (tx) => {
      await tx.execute(`select from grants where status = 'active' for update`);
      answers = redeem();
      while ((await world.database.statement<{ count: number }>(waiting, []))[0]?.count !== 2);
    });
    if (!answers) throw new Error('nothing was redeemed');
    return answers;
  }

  it.each([
    ['without a challenge', { code_challenge: null, code_challenge_method: null }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['with a challenge of no method, which means plain', { code_challenge_method: null }],
  ])('asked for %s is not given', async (_, changes) => {
    expect(errorOf(await ask(changes))).toBe('invalid_request');
  });

  it('asked for with an S256 challenge is given and redeemed', async () => {
    const answer = await app.redeem(await app.connect(person, ada));
    expect([answer.status, await opens(world.url, answer.body.access_token)]).toEqual([200, 200]);
  });

  it.each<[string, (code: { code: string; verifier: string }) => ReturnType<OAuthApp['redeem']>]>([
    ['with a wrong verifier', (code) => app.redeem({ ...code, verifier: 'x'.repeat(43) })],
    ['without its verifier', ({ code }) => app.redeem({ code, verifier: '' })],
    ['by another client', (code) => other.redeem(code)],
    ['with another redirect address of its client', (code) => app.redeem({ ...code, redirect_uri: 'https://app.example/second' })],
    ['for another resource', (code) => app.redeem({ ...code, resource: 'https://other.example/mcp' })],
    ['as a refresh token', ({ code }) => app.refresh(code)],
  ])('redeemed %s gives nothing', async (_, attempt) => {
    const code = await app.connect(person, ada);
    expect(saying(await attempt(code))).toMatch(/^400 invalid_(?:grant|request|target)$/);
    expect(saying(await app.redeem(code))).toBe('200');
  });

  it('redeemed by its client, with its verifier, redirect address and resource gives tokens', async () => {
    const code = await app.connect(person, ada);
    expect(saying(await app.redeem({ ...code, resource: `${world.url}/mcp` }))).toBe('200');
  });

  it('used twice is refused, and the tokens that it gave die', async () => {
    const code = await app.connect(person, ada);
    const { body } = await app.redeem(code);
    expect(await opens(world.url, body.access_token)).toBe(200);
    expect(saying(await app.redeem(code))).toBe('400 invalid_grant');
    expect(await opens(world.url, body.access_token)).toBe(401);
    expect(saying(await app.refresh(body.refresh_token))).toBe('400 invalid_grant');
  });

  it('used once keeps its tokens, whatever becomes of other codes', async () => {
    const { body } = await app.redeem(await app.connect(person, ada));
    const replayed = await other.connect(person, ada);
    await other.redeem(replayed);
    await other.redeem(replayed);
    expect(await opens(world.url, body.access_token)).toBe(200);
    expect(saying(await app.refresh(body.refresh_token))).toBe('200');
  });

  it('raced and lost to another redemption ends what that one gave', async () => {
    const code = await app.connect(person, ada);
    const redeemed = await raced(() => Promise.all([app.redeem(code), app.redeem(code)]));
    const winner = redeemed.find(({ status }) => status === 200);
    expect(redeemed.map(saying).toSorted()).toEqual(['200', '400 invalid_grant']);
    expect(await opens(world.url, winner?.body.access_token ?? '')).toBe(401);
    expect(saying(await app.refresh(winner?.body.refresh_token ?? ''))).toBe('400 invalid_grant');
  });

  it('raced four times gives one answer, time after time', async () => {
    for (let round = 0; round < 6; round += 1) {
      const code = await app.connect(person, ada);
      const answers = await Promise.all([1, 2, 3, 4].map(() => app.redeem(code)));
      expect(answers.map(saying).toSorted()).toEqual(['200', ...Array.from({ length: 3 }, () => '400 invalid_grant')]);
    }
  });

  it('of four, redeemed at once, gives each its tokens', async () => {
    const codes = [];
    for (let count = 0; count < 4; count += 1) codes.push(await app.connect(person, ada));
    expect((await Promise.all(codes.map((code) => app.redeem(code)))).map(saying)).toEqual(['200', '200', '200', '200']);
  });

  it('older than a minute is refused', async () => {
    const code = await app.connect(person, ada);
    world.clock.advance({ seconds: 61 });
    expect(saying(await app.redeem(code))).toBe('400 invalid_grant');
  });

  it('of the last minute is taken', async () => {
    const code = await app.connect(person, ada);
    world.clock.advance({ seconds: 50 });
    expect(saying(await app.redeem(code))).toBe('200');
  });

  it('whose tokens can’t be saved is not used up', async () => {
    const code = await app.connect(person, ada);
    const mend = await breakSaving(world, 'AccessToken');
    expect(saying(await app.redeem(code))).toBe('500 server_error');
    await mend();
    expect(saying(await app.redeem(code))).toBe('200');
  });
});
