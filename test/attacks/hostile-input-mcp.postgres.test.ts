import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, mcp, type ConnectedApp } from '../support/connect.ts';
import { contentTypes, jsonBodies, leaksIn, mark } from '../support/hostile.ts';
import { sendRaw, type RawRequest } from '../support/raw-http.ts';
import { openWorld, type World } from '../support/world.ts';

type Headers = readonly (readonly [string, string])[];

const eras = {
  '2026-07-28': [
    ['mcp-protocol-version', '2026-07-28'],
    ['mcp-method', 'tools/list'],
  ],
  '2025-11-25': [['mcp-protocol-version', '2025-11-25']],
} as const satisfies Record<string, Headers>;

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('hostile input to /mcp', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world, { choices: { tick: 'all' } });
  });
  afterAll(() => world.close());

  const send = (headers: Headers, rest: Partial<RawRequest>) =>
    sendRaw(world.url, {
      method: 'POST',
      target: '/mcp',
      ...rest,
      headers: [['authorization', `Bearer ${app.accessToken}`], ['accept', 'application/json, text/event-stream'], ...headers],
    });
  const json = ['content-type', 'application/json'] as const;

  describe.each(Object.entries(eras))('of the era %s', (_era, era) => {
    it.each(jsonBodies)('refuses a body that is $name, in fixed words', async ({ body, chunked = false }) => {
      const answer = await send([json, ...era], { body, chunked });
      expect([answer.status, leaksIn(answer.text)]).toEqual([expect.toSatisfy((status: number) => status < 500), []]);
      expect(answer.body).toContain('"error":{"code":');
    });

    it.each(contentTypes)('refuses the content type %j', async (type) => {
      const answer = await send([['content-type', type], ...era], { body: `{"${mark}":1}` });
      expect([answer.status, leaksIn(answer.text)]).toEqual([type.startsWith('application/json;') ? 400 : 415, []]);
    });

    it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'TRACE', 'PROPFIND'])('refuses the method %s', async (method) => {
      const answer = await send(era, { method });
      expect([answer.status, leaksIn(answer.text)]).toEqual([405, []]);
    });

    it('answers an honest message', async () => {
      const params = era === eras['2026-07-28'] ? { params: { _meta: envelope } } : {};
      const answer = await send([json, ...era], {
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', ...params }),
      });
      expect([answer.status, answer.body.includes('search_certificates')]).toEqual([200, true]);
    });

    const hostileMessages: readonly (readonly [string, unknown])[] = [
      ['an unknown method', { method: mark, params: { [mark]: 1 } }],
      ['a method that is a prototype’s', { method: '__proto__' }],
      ['a method that is no text', { method: { [mark]: 1 } }],
      ['an unknown tool', { method: 'tools/call', params: { name: mark, arguments: {} } }],
      ['a tool that is a prototype’s', { method: 'tools/call', params: { name: 'constructor', arguments: {} } }],
      ['a tool’s name of the wrong type', { method: 'tools/call', params: { name: { [mark]: mark } } }],
      ['no params', { method: 'tools/call' }],
      ['params that are a list', { method: 'tools/call', params: [mark] }],
      ['params that are text', { method: 'tools/call', params: mark }],
      ['arguments that are text', { method: 'tools/call', params: { name: 'get_account_summary', arguments: mark } }],
      ['arguments that are a list', { method: 'tools/call', params: { name: 'get_account_summary', arguments: [mark] } }],
      ['a cursor of a list of tools', { method: 'tools/list', params: { cursor: { [mark]: 1 } } }],
      ['an initialize of nonsense', { method: 'initialize', params: { protocolVersion: mark, clientInfo: mark, capabilities: mark } }],
      ['a subscription', { method: 'subscriptions/listen', params: { notifications: { [mark]: true } } }],
      ['a resource', { method: 'resources/read', params: { uri: `file:///${mark}` } }],
      ['a prompt', { method: 'prompts/get', params: { name: mark } }],
      ['a level of logging', { method: 'logging/setLevel', params: { level: mark } }],
      ['a completion', { method: 'completion/complete', params: { ref: { type: mark }, argument: mark } }],
      ['an answer that nobody asked for', { result: { [mark]: 1 } }],
      ['another JSON-RPC', { jsonrpc: mark, method: 'tools/list' }],
      ['an id of the wrong type', { id: { [mark]: 1 }, method: 'tools/list' }],
      ['a number too big for an id', { id: 1e300, method: mark }],
      ['meta of the wrong type', { method: 'tools/list', params: { _meta: mark } }],
      ['a state that was never given', { method: 'tools/call', params: { name: 'get_account_summary', requestState: mark } }],
    ];

    it.each(hostileMessages)('answers %s in fixed words', async (_name, message) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...(message as object) });
      const answer = await send([json, ...era], { body });
      expect([answer.status, leaksIn(answer.text)]).toEqual([expect.toSatisfy((status: number) => status < 500), []]);
    });
  });

  it.each([
    ['an unknown version in the envelope', { 'io.modelcontextprotocol/protocolVersion': mark }],
    ['capabilities of the wrong type', { 'io.modelcontextprotocol/clientCapabilities': mark }],
    ['client information of the wrong type', { 'io.modelcontextprotocol/clientInfo': { name: [mark] } }],
    ['an unknown key', { [`io.modelcontextprotocol/${mark}`]: mark }],
  ])('answers %s in fixed words', async (_name, change) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: { ...envelope, ...change } } });
    const answer = await send([json, ...eras['2026-07-28']], { body });
    expect([answer.status, leaksIn(answer.text)]).toEqual([expect.toSatisfy((status: number) => status < 500), []]);
  });

  it.each([
    ['mcp-protocol-version', mark],
    ['mcp-protocol-version', '1999-01-01'],
    ['mcp-method', mark],
    ['mcp-name', mark],
    ['mcp-name', `=?base64?${mark}?=`],
    ['mcp-session-id', mark],
    ['last-event-id', mark],
    ['accept', mark],
    ['accept', 'text/html'],
    ['origin', `https://${mark}.example`],
    ['mcp-param-query', mark],
  ])('answers the header %s: %s in fixed words', async (name, value) => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'get_account_summary', arguments: {}, _meta: envelope },
    });
    const usual: Headers = [
      ['mcp-protocol-version', '2026-07-28'],
      ['mcp-method', 'tools/call'],
      ['mcp-name', 'get_account_summary'],
    ];
    const answer = await send([json, ...usual.filter(([each]) => each !== name), [name, value]], { body });
    expect([answer.status, leaksIn(answer.text)]).toEqual([expect.toSatisfy((status: number) => status < 500), []]);
  });

  it.each([
    ['malformed JSON', '{"a":', -32_700],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), -32_700],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]', -32_600],
    ['no request', '7', -32_600],
    ['depth', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, -32_600],
  ] as const)('tells a client of JSON-RPC about %s by its code', async (_name, body, code) => {
    const answer = await send([json, ...eras['2026-07-28']], { body });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ jsonrpc: '2.0', id: null, error: { code, message: expect.any(String) } });
  });

  it.each([
    ['no token', null, 401],
    ['Basic credentials', `Basic ${mark}`, 401],
    ['a token that was never issued', `Bearer ${mark}${mark}${mark}`, 401],
    ['a token too long', `Bearer ${'x'.repeat(8_000)}`, 401],
    ['two tokens', `Bearer ${mark}${mark}, Bearer ${mark}${mark}`, 401],
    ['a token with NUL in base64', 'Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAA', 401],
  ])('answers %s without a word about why', async (_name, authorization, status) => {
    const headers: Headers = authorization === null ? [json] : [json, ['authorization', authorization]];
    const answer = await sendRaw(world.url, { method: 'POST', target: '/mcp', headers, body: `{"${mark}":1}` });
    expect([answer.status, leaksIn(answer.text)]).toEqual([status, []]);
  });

  it('serves on, and has logged no failure and nothing of the input', async () => {
    expect((await mcp(world.url, { accessToken: app.accessToken, method: 'tools/list' })).status).toBe(200);
    expect((await app.call('get_account_summary')).structured).not.toBeNull();
    expect(world.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)).toEqual([]);
    expect(world.logged.filter((line) => line.includes(mark) || line.includes(app.accessToken) || line.includes('@example'))).toEqual([]);
  });
});
