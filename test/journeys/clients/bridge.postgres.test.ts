import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tools } from '../../../src/tools/index.ts';
import { bundleOf, unpacked, usedCheckout } from '../../support/bundle.ts';
import { ada } from '../../support/connect.ts';
import { revokeByEndpoint } from '../../support/dashboard.ts';
import { Person } from '../../support/person.ts';
import { openWorld, type World } from '../../support/world.ts';

describe('the desktop bundle’s bridge', () => {
  let world: World;
  let person: Person;
  let directory = '';
  let checkout = '';
  let bundle = '';
  /** The pages that the bridge opened. */
  const visited = new Set<string>();
  let consents = true;
  const allowing: Promise<void>[] = [];

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    person = new Person(world.url);
    directory = await mkdtemp(join(tmpdir(), 'bridge-'));
    checkout = await usedCheckout();
    bundle = await unpacked(await bundleOf(checkout));
  });
  afterAll(async () => {
    await world.close();
    for (const path of [directory, checkout, bundle]) await rm(path, { recursive: true, force: true });
  });

  /** The process that the manifest names, as a desktop assistant starts it from the bundle that it unpacked. */
  async function start(): Promise<Client> {
    const manifest = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8')) as { server: { mcp_config: Command } };
    const { command, args } = manifest.server.mcp_config;
    const filled = args.map((each) => each.replace('${__dirname}', bundle).replace('${user_config.server_url}', `${world.url}/mcp`));
    const env = { PATH: process.env['PATH'] ?? '', HOME: directory, MCP_REMOTE_CONFIG_DIR: directory, BROWSER: 'true' };
    const transport = new StdioClientTransport({ command, args: filled, env, stderr: 'pipe' });
    let said = '';
    transport.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const page = /^http\S+\/oauth\/authorize\?\S+$/m.exec(said)?.[0];
      if (page === undefined || visited.has(page)) return;
      visited.add(page);
      if (consents) allowing.push(allow(page));
    });
    const client = new Client({ name: 'desktop assistant', version: '1' });
    await client.connect(transport);
    return client;
  }

  /** What a person does with the page that the bridge opens. */
  async function allow(page: string): Promise<void> {
    const visit = await person.get(page);
    const { location } = await person.consent(/name="password"/.test(visit.body) ? await person.signIn(visit, ada) : visit);
    if (location) await fetch(location);
  }

  it('signs in through the browser, lists every tool and calls one; started again it needs no sign-in, and revoked it is cut off', async () => {
    const first = await start();
    const listed = await first.listTools();
    expect(listed.tools.map(({ name }) => name).toSorted()).toEqual(tools.map(({ name }) => name).toSorted());
    const called = await first.callTool({ name: 'get_account_summary', arguments: {} });
    expect(called.structuredContent).toMatchObject({ display_name: 'Ada Lovelace Academy', email_masked: expect.stringContaining('…') });
    expect((await first.callTool({ name: 'get_account_summary', arguments: { email: 'x' } })).isError).toBe(true);
    await Promise.all(allowing);
    await first.close();

    const second = await start();
    expect((await second.callTool({ name: 'search_certificates', arguments: { limit: 1 } })).isError).not.toBe(true);
    expect(visited.size).toBe(1);

    const { apps } = JSON.parse((await person.get('/api/apps')).body) as { apps: { name: string }[] };
    await revokeByEndpoint(person, apps[0]?.name ?? '');
    consents = false;
    const cutOff = second.callTool({ name: 'get_account_summary', arguments: {} }).then(
      () => 'answered',
      () => 'refused',
    );
    await vi.waitFor(() => expect(visited.size).toBe(2), 20_000);
    await second.close();
    expect(await cutOff).toBe('refused');
  });
});

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}
