import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { services } from '../../../src/policy/classes.ts';
import { scopesOf } from '../../../src/policy/scopes.ts';
import { tools } from '../../../src/tools/index.ts';
import { connect, mcp, type ConnectedApp } from '../../support/connect.ts';
import { makeMcpClient, type ClientKind } from '../../support/mcp-clients.ts';
import { openWorld, type World } from '../../support/world.ts';

interface Listed {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: { readonly type: string; readonly additionalProperties: boolean };
  readonly outputSchema: { readonly properties: object; readonly required: readonly string[]; readonly additionalProperties: boolean };
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly securitySchemes: unknown;
  readonly _meta: { readonly securitySchemes: unknown };
}

let world: World;
let app: ConnectedApp;

beforeAll(async () => {
  world = await openWorld({ demo: true });
  app = await connect(world, { choices: { tick: 'all' } });
});
afterAll(() => world.close());

describe('the list of tools on the wire', () => {
  it('is the same in both protocol eras', async () => {
    const modern = await listed();
    expect(await legacy({ method: 'tools/list', params: {} })).toMatchObject({ tools: modern });
    expect(modern.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
  });

  it('says of every tool what it does, what it takes, what it returns and which scope it needs', async () => {
    const byName = new Map((await listed()).map((each) => [each.name, each]));
    for (const { name, title, description, hints, scope } of tools) {
      expect(byName.get(name)).toMatchObject({
        title,
        description,
        inputSchema: { type: 'object', additionalProperties: false },
        outputSchema: { type: 'object', additionalProperties: false },
        annotations: {
          readOnlyHint: hints.readOnly,
          destructiveHint: hints.destructive,
          idempotentHint: hints.idempotent,
          openWorldHint: false,
        },
        _meta: { securitySchemes: [{ type: 'oauth2', scopes: scope === null ? [] : [scope] }] },
      });
    }
  });

  it('offers every scope in the first challenge, since many clients cannot ask for more later', async () => {
    const { headers } = await mcp(world.url, { method: 'tools/list' });
    expect(/scope="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1]?.split(' ')).toEqual(scopesOf(services));
  });
});

describe('the authorization server’s metadata', () => {
  it('says that clients without a secret may give a token back: unsaid, it would mean client_secret_basic (RFC 8414 §2)', async () => {
    const metadata = (await (await fetch(`${world.url}/.well-known/oauth-authorization-server`)).json()) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      revocation_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      revocation_endpoint_auth_signing_alg_values_supported: metadata['token_endpoint_auth_signing_alg_values_supported'],
    });
  });
});

describe('an answer on the wire', () => {
  it('has the keys of its output schema and no others, and its text is the JSON of it (BR-02)', async () => {
    const schemas = new Map((await listed()).map(({ name, outputSchema }) => [name, outputSchema]));
    const { lists } = await structured<{ lists: { list: string }[] }>('list_certificate_lists');
    const { certificates } = await structured<{ certificates: { certificate: string }[] }>('search_certificates', { list: lists[0]?.list });
    const { recipients } = await structured<{ recipients: { recipient: string }[] }>('search_recipients', { limit: 3 });
    const inputs: Record<string, object> = {
      get_account_summary: {},
      list_certificate_lists: { limit: 1 },
      search_certificates: { query: 'an', limit: 3 },
      get_certificate_summary: { certificate: certificates[0]?.certificate },
      search_recipients: { limit: 3 },
      get_recipient_summary: { recipient: recipients[0]?.recipient },
      list_connected_apps: {},
      get_disclosure_history: { since_days: 90 },
      explain_field_policy: {},
    };
    for (const [tool, input] of Object.entries(inputs)) {
      const answer = await app.call(tool, input);
      const { properties = {}, required = [] } = schemas.get(tool) ?? {};
      const keys = Object.keys(answer.structured ?? {});
      expect(keys.filter((each) => !Object.hasOwn(properties, each))).toEqual([]);
      expect(required.filter((each) => !keys.includes(each))).toEqual([]);
      expect(JSON.parse(answer.text ?? '')).toEqual(answer.structured);
    }
  });

  it('never answers an unknown tool, and takes no argument that it does not declare', async () => {
    const unknown = await app.call('drop_tables');
    expect(JSON.parse(unknown.body)).toMatchObject({ error: { code: -32602 } });
    for (const { name } of tools) {
      const answer = await app.call(name, { account: 'ada', reason: 'because' });
      expect([name, answer.status, answer.error]).toEqual([name, 200, 'invalid_input']);
      expect(answer.body).not.toContain('because');
    }
  });
});

describe('a scope that is missing', () => {
  const kinds: readonly ClientKind[] = ['v2 modern', 'v2 legacy', 'v2 auto'];

  it.each(kinds)('is asked for when it is needed, next to those given before: %s', async (kind) => {
    const refusing = { untick: ['recipients:read', 'tls:read'] };
    const client = makeMcpClient(world.url, { kind, choices: [refusing, { tick: ['recipients:read'] }] });
    await client.connect();
    const before = client.auth.tokens()?.scope?.split(' ') ?? [];
    expect(before).toContain('certificates:read');
    client.trail.length = 0;

    expect((await client.call('search_recipients', { limit: 1 })).structuredContent).toMatchObject({
      recipients: [{ name: expect.any(String) }],
    });

    expect(client.trail.filter((each) => each.startsWith('POST'))).toEqual(['POST /mcp 403', 'POST /oauth/token 200', 'POST /mcp 200']);
    const asked = client.auth.opened[1]?.searchParams.get('scope')?.split(' ') ?? [];
    expect(asked).toEqual(expect.arrayContaining([...before, 'recipients:read']));
    expect(client.auth.tokens()?.scope?.split(' ').sort()).toEqual(expect.arrayContaining([...before, 'recipients:read'].sort()));
    await client.close();
  });

  it('is named in a 403 with all scopes that the app needs then (RFC 6750, step-up)', async () => {
    const narrow = await connect(world, {
      name: 'Narrow',
      choices: { untick: scopesOf(services).filter((each) => each !== 'account:read') },
    });
    const refused = await narrow.call('search_certificates');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="account:read certificates:read", resource_metadata="${world.url}/.well-known/oauth-protected-resource/mcp"`,
    );
    expect((await narrow.call('get_account_summary')).structured).not.toBeNull();
  });
});

async function structured<Answer>(tool: string, input: unknown = {}): Promise<Answer> {
  return (await app.call(tool, input)).structured as Answer;
}

async function listed(): Promise<Listed[]> {
  const { body } = await mcp(world.url, { accessToken: app.accessToken, method: 'tools/list' });
  return (JSON.parse(body) as { result: { tools: Listed[] } }).result.tools;
}

/** One request of protocol 2025-11-25, whose answer comes as an event. */
async function legacy(message: { method: string; params: object }): Promise<unknown> {
  const response = await fetch(`${world.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      authorization: `Bearer ${app.accessToken}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
  });
  const data = /^data: (.*)$/m.exec(await response.text())?.[1] ?? '{}';
  return (JSON.parse(data) as { result?: unknown }).result;
}
