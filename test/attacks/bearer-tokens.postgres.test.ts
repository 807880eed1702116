import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opens } from '../support/attempts.ts';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { watchConnections } from '../support/connection-attempts.ts';
import { recordAnswers } from '../support/recorder.ts';
import { answerOn, sendRaw, type RawAnswer } from '../support/raw-http.ts';
import { connect as connectSocket } from 'node:net';
import { watchServer } from '../support/seen-by-server.ts';
import { openWorld, type World } from '../support/world.ts';

type Header = readonly [string, string];

const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const form: Header = ['content-type', 'application/x-www-form-urlencoded'];

describe('a bearer token', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
  });
  afterAll(() => world.close());

  const ask = (headers: readonly Header[], rest: { target?: string; body?: string } = {}): Promise<RawAnswer> =>
    sendRaw(world.url, {
      method: 'POST',
      target: '/mcp',
      body: message,
      ...rest,
      headers: [
        ...(headers.some(([name]) => name === 'content-type') ? [] : ([['content-type', 'application/json']] as const)),
        ['accept', 'application/json, text/event-stream'],
        ['mcp-protocol-version', '2025-11-25'],
        ...headers,
      ],
    });
  const bearer = (token = app.accessToken): Header => ['authorization', `Bearer ${token}`];

  it.each<[string, () => Promise<RawAnswer>]>([
    ['that is missing', () => ask([])],
    ['in the query', () => ask([], { target: `/mcp?access_token=${app.accessToken}` })],
    ['in a form', () => ask([form], { body: `access_token=${app.accessToken}` })],
    ['in a cookie', () => ask([['cookie', `access_token=${app.accessToken}; Authorization=Bearer ${app.accessToken}`]])],
    [
      'as DPoP',
      () =>
        ask([
          ['authorization', `DPoP ${app.accessToken}`],
          ['dpop', 'x.y.z'],
        ]),
    ],
    ['as Basic', () => ask([['authorization', `Basic ${Buffer.from(`:${app.accessToken}`).toString('base64')}`]])],
    ['beside another', () => ask([['authorization', `Bearer ${app.accessToken}, Bearer ${app.accessToken}`]])],
    ['that is a refresh token', () => ask([bearer(app.refreshToken)])],
    ['cut short', () => ask([bearer(app.accessToken.slice(0, -1))])],
    ['made longer', () => ask([bearer(`${app.accessToken}A`)])],
    ['in other letters', () => ask([bearer(app.accessToken.toUpperCase())])],
  ])('%s is none: 401 that says where to get one', async (_, attempt) => {
    const answer = await attempt();
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain(`resource_metadata="${world.url}/.well-known/oauth-protected-resource/mcp"`);
    expect(answer.text).not.toContain(app.accessToken);
  });

  it('in its header is taken', async () => {
    expect((await ask([bearer()])).status).toBe(200);
  });

  it('of another resource, another issuer, or of no grant is none', async () => {
    const elsewhere = await openWorld({ demo: true });
    const foreign = await connect(elsewhere);
    expect([await opens(elsewhere.url, foreign.accessToken), await opens(world.url, foreign.accessToken)]).toEqual([200, 401]);
    expect(await opens(elsewhere.url, app.accessToken)).toBe(401);
    await elsewhere.close();
    for (const change of [
      `resource = 'https://other.example/mcp'`,
      `oidc_grant_id = 'gone'`,
      `client_id = 'somebody else'`,
      `kind = 'Session'`,
    ]) {
      const victim = await connect(world, { name: 'Changed' });
      const rows = `where kind = 'AccessToken' and client_id = '${victim.app.clientId}'`;
      await world.database.statement(`update oauth_artifacts set ${change} ${rows}`, []);
      expect([change, await opens(world.url, victim.accessToken)]).toEqual([change, 401]);
    }
  });

  it('of this resource and a living grant is taken', async () => {
    const own = await connect(world, { name: 'Unchanged' });
    const rows = `where kind = 'AccessToken' and client_id = '${own.app.clientId}'`;
    await world.database.statement(`update oauth_artifacts set resource = '${world.url}/mcp' ${rows}`, []);
    expect(await opens(world.url, own.accessToken)).toBe(200);
  });

  it('without a tool’s scope gets 403 that names what is missing, and no data', async () => {
    const narrow = await connect(world, { name: 'Narrow', choices: { untick: ['certificates:read'] } });
    const answer = await narrow.call('search_certificates');
    expect([answer.status, answer.structured]).toEqual([403, null]);
    const challenge = answer.headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toMatch(/scope="[^"]*certificates:read[^"]*"/);
  });

  it('with it gets an answer', async () => {
    expect((await app.call('search_certificates')).structured).not.toBeNull();
  });

  it('is passed on to nobody, and is in no answer and no log line', async () => {
    const [attempts, recorder] = [watchConnections(), recordAnswers()];
    for (const tool of ['get_account_summary', 'search_certificates', 'list_connected_apps', 'get_disclosure_history'])
      expect((await app.call(tool)).structured).not.toBeNull();
    attempts.stop();
    recorder.stop();
    expect(attempts.to.filter((each) => !/^(?:127\.0\.0\.1|::1) /.test(each))).toEqual([]);
    expect(recorder.sent.every(({ to }) => to.startsWith(`POST ${world.url}/mcp`))).toBe(true);
    for (const token of [app.accessToken, app.refreshToken]) {
      expect(recorder.sent.some(({ text }) => text.includes(token))).toBe(false);
      expect(world.logged.some((line) => line.includes(token))).toBe(false);
    }
  });

  it('is unknown to the tools’ side: neither what it is given, nor an error of it, nor a log line holds it', async () => {
    const { makeServer, seen } = watchServer();
    const beside = await openWorld({ beside: world, makeServer });
    const params = { name: 'get_account_summary', arguments: { mark: 'of this call' } };
    const envelope = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
    const modern = [
      ['mcp-protocol-version', '2026-07-28'],
      ['mcp-method', 'tools/call'],
      ['mcp-name', params.name],
    ] as const;
    for (const [headers, asked] of [
      [[['mcp-protocol-version', '2025-11-25']], params],
      [modern, { ...params, _meta: envelope }],
    ] as const) {
      const answer = await sendRaw(beside.url, {
        method: 'POST',
        target: '/mcp',
        headers: [
          ['host', new URL(world.url).host],
          bearer(),
          ['content-type', 'application/json'],
          ['accept', 'application/json, text/event-stream'],
          ...headers,
        ],
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: asked }),
      });
      expect([answer.text.includes('error'), answer.text.includes(app.accessToken)]).toEqual([true, false]);
    }
    await beside.close();
    expect(seen.filter((each) => each.includes('of this call'))).toHaveLength(2);
    expect(seen.filter((each) => each.includes(app.app.clientId))).toHaveLength(seen.length);
    expect([...seen, ...beside.logged].filter((each) => each.includes(app.accessToken))).toEqual([]);
  });

  it.each<[string, readonly Header[], number]>([
    ['another host', [['host', 'evil.example']], 421],
    ['this host on another port', [['host', 'localhost:1']], 421],
    ['a page of another site', [['origin', 'https://evil.example']], 403],
    ['a page of a host that begins alike', [['origin', 'http://localhost.evil.example']], 403],
    ['a page without an origin', [['origin', 'null']], 403],
  ])('sent by way of %s opens nothing', async (_, headers, status) => {
    const answer = await ask([bearer(), ...headers]);
    expect([answer.status, answer.body.includes('tools')]).toEqual([status, false]);
  });

  it('sent by an assistant’s page, the Inspector’s, our own, or a program opens as ever', async () => {
    for (const origin of ['https://claude.ai', 'https://chatgpt.com', 'http://localhost:6274', world.url])
      expect((await ask([bearer(), ['origin', origin]])).status).toBe(200);
    const forwarded = [
      ['x-forwarded-host', 'evil.example'],
      ['x-forwarded-proto', 'gopher'],
    ] as const;
    expect((await ask([bearer(), ...forwarded])).status).toBe(200);
  });

  /** What comes back for bytes on one connection: the number of answers, and the first. */
  const pipeline = async (bytes: string): Promise<{ count: number; status: number; text: string }> => {
    const socket = connectSocket(Number(new URL(world.url).port), '127.0.0.1');
    socket.write(Buffer.from(bytes, 'latin1'));
    const { status, text } = await answerOn(socket);
    return { count: text.split('HTTP/1.1 ').length - 1, status, text };
  };
  const head = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
  const inner = () => head(['GET /api/apps HTTP/1.1', `host: ${new URL(world.url).host}`, 'connection: close']);

  it.each<[string, (smuggled: string) => string[]]>([
    ['a length and chunks', (smuggled) => [`content-length: ${5 + smuggled.length}`, 'transfer-encoding: chunked']],
    ['two lengths', (smuggled) => ['content-length: 5', `content-length: ${5 + smuggled.length}`]],
    ['chunks by another name', () => ['content-length: 5', 'transfer-encoding: xchunked']],
    ['a length with a sign', () => ['content-length: +5']],
    ['a space before the colon', () => ['transfer-encoding : chunked', 'content-length: 5']],
  ])('is smuggled past nothing by a request with %s: one refusal, and the connection is closed', async (_, lines) => {
    const host = `host: ${new URL(world.url).host}`;
    const answer = await pipeline(`${head(['POST /mcp HTTP/1.1', host, ...lines(inner())])}0\r\n\r\n${inner()}`);
    expect([answer.count, answer.status]).toEqual([1, 400]);
  });

  it('comes in one of two requests on one connection, and each is answered', async () => {
    const host = `host: ${new URL(world.url).host}`;
    const answer = await pipeline(`${head(['POST /mcp HTTP/1.1', host, 'content-length: 5'])}0\r\n\r\n${inner()}`);
    expect([answer.count, answer.status]).toEqual([2, 401]);
  });
});
