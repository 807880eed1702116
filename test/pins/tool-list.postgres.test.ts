import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, mcp, type ConnectedApp } from '../support/connect.ts';
import { eventOf, legacyMcp, listTools } from '../support/tool-list.ts';
import { openWorld, type World } from '../support/world.ts';

const pinned = (value: unknown, url: string): string => `${JSON.stringify(value, null, 2).replaceAll(url, 'https://certveil.example')}\n`;

/** What clients and directories have seen of this server: a change here is a change for them. */
describe('what clients are told', () => {
  let world: World;
  let app: ConnectedApp;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    app = await connect(world);
  });
  afterAll(() => world.close());

  it('of the tools, in protocol 2026-07-28: their order, and of each all that stands in its file', async () => {
    const listed = await listTools(world.url, app.accessToken);
    for (const tool of listed) await expect(pinned(tool, world.url)).toMatchFileSnapshot(`tools/${tool.name}.pin`);
    await expect(`${listed.map(({ name }) => name).join('\n')}\n`).toMatchFileSnapshot('tool-list.pin');
  });

  it('of no tool that is gone: each file in pins/tools is of one that is listed', async () => {
    const files = await readdir(join(import.meta.dirname, 'tools'));
    const listed = (await listTools(world.url, app.accessToken)).map(({ name }) => `${name}.pin`);
    expect(files.filter((each) => !listed.includes(each))).toEqual([]);
  });

  it('of the tools, one type for each value, since some clients know no list of types', async () => {
    const text = JSON.stringify(await listTools(world.url, app.accessToken));
    expect([text.includes('"type":"'), text.includes('"type":[')]).toEqual([true, false]);
  });

  it('of the tools, the same in protocol 2025-11-25, save for words that are newer than it', async () => {
    const { status, body } = await legacyMcp(world.url, { accessToken: app.accessToken, method: 'tools/list' });
    expect(status).toBe(200);
    const legacy = eventOf(body).result?.['tools'] as { name: string }[];
    const modern = await listTools(world.url, app.accessToken);
    expect(legacy.map(({ name }) => name)).toEqual(modern.map(({ name }) => name));
    legacy.forEach((tool, at) => expect(modern[at]).toMatchObject(tool));
    expect(legacy.every((tool) => 'inputSchema' in tool && 'outputSchema' in tool && 'annotations' in tool && '_meta' in tool)).toBe(true);
  });

  it('of the server', async () => {
    const { body } = await mcp(world.url, { accessToken: app.accessToken, method: 'server/discover' });
    const { result } = JSON.parse(body) as { result: Record<string, unknown> };
    await expect(pinned(result, world.url).replaceAll(/"version": "\d+\.\d+\.\d+"/g, '"version": "*"')).toMatchFileSnapshot('server.pin');
  });

  it.each([
    ['/.well-known/oauth-protected-resource/mcp', 'protected-resource.pin'],
    ['/.well-known/oauth-protected-resource', 'protected-resource.pin'],
    ['/.well-known/oauth-authorization-server', 'authorization-server.pin'],
  ])('at %s', async (path, file) => {
    const response = await fetch(`${world.url}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    await expect(pinned(await response.json(), world.url)).toMatchFileSnapshot(file);
  });

  it('by the challenges of 401 and 403', async () => {
    const bare = await mcp(world.url, { method: 'tools/list' });
    const wrong = await mcp(world.url, { accessToken: 'x'.repeat(43), method: 'tools/list' });
    const narrow = await connect(world, { choices: { untick: ['certificates:read'] } });
    const lacking = await narrow.call('search_certificates');
    const challenges = [bare, wrong, lacking].map(({ status, headers, body }) => ({
      status,
      challenge: headers.get('www-authenticate'),
      body: JSON.parse(body) as unknown,
    }));
    await expect(pinned(challenges, world.url)).toMatchFileSnapshot('challenges.pin');
  });
});
