import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handleOf } from '../support/attempts.ts';
import { ada } from '../support/connect.ts';
import { OAuthApp } from '../support/oauth-app.ts';
import { Person, textOf, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('the consent page', () => {
  let world: World;
  let person: Person;
  const documents = new Map<string, Record<string, unknown>>();

  beforeAll(async () => {
    world = await openWorld({
      demo: true,
      fetchClientDocument: async (url) => Response.json(documents.get(String(url)) ?? {}),
    });
    person = new Person(world.url);
    await person.signIn(await person.get('/dashboard'), ada);
  });
  afterAll(() => world.close());

  const askedBy = async (metadata: Record<string, unknown>): Promise<Visit> =>
    person.get((await OAuthApp.register(world.url, metadata)).authorization().url);

  const vouchedBy = async (clientId: string, redirectUri: string, name = 'Assistant'): Promise<Visit> => {
    documents.set(clientId, { client_id: clientId, client_name: name, redirect_uris: [redirectUri] });
    return person.get(new OAuthApp({ origin: world.url, clientId, redirectUri }).authorization().url);
  };

  it.each([
    ['a tag', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['a quote and a handler', '" autofocus onfocus="alert(1)', '&quot; autofocus onfocus=&quot;alert(1)'],
    ['a closing title', '</title><script>x</script>', '&lt;/title&gt;&lt;script&gt;x&lt;/script&gt;'],
    ['writing turned round', '\u202Etcejorp\u2066 evil\u0000\u001b[2J', 'tcejorp evil [2J'],
    ['signs that nobody sees', 'Ch\u200Bat\u2060GPT\uFEFF', 'ChatGPT'],
    ['lines', 'Evil\r\n\r\nVouched for by openai.com', 'Evil Vouched for by openai.com'],
  ])('shows a name with %s as plain text, and says that nobody vouches for it', async (_, client_name, shown) => {
    const page = await askedBy({ client_name });
    expect(page.body).toContain(`<span class="name">${shown}</span>`);
    expect(page.body).not.toMatch(/<(?:img|script|iframe|svg)|onerror="|onfocus="/);
    expect(textOf(page)).toContain('Vouched for by unverified : the name is the app’s own claim');
  });

  it('cuts a name that would push the truth off the page', async () => {
    const page = await askedBy({ client_name: `Nice ${'very '.repeat(2_000)}nice` });
    expect(page.body.length).toBeLessThan(20_000);
    expect(/<span class="name">(Nice very[^<]*)<\/span>/.exec(page.body)?.[1]?.length).toBeLessThanOrEqual(80);
    expect(textOf(page)).toContain('unverified');
  });

  it.each([
    ['in other letters', 'СhаtGРТ'],
    ['that claims to be vouched for', 'ChatGPT (verified by openai.com)'],
    ['as an address', 'https://chatgpt.com'],
  ])('takes no name %s for who it is', async (_, client_name) => {
    const page = await askedBy({
      client_name,
      client_uri: 'https://openai.com',
      logo_uri: 'https://openai.com/logo.png',
      policy_uri: 'https://openai.com/policies',
      tos_uri: 'https://openai.com/terms',
    });
    const text = textOf(page);
    expect(text).toContain('Vouched for by unverified');
    expect(text).toContain('Sends you back to app.example');
    expect(page.body.replaceAll(client_name, '')).not.toContain('openai.com');
    expect(page.body).not.toContain('<img');
  });

  it('shows a host in look-alike letters as what it is', async () => {
    const page = await vouchedBy('https://xn--pple-43d.example/client.json', 'https://xn--pple-43d.example/callback', 'apple.example');
    expect(textOf(page)).toContain('Vouched for by xn--pple-43d.example');
    const raw = await vouchedBy('https://аpple.example/client.json', 'https://xn--pple-43d.example/callback');
    expect(raw.body).not.toContain('аpple.example');
    expect(raw.status === 400 || textOf(raw).includes('Vouched for by xn--pple-43d.example')).toBe(true);
  });

  it('shows both the host that vouches and the one that is returned to', async () => {
    const text = textOf(await vouchedBy('https://honest.example/client.json', 'https://collector.example/callback'));
    expect(text).toContain('Vouched for by honest.example');
    expect(text).toContain('Sends you back to collector.example');
  });

  it('warns of an app on this computer, and of one behind a scheme of its own', async () => {
    for (const uri of ['http://127.0.0.1/callback', 'com.example.app:/callback'])
      expect(textOf(await askedBy({ redirect_uris: [uri] }))).toContain('any program there could use its name');
  });

  it('shows an honest name as it is, the host that vouches for it, and no warning', async () => {
    const text = textOf(await vouchedBy('https://assistant.example/client.json', 'https://assistant.example/callback', 'Ada’s Assistant'));
    expect(text).toContain('Let Ada’s Assistant see some of your data?');
    expect(text).toContain('Vouched for by assistant.example');
    expect(text).toContain('Sends you back to assistant.example');
    expect(text).not.toMatch(/unverified|any program there/);
  });

  it('lets no hostile name run in the lists of the dashboard', async () => {
    const client_name = '<b onmouseover=alert(1)>x</b>';
    const app = await OAuthApp.register(world.url, { client_name });
    await app.tokens(person, ada);
    const path = `/dashboard/apps/${await handleOf({ app, person }, client_name)}`;
    for (const page of ['/dashboard', path, `${path}?done=paused`, '/dashboard/disclosures'])
      expect((await person.get(page)).body).not.toContain('<b onmouseover');
    expect((await person.get('/dashboard')).body).toContain('&lt;b onmouseover=alert(1)&gt;');
  });

  it('and every other page of HTML refuses to be framed, sniffed or kept', async () => {
    const app = await OAuthApp.register(world.url);
    const consent = await person.get(app.authorization().url);
    const stranger = new Person(world.url);
    const pages = [
      consent,
      await stranger.get(app.authorization().url),
      await stranger.get('/sign-in'),
      await stranger.get('/'),
      await stranger.get('/nowhere'),
      await stranger.get('/password/x'),
      await stranger.get('/v/x'),
      await stranger.get('/interaction/x'),
      await stranger.get('/oauth/authorize?client_id=nobody'),
      await stranger.get('/oauth/nowhere'),
      await stranger.get('/sign-in/done'),
      await person.get('/dashboard'),
      await person.get('/dashboard/disclosures'),
      await person.get('/dashboard/apps/x'),
      await person.post(consent.url, { decision: 'allow' }, { origin: 'https://evil.example' }),
    ];
    for (const { url, headers, body } of pages) {
      if (!/html/.test(headers.get('content-type') ?? '')) continue;
      expect([url.pathname, headers.get('content-security-policy')]).toEqual([
        url.pathname,
        expect.stringContaining(`frame-ancestors 'none'`),
      ]);
      expect([url.pathname, headers.get('content-security-policy')]).toEqual([
        url.pathname,
        expect.stringMatching(/^default-src 'none'; style-src 'self';/),
      ]);
      expect([url.pathname, headers.get('x-frame-options'), headers.get('x-content-type-options')]).toEqual([
        url.pathname,
        'DENY',
        'nosniff',
      ]);
      expect([url.pathname, headers.get('referrer-policy'), headers.get('cache-control')]).toEqual([
        url.pathname,
        'no-referrer',
        'no-store',
      ]);
      expect(body).not.toContain('<script');
    }
    expect(pages.filter(({ headers }) => /html/.test(headers.get('content-type') ?? '')).length).toBeGreaterThan(11);
  });

  it('opened by itself works', async () => {
    const app = await OAuthApp.register(world.url);
    const { location } = await person.consent(await person.get(app.authorization().url));
    expect(location?.searchParams.get('code')).not.toBeNull();
  });
});
