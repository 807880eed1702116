import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, mcp, type ConnectedApp } from '../../support/connect.ts';
import { makeMcpClient } from '../../support/mcp-clients.ts';
import { openWorld, type World } from '../../support/world.ts';

describe('with MCP_ERAS=legacy', () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ demo: true, eras: 'legacy' });
  });
  afterAll(() => world.close());

  it.each(['v2 auto', 'v2 legacy', 'v1'] as const)('a client of kind %s connects and calls in 2025-11-25', async (kind) => {
    const client = makeMcpClient(world.url, { kind });
    await client.connect();
    expect(client.version()).toBe('2025-11-25');
    expect((await client.call('get_account_summary')).structuredContent).toMatchObject({ display_name: expect.any(String) });
    await client.close();
  });

  it('a client that speaks 2026-07-28 only is told which versions are served', async () => {
    const { accessToken } = await connect(world);
    const answer = await mcp(world.url, { accessToken, method: 'server/discover' });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      {
        jsonrpc: '2.0',
        id: 1,
        error: {
          code: -32022,
          message: 'This protocol version is not supported.',
          data: { supported: ['2025-11-25', '2025-06-18', '2025-03-26'], requested: '2026-07-28' },
        },
      },
    ]);
    await expect(makeMcpClient(world.url, { kind: 'v2 modern' }).connect()).rejects.toThrow(/version/i);
  });
});

describe('a header that does not repeat its body (MCP 2026-07-28)', () => {
  const counted: string[] = [];
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true, countMismatch: (header) => void counted.push(header) });
    app = await connect(world);
  });
  afterAll(() => world.close());

  it.each([
    ['mcp-protocol-version', '2025-11-25'],
    ['mcp-method', 'tools/list'],
    ['mcp-name', 'search_secrets'],
  ])('is refused, counted and logged by name: %s', async (header, value) => {
    const before = counted.length;
    const sent = await callWith({ [header]: value });
    expect([sent.status, sent.code]).toEqual([400, -32020]);
    expect(counted.slice(before)).toEqual([header]);
    const lines = world.logged.filter((line) => line.includes('headers do not match'));
    expect(lines.at(-1)).toContain(`"headers":["${header}"]`);
    expect(lines.at(-1)).not.toContain(value);
  });

  it('is not found in calls that repeat it, also wrapped in Base64, nor in the legacy protocol', async () => {
    const before = counted.length;
    const wrapped = `=?base64?${Buffer.from('get_account_summary').toString('base64')}?=`;
    expect((await callWith({ 'mcp-name': wrapped })).status).toBe(200);
    const legacy = makeMcpClient(world.url, { kind: 'v1' });
    await legacy.connect();
    await legacy.close();
    expect(counted.slice(before)).toEqual([]);
  });

  async function callWith(changes: Record<string, string>): Promise<{ status: number; code: number | undefined }> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${app.accessToken}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'get_account_summary',
      ...changes,
    };
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
    const params = { name: 'get_account_summary', arguments: {}, _meta };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const response = await fetch(`${world.url}/mcp`, { method: 'POST', headers, body });
    const { error } = (await response.json()) as { error?: { code: number } };
    return { status: response.status, code: error?.code };
  }
});
