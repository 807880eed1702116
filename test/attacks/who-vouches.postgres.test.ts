import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handleOf } from '../support/attempts.ts';
import { ada, connect } from '../support/connect.ts';
import { OAuthApp, registerRaw } from '../support/oauth-app.ts';
import { formOf, Person, textOf, type Visit } from '../support/person.ts';
import { openWorld, type World } from '../support/world.ts';

describe('who vouches for an app', () => {
  let world: World;
  let person: Person;
  const documents = new Map<string, { readonly document: Record<string, unknown>; readonly type: string | null }>();

  beforeAll(async () => {
    world = await openWorld({
      demo: true,
      fetchClientDocument: async (url) => {
        const { document, type } = documents.get(String(url)) ?? { document: {}, type: null };
        const body = new TextEncoder().encode(JSON.stringify(document));
        return new Response(body, { headers: { ...(type !== null && { 'content-type': type }), 'cache-control': 'max-age=60' } });
      },
    });
    person = new Person(world.url);
    await person.signIn(await person.get('/dashboard'), ada);
  });
  afterAll(() => world.close());

  let count = 0;
  const published = (changes: Record<string, unknown> = {}, type: string | null = 'application/json', host = 'assistant.example') => {
    count += 1;
    const id = `https://${host}/mallory/notes/-/raw/main/${count}.json`;
    const redirectUri = ((changes['redirect_uris'] as string[] | undefined) ?? [`https://${host}/callback`])[0] ?? '';
    const document = { client_id: id, client_name: 'Assistant', redirect_uris: [redirectUri], ...changes };
    documents.set(id, { document, type });
    return new OAuthApp({ origin: world.url, clientId: id, redirectUri });
  };
  const publishAgain = (app: OAuthApp, changes: Record<string, unknown>) => {
    const { document, type } = documents.get(app.clientId) ?? { document: {}, type: null };
    documents.set(app.clientId, { document: { ...document, ...changes }, type });
    world.clock.advance({ minutes: 2 });
  };
  const askedBy = (app: OAuthApp, who = person) => who.get(app.authorization().url);
  const registered = async (client_name: string, more: Record<string, unknown> = {}) =>
    OAuthApp.register(world.url, { client_name, ...more });
  const kept = (app: OAuthApp) => world.database.statement('select 1 from oauth_clients where client_id = $1', [app.clientId]);
  const recordOf = async (app: OAuthApp, name: string) => {
    const path = `/dashboard/apps/${await handleOf({ app, person }, name)}/consent.json`;
    const { consents } = JSON.parse((await person.get(path)).body) as { consents: Record<string, unknown>[] };
    return consents.map(({ app_name, publisher_domain, redirect_host }) => [app_name, publisher_domain, redirect_host]);
  };

  it.each([
    'text/plain; charset=utf-8',
    'text/html',
    'text/json',
    'application/octet-stream',
    'image/png',
    'application/jsonp',
    'application/json-seq',
    'application/x-ndjson',
    'text/plain; x=application/json',
    'multipart/form-data; boundary=json',
    null,
  ])('is no host that serves the file as %s: it is refused before anything of it is kept', async (type) => {
    const app = published({}, type);
    expect([(await askedBy(app)).status, await kept(app)]).toEqual([400, []]);
  });

  it('is no host whose file took the place of its document: the last good one stays in force', async () => {
    const app = published();
    expect((await askedBy(app)).status).toBe(200);
    const { document } = documents.get(app.clientId) ?? { document: {} };
    documents.set(app.clientId, { document: { ...document, client_name: 'Mallory' }, type: 'text/plain' });
    world.clock.advance({ minutes: 2 });
    const page = textOf(await askedBy(app));
    expect([page.includes('Let Assistant see'), page.includes('Mallory')]).toEqual([true, false]);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON ;charset=utf-8', 'application/vnd.client+json'])(
    'is the host that serves its document as %s',
    async (type) => {
      const page = await askedBy(published({}, type));
      expect([page.status, textOf(page)]).toEqual([200, expect.stringContaining('Vouched for by assistant.example')]);
    },
  );

  it('is shown as the whole address, with a warning, when the answer goes to another host', async () => {
    for (const host of ['claude-ai.example', 'evil.assistant.example', 'assistant.example:8443']) {
      const app = published({ redirect_uris: [`https://${host}/callback`] });
      for (const who of [person, new Person(world.url)]) {
        const text = textOf(await askedBy(app, who));
        expect(text).toContain(`Described at ${app.clientId}`);
        expect(text).toContain(`Sends you back to ${host}`);
        expect(text).toContain('The host that describes this app isn’t the one that gets your answer');
      }
    }
  });

  it('is shown by its host alone, without a warning, when the answer goes there', async () => {
    const text = textOf(await askedBy(published()));
    expect(text).not.toMatch(/Described at|isn’t the one that gets|Go on only if/);
  });

  it('is said before anybody types a password, too', async () => {
    const stranger = new Person(world.url);
    const page = textOf(await askedBy(await registered('ChatGPT'), stranger));
    expect(page).toContain('Vouched for by unverified : the name is the app’s own claim');
    expect(page).toContain('Its name is like that of ChatGPT , but the makers of ChatGPT don’t vouch for it');
    expect(textOf(await askedBy(published(), stranger))).toContain('Vouched for by assistant.example');
  });

  it.each([
    ['ChatGPT', 'ChatGPT'],
    ['Chat-GPT', 'ChatGPT'],
    ['СhаtGРТ', 'ChatGPT'],
    ['CIaude', 'Claude'],
    ['С1аudе  Соdе', 'Claude Code'],
    ['Claude (Anthropic)', 'Claude'],
    ['ｃｌａｕｄｅ', 'Claude'],
    ['Visual Studio C0de', 'Visual Studio Code'],
  ])('is nobody well known when %s is only a claim, and the page says so', async (name, like) => {
    for (const app of [await registered(name), published({ client_name: name })])
      expect(textOf(await askedBy(app))).toContain(`Its name is like that of ${like} , but the makers of ${like} don’t vouch for it`);
  });

  it('is nobody that is connected when another app takes the same name', async () => {
    const mine = await connect(world, { name: 'Büro-Helfer 10' });
    const said = 'You have connected an app named Büro-Helfer 10 already. This is another one.';
    for (const name of ['Büro-Helfer 10', 'buro helfer lO', 'Вüro-Неlfer 10'])
      expect(textOf(await askedBy(await registered(name), mine.person))).toContain(said);
    expect(textOf(await askedBy(published({ client_name: 'Büro-Helfer 10' }), mine.person))).toContain(said);
    expect(textOf(await askedBy(mine.app, mine.person))).not.toContain('This is another one');
  });

  it('is in no doubt for a name of one’s own, nor for a second connection of one host', async () => {
    expect(textOf(await askedBy(await registered('Büro-Helfer 11')))).not.toMatch(/Its name is like|This is another one/);
    const [first, second] = [published({ client_name: 'Twice' }), published({ client_name: 'Twice' })];
    await first.connect(person, ada);
    expect(textOf(await askedBy(second))).not.toMatch(/Its name is like|This is another one/);
    const claude = new OAuthApp({
      origin: world.url,
      clientId: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
      redirectUri: 'https://claude.ai/api/mcp/auth_callback',
    });
    expect(textOf(await askedBy(claude))).not.toContain('Its name is like');
  });

  it('is recorded as it was seen: after a change of the name the page comes again, and nothing was allowed', async () => {
    const app = published();
    const page = await askedBy(app);
    publishAgain(app, { client_name: 'Ada’s own backup' });
    const again = await person.consent(page);
    expect([again.status, again.location]).toEqual([409, null]);
    expect(textOf(again)).toMatch(/Let Ada’s own backup see .*changed while you read. Nothing was allowed/);
    expect(await world.database.statement('select 1 from apps where client_id = $1', [app.clientId])).toEqual([]);
    const first = new Map(formOf(page).fields).get('page') ?? '';
    const stale = await person.submit(page.url, { decision: 'allow', scope: 'tls:read', page: first });
    expect([stale.status, stale.location]).toEqual([409, null]);
    expect((await person.consent(again)).location?.searchParams.get('code')).toMatch(/./);
    expect(await recordOf(app, 'Ada’s own backup')).toEqual([['Ada’s own backup', 'assistant.example', 'assistant.example']]);
  });

  it('is asked for no consent with a page that nobody was shown, and gets none to an address that was taken back', async () => {
    const app = published();
    const shown = await askedBy(app);
    await world.database.statement(`update oauth_artifacts set payload = payload - 'shown' where kind = 'Interaction'`, []);
    expect((await person.submit(shown.url, { decision: 'allow', scope: 'tls:read' })).status).toBe(409);
    publishAgain(app, { redirect_uris: ['https://assistant.example/other'] });
    const gone = await person.consent(shown);
    expect([gone.status, gone.location]).toEqual([400, null]);
  });

  it('is recorded as it was seen, also by a form that says no more than the decision, and may be denied at any time', async () => {
    const app = published({ client_name: 'Steady' });
    const page = await askedBy(app);
    const landed = await person.submit(page.url, { decision: 'allow', scope: 'tls:read' });
    expect(landed.location?.searchParams.get('code')).toMatch(/./);
    expect(await recordOf(app, 'Steady')).toEqual([['Steady', 'assistant.example', 'assistant.example']]);
    const other = await askedBy(app);
    publishAgain(app, { client_name: 'Changed' });
    expect((await person.consent(other, { decision: 'deny' })).location?.searchParams.get('error')).toBe('access_denied');
  });

  it.each([
    'smb://evil.example/share',
    'ftp://evil.example/x',
    'ssh://evil.example',
    'sftp://evil.example',
    'ws://evil.example/x',
    'wss://evil.example/x',
    'ldap://evil.example/x',
    'mailto:mallory@evil.example',
    'sms:+4915100000',
    'tel:+4915100000',
    'intent://evil.example#Intent;end',
    'view-source:https://evil.example',
    'ms-word:ofe|u|https://evil.example/x.docx',
    'ms-settings.x:/cb',
    'search-ms:query=x',
    'feed:javascript:alert(1)',
    'feed:https://evil.example',
    'file:///etc/passwd',
    'blob:x',
    'data:text/html,x',
    'vbscript:x',
    'magnet:?xt=x',
    'steam://run/1',
    'itms-services://?action=download-manifest',
    'chrome://settings',
    'web+evil:x',
    'soap.beep://evil.example',
    'iris.xpc://evil.example',
    'x:/cb',
  ])('is no scheme like %s: no client registers or publishes it', async (uri) => {
    const { status, body } = await registerRaw(world.url, { redirect_uris: [uri] });
    expect([status, body['error']]).toEqual([400, 'invalid_redirect_uri']);
    expect((await askedBy(published({ redirect_uris: [uri] }))).status).toBe(400);
  });

  it.each([
    ['com.example.app:/cb', 'com.example.app:'],
    ['com.example.app://oauth/cb', 'com.example.app://oauth'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor://anysphere.cursor-mcp'],
    ['vscode://vendor.extension/cb', 'vscode://vendor.extension'],
    ['vscode-insiders://vendor.extension/cb', 'vscode-insiders://vendor.extension'],
    ['claude://cb', 'claude://cb'],
  ])('is a program of its own scheme like %s, shown with its host: %s', async (uri, shown) => {
    const page: Visit = await askedBy(await registered('Program', { redirect_uris: [uri] }));
    expect(textOf(page)).toContain(`Sends you back to ${shown} `);
    expect((await person.consent(page)).location?.href.startsWith(uri)).toBe(true);
  });
});
