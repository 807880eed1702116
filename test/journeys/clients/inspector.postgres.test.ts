import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tools } from '../../../src/tools/index.ts';
import { clientDocumentName, clientDocumentUrl, fetchClientDocument } from '../../support/client-document.ts';
import { connect } from '../../support/connect.ts';
import { revokeByEndpoint, revokeByForm } from '../../support/dashboard.ts';
import { eras, openInspector, type Era, type Inspector } from '../../support/inspector.ts';
import { openWorld, type World } from '../../support/world.ts';

const exits = { fine: 0, signInNeeded: 3, toolError: 5 };
const names = tools.map(({ name }) => ({ name }));

describe('the MCP Inspector’s command line (BR-07)', () => {
  let world: World;
  const open: Inspector[] = [];

  beforeAll(async () => {
    world = await openWorld({ demo: true, fetchClientDocument });
  });
  afterAll(async () => {
    for (const inspector of open) await inspector.close();
    await world.close();
  });

  async function inspect(...[options]: [Parameters<typeof openInspector>[1]?]): Promise<Inspector> {
    const inspector = await openInspector(world.url, options);
    open.push(inspector);
    return inspector;
  }

  it('is refused without a sign-in', async () => {
    const inspector = await inspect();
    const refused = await inspector.run('--protocol-era', 'modern', '--stored-auth-only', '--method', 'tools/list');
    expect([refused.code, refused.result]).toEqual([exits.signInNeeded, null]);
  });

  const ways: readonly [Era, 'dynamic registration' | 'a metadata document'][] = [
    ['modern', 'dynamic registration'],
    ['auto', 'a metadata document'],
    ['legacy', 'dynamic registration'],
  ];

  it.each(ways)(
    'goes the whole way in the era %s with %s: sign-in, consent, tools, revoked in the dashboard, 401',
    async (era, registration) => {
      const inspector = await inspect();
      const byDocument = registration === 'a metadata document';
      const options = ['--protocol-era', era, ...(byDocument ? ['--client-metadata-url', clientDocumentUrl] : [])];
      const listed = await inspector.run(...options, '--method', 'tools/list', '--strict');
      expect(listed.stderr).toContain('Authorization complete.');
      expect([listed.code, listed.result]).toMatchObject([exits.fine, { result: { tools: names } }]);

      const name = byDocument ? clientDocumentName : 'MCP Inspector';
      if (era === 'modern') await revokeByForm(inspector.person, name);
      else await revokeByEndpoint(inspector.person, name);
      const cutOff = await inspector.run(...options, '--stored-auth-only', '--method', 'tools/call', '--tool-name', 'get_account_summary');
      expect([cutOff.code, cutOff.result]).toEqual([exits.signInNeeded, null]);
    },
  );

  const withToken = async (era: Era, ...args: readonly string[]) => {
    const { accessToken } = await connect(world, { name: `Shell ${era}` });
    const inspector = await inspect();
    const bearer = ['--header', `Authorization: Bearer ${accessToken}`];
    const called = ['--method', 'tools/call', '--tool-name', 'search_certificates', '--tool-arg', ...args];
    return inspector.run(...bearer, '--protocol-era', era, ...called);
  };

  it.each(eras)('calls a tool with a token from the shell in the era %s', async (era) => {
    const found = await withToken(era, 'query=an', 'limit=2');
    expect([found.code, found.result]).toMatchObject([
      exits.fine,
      { result: { structuredContent: { certificates: [{}, {}], next_cursor: expect.any(String) } } },
    ]);
  });

  it.each(['modern', 'legacy'] as const)('shows a tool’s error as one in the era %s', async (era) => {
    const wrong = await withToken(era, 'reason=because');
    expect([wrong.code, JSON.stringify(wrong.result)]).toEqual([exits.toolError, expect.stringContaining('invalid_input')]);
  });

  it('asks the person for a scope that a tool needs, and then answers', async () => {
    const inspector = await inspect({ choices: [{ untick: ['recipients:read'] }, { tick: ['recipients:read'] }] });
    const called = await inspector.run(
      '--protocol-era',
      'modern',
      '--client-metadata-url',
      clientDocumentUrl,
      '--method',
      'tools/call',
      '--tool-name',
      'search_recipients',
      '--tool-arg',
      'limit=1',
    );
    expect([called.code, called.result]).toMatchObject([exits.fine, { result: { structuredContent: { recipients: [{}] } } }]);
    expect(called.stderr.match(/Please navigate to: /g)).toHaveLength(2);
  });
});
