import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada } from '../support/connect.ts';
import { OAuthApp, registerRaw } from '../support/oauth-app.ts';
import { formOf, Person, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

const web = 'https://app.example/callback';
const loopback = 'http://127.0.0.1/callback';

describe('an authorization', () => {
  let world: World;
  let app: OAuthApp;
  let native: OAuthApp;
  let person: Person;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await OAuthApp.register(world.url);
    const registered = await OAuthApp.register(world.url, { redirect_uris: [loopback] });
    native = new OAuthApp({ origin: world.url, clientId: registered.clientId, redirectUri: 'http://127.0.0.1:4711/callback' });
    person = new Person(world.url);
    await person.signIn(await person.get('/dashboard'), ada);
    for (const each of [app, native]) await each.connect(person, ada);
  });
  afterAll(() => world.close());

  const errorOf = ({ location }: Visit) =>
    (location && new URLSearchParams(location.search || location.hash.slice(1)).get('error')) ?? null;
  const codeOf = ({ location }: Visit) => (location && new URLSearchParams(location.search || location.hash.slice(1)).get('code')) ?? null;
  /** Consents wherever it is asked. */
  const goThrough = async (page: Visit) => (page.body.includes('name="decision"') ? person.consent(page) : page);

  it.each([
    `${web}/`,
    `${web}?x=1`,
    `${web}#x`,
    `${web}/../evil`,
    'https://app.example/CALLBACK',
    'https://app.example.evil.example/callback',
    'https://app.example:8443/callback',
    'https://user@app.example/callback',
    'https://evil.example/callback',
    'http://app.example/callback',
    '//app.example/callback',
    'callback',
    '',
  ])('never redirects to %j, which is not what was registered, whatever else is wrong', async (redirect_uri) => {
    for (const more of [{}, { response_type: 'token' }, { prompt: 'none' }, { resource: 'https://other.example' }]) {
      const visit = await person.get(app.authorization({ redirect_uri, ...more }).url);
      expect([visit.status, visit.location]).toEqual([400, null]);
      expect(redirect_uri.length > 8 && visit.body.includes(redirect_uri)).toBe(false);
    }
  });

  it('redirects to what was registered, letter by letter', async () => {
    const { location } = await goThrough(await person.get(app.authorization({ redirect_uri: web }).url));
    expect(location?.href.startsWith(`${web}?`)).toBe(true);
  });

  it.each([
    'http://127.0.0.1:4711/other',
    'http://127.0.0.1:4711/callback?x=1',
    'http://localhost:4711/callback',
    'http://[::1]:4711/callback',
    'http://127.0.0.2:4711/callback',
    'http://user@127.0.0.1:4711/callback',
    'http://127.0.0.1.evil.example/callback',
    'https://127.0.0.1:4711/callback',
  ])('never redirects to %s when another loopback address was registered', async (redirect_uri) => {
    const visit = await person.get(native.authorization({ redirect_uri }).url);
    expect([visit.status, visit.location]).toEqual([400, null]);
  });

  it('redirects to the registered loopback address on any port', async () => {
    for (const port of ['1024', '65535']) {
      const redirect_uri = `http://127.0.0.1:${port}/callback`;
      const { location } = await goThrough(await person.get(native.authorization({ redirect_uri }).url));
      expect(location?.href.startsWith(`${redirect_uri}?`)).toBe(true);
    }
  });

  it.each([
    'http://app.example/cb',
    'https://user:pw@app.example/cb',
    'https://app.example/cb#f',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'blob:https://app.example/x',
    'about:blank',
    'callback',
  ])('cannot be made with %s: no client registers it', async (uri) => {
    const { status, body } = await registerRaw(world.url, { redirect_uris: [web, uri] });
    expect([status, body['error']]).toEqual([400, 'invalid_redirect_uri']);
  });

  it('can be made with https, a loopback address or an app’s own scheme', async () => {
    for (const uri of [web, loopback, 'http://localhost/cb', 'com.example.app:/cb', 'cursor.app://cb'])
      expect([uri, (await registerRaw(world.url, { redirect_uris: [uri] })).status]).toEqual([uri, 201]);
  });

  it.each(['nobody', 'https://127.0.0.1/client.json', 'dashboard', ''])('of the client %j leads nowhere else', async (client_id) => {
    const visit = await person.get(app.authorization({ client_id }).url);
    expect([visit.status, visit.location]).toEqual([400, null]);
  });

  it.each([
    ['fragment', 'code'],
    ['form_post', 'code'],
    ['web_message', 'code'],
    ['jwt', 'code'],
    ['query.jwt', 'code'],
    ['query', 'token'],
    ['fragment', 'token'],
    ['query', 'id_token'],
    ['fragment', 'code token'],
    ['fragment', 'code id_token'],
    ['query', 'none'],
  ])('answered by %s with %s is refused, and nothing is given', async (response_mode, response_type) => {
    const visit = await goThrough(await person.get(app.authorization({ response_mode, response_type, nonce: 'n' }).url));
    expect([errorOf(visit), codeOf(visit)]).toEqual([
      expect.stringMatching(/^(?:invalid_request|unsupported_response_(?:mode|type)|unauthorized_client)$/),
      null,
    ]);
    expect(visit.location?.href).not.toMatch(/access_token|id_token=|[?#&]code=/);
    expect(visit.body).not.toContain('<script');
  });

  it('answered by query with code gives a code', async () => {
    const visit = await goThrough(await person.get(app.authorization({ response_mode: 'query' }).url));
    expect([errorOf(visit), visit.location?.searchParams.get('code')]).toEqual([null, expect.stringMatching(/^[\w-]{40,}$/)]);
  });

  it('passed off as another issuer’s is refused by a client that looks: every answer says who gave it', async () => {
    const issuer = new URL(world.url);
    const as = { issuer: world.url, authorization_response_iss_parameter_supported: true };
    const client = { client_id: app.clientId };
    const answers = [
      await person.consent(await person.get(app.authorization({ state: 's' }).url)),
      await person.consent(await person.get(app.authorization({ state: 's' }).url), { decision: 'deny' }),
      await person.get(app.authorization({ state: 's', prompt: 'none' }).url),
    ].map(({ location }) => location ?? issuer);
    for (const answer of answers) {
      expect(answer.searchParams.get('iss')).toBe(world.url);
      for (const iss of ['https://honest.example', null]) {
        const altered = new URL(answer);
        if (iss === null) altered.searchParams.delete('iss');
        else altered.searchParams.set('iss', iss);
        expect(() => oauth.validateAuthResponse(as, client, altered, 's')).toThrow(oauth.OperationProcessingError);
      }
    }
  });

  it('as it comes is taken by a client that looks', async () => {
    const { location } = await person.consent(await person.get(app.authorization({ state: 's' }).url));
    const as = { issuer: world.url, authorization_response_iss_parameter_supported: true };
    const parameters = oauth.validateAuthResponse(as, { client_id: app.clientId }, location ?? new URL(world.url), 's');
    expect(parameters.get('code')).not.toBeNull();
  });

  it.each(['web', 'native'])('without a question is never given, however often a %s client was allowed before', async (kind) => {
    const asking = kind === 'web' ? app : native;
    await asking.connect(person, ada);
    for (const more of [
      {},
      { prompt: 'login consent' },
      { scope: 'tls:read' },
      { login_hint: ada.email },
      { claims: '{}' },
      { max_age: '86400', scope: 'openid tls:read' },
    ]) {
      const page = await person.get(asking.authorization(more).url);
      expect([page.status, page.location, page.body.includes('code=')]).toEqual([200, null, false]);
    }
    const silent = await person.get(asking.authorization({ prompt: 'none' }).url);
    expect([errorOf(silent), codeOf(silent)]).toEqual([expect.stringMatching(/^(?:consent|interaction)_required$/), null]);
    const stranger = await new Person(world.url).get(asking.authorization({ prompt: 'none' }).url);
    expect([stranger.status, stranger.location, stranger.body.includes('error=login_required')]).toEqual([400, null, true]);
  });

  it('that the person allows again is given again', async () => {
    for (const asking of [app, native]) {
      const page = await person.get(asking.authorization().url);
      expect(formOf(page).buttons.map(({ value }) => value)).toEqual(['allow', 'deny']);
      expect(codeOf(await person.consent(page))).not.toBeNull();
    }
  });

  it('is not approved by a link, or by a form of another site', async () => {
    const page = await person.get(app.authorization().url);
    const linked = await person.get(`${page.url.pathname}?decision=allow&scope=tls:read`);
    expect([linked.location, linked.body.includes('name="decision"')]).toEqual([null, true]);
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
    ]) {
      const posted = await person.post(page.url, { decision: 'allow', scope: 'tls:read' }, headers as unknown as Record<string, string>);
      expect([posted.status, posted.location]).toEqual([403, null]);
    }
    expect(codeOf(await person.consent(page))).not.toBeNull();
  });

  it('is approved by the form of its own page', async () => {
    const page = await person.get(app.authorization().url);
    const posted = await person.submit(page.url, { decision: 'allow', scope: 'tls:read' });
    expect(codeOf(posted)).not.toBeNull();
  });

  it('begun in one browser does nothing in another, at no step', async () => {
    const victim = new Person(world.url);
    await victim.signIn(await victim.get('/dashboard'), ada);
    const mallory = new Person(world.url);
    const signIn = await mallory.get(app.authorization().url);
    expect((await victim.get(signIn.url)).status).toBe(400);
    expect((await victim.submit(signIn.url, { email: ada.email, password: ada.password })).status).toBe(400);
    const consent = await mallory.signIn(signIn, ada);
    expect((await victim.get(consent.url)).status).toBe(400);
    expect((await victim.submit(consent.url, { decision: 'allow', scope: 'tls:read' })).location).toBeNull();
    const resume = (await mallory.post(consent.url, { decision: 'allow', scope: 'tls:read' })).location;
    const taken = await victim.get(resume ?? '');
    expect([taken.status, taken.location]).toEqual([400, null]);
  });

  it('goes on in the browser that began it', async () => {
    const mallory = new Person(world.url);
    const consent = await mallory.signIn(await mallory.get(app.authorization().url), ada);
    const resume = (await mallory.post(consent.url, { decision: 'allow', scope: 'tls:read' })).location;
    expect(codeOf(await mallory.get(resume ?? ''))).not.toBeNull();
  });
});
