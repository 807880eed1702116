import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tools } from '../../../src/tools/index.ts';
import { clientDocumentUrl, clientDocumentName, fetchClientDocument } from '../../support/client-document.ts';
import { revokeByEndpoint, revokeByForm } from '../../support/dashboard.ts';
import { clientKinds, makeMcpClient, type ClientKind, type McpClient } from '../../support/mcp-clients.ts';
import { registrations, type Registration } from '../../support/person-at-browser.ts';
import { openWorld, type World } from '../../support/world.ts';

const versions: Record<ClientKind, string> = {
  'v2 modern': '2026-07-28',
  'v2 auto': '2026-07-28',
  'v2 legacy': '2025-11-25',
  v1: '2025-11-25',
};

describe('the published TypeScript clients go the whole way', () => {
  let world: World;
  const open: McpClient[] = [];

  beforeAll(async () => {
    world = await openWorld({ demo: true, fetchClientDocument });
  });
  afterAll(async () => {
    for (const client of open) await client.close();
    await world.close();
  });

  const ways = clientKinds.flatMap((kind) => registrations.map((registration): [ClientKind, Registration] => [kind, registration]));

  it.each(ways)(
    '%s with %s: 401, sign-in, consent, answers, refresh, revoked in the dashboard, 401 and no refresh (BR-05, BR-06, CF-10)',
    async (kind, registration) => {
      const client = makeMcpClient(world.url, { kind, registration });
      open.push(client);

      await client.connect();
      expect(client.version()).toBe(versions[kind]);
      expectFirstConnection(client, registration);

      expect((await client.tools()).map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
      await expectAnswers(client);

      world.clock.advance({ minutes: 16 });
      client.trail.length = 0;
      expect((await client.call('get_account_summary')).isError).not.toBe(true);
      expect(client.trail.filter((each) => each.startsWith('POST'))).toEqual(['POST /mcp 401', 'POST /oauth/token 200', 'POST /mcp 200']);

      const { access_token: access, refresh_token: refresh, issuer: _, ...rest } = client.auth.tokens() ?? { access_token: '' };
      expect(rest).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
      expect(await cutOff(client, registration)).toMatch(/access revoked|"effective":"next_call"/);

      client.auth.isThere = false;
      client.trail.length = 0;
      await expect(client.call('get_account_summary')).rejects.toThrow(/unauthorized/i);
      expect(client.trail.filter((each) => each.startsWith('POST'))).toEqual(['POST /mcp 401', 'POST /oauth/token 400']);
      expect(await refusal(client, refresh ?? '')).toEqual([400, 'invalid_grant']);
      expect((await fetch(`${world.url}/mcp`, { method: 'POST', headers: { authorization: `Bearer ${access}` } })).status).toBe(401);
    },
  );

  /** From the first 401 to the token, nothing but the documents and the registration that is needed. */
  function expectFirstConnection({ trail, auth }: McpClient, registration: Registration): void {
    const steps = ['POST /mcp 401', 'GET /.well-known/oauth-protected-resource/mcp 200', 'GET /.well-known/oauth-authorization-server 200'];
    if (registration === 'dynamic registration') steps.push('POST /oauth/register 201');
    expect(trail.slice(0, steps.length)).toEqual(steps);
    expect(trail.filter((each) => /oauth\/(?:register|token)/.test(each))).toEqual([...steps.slice(3), 'POST /oauth/token 200']);
    expect(trail.at(-1)).toMatch(/^POST \/mcp 20[02]$|^GET \/mcp 405$/);
    const [asked] = auth.opened;
    expect(asked?.searchParams.get('resource')).toBe(`${world.url}/mcp`);
    expect(asked?.searchParams.get('client_id') === clientDocumentUrl).toBe(registration === 'a metadata document');
  }

  /** By the dashboard's form, or by its endpoint. */
  async function cutOff({ auth: { person, clientName } }: McpClient, registration: Registration): Promise<string> {
    if (registration === 'a metadata document') return revokeByForm(person, clientDocumentName);
    return JSON.stringify(await revokeByEndpoint(person, clientName));
  }

  async function expectAnswers(client: McpClient): Promise<void> {
    const answered = async <Answer>(name: string, input?: Record<string, unknown>) => {
      const { isError, structuredContent } = await client.call(name, input);
      expect(isError).not.toBe(true);
      return structuredContent as Answer;
    };
    expect(await answered('get_account_summary')).toMatchObject({ email_masked: 'a…@example.com' });
    const { lists } = await answered<{ lists: { list: string }[] }>('list_certificate_lists', { limit: 5 });
    const input = { list: lists[0]?.list, limit: 2 };
    const first = await answered<CertificatePage>('search_certificates', input);
    const second = await answered<CertificatePage>('search_certificates', { ...input, cursor: first.next_cursor });
    const handles = [...first.certificates, ...second.certificates].map(({ certificate }) => certificate);
    expect(new Set(handles).size).toBe(4);
    const summary = await answered('get_certificate_summary', { certificate: handles[0] });
    expect(summary).toMatchObject({ certificate: handles[0], title: first.certificates[0]?.title });

    const wrong = await client.call('search_certificates', { limit: 1, reason: 'because' });
    expect(wrong).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('"code":"invalid_input"') }] });
    await expect(client.call('drop_tables')).rejects.toMatchObject({ code: -32602 });
  }

  async function refusal({ auth }: McpClient, refreshToken: string): Promise<[number, unknown]> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: auth.clientInformation()?.client_id ?? '',
    });
    const response = await fetch(`${world.url}/oauth/token`, { method: 'POST', body });
    return [response.status, ((await response.json()) as { error: string }).error];
  }
});

interface CertificatePage {
  readonly certificates: readonly { readonly certificate: string; readonly title: string }[];
  readonly next_cursor: string;
}
