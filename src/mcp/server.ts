export type { McpServerFactory } from '@modelcontextprotocol/server';
import { ProtocolError, ProtocolErrorCode, Server, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Caller } from '../disclosure/callers.ts';
import { messageOf, type Gate, type Released } from '../disclosure/gate.ts';
import { inputSchemaOf, outputSchemaOf } from '../disclosure/schemas.ts';
import type { AnyTool } from '../disclosure/tool.ts';

const instructions =
  'Answers about the certificates of the account that you are connected to: its lists, recipients and certificates, and what this app was told. Handles such as cert_… name records for this app only. Lists come in pages: pass next_cursor back with the same arguments. Fields that the person has not agreed to share are left out.';

const dayMs = 86_400_000;

/** What `tools/list` says: made once, the same for every caller. */
export function listingOf(tools: readonly AnyTool[]) {
  return tools.map((tool) => {
    const securitySchemes = [{ type: 'oauth2', scopes: tool.scope === null ? [] : [tool.scope] }];
    return {
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema: inputSchemaOf(tool),
      outputSchema: outputSchemaOf(tool),
      annotations: {
        title: tool.title,
        readOnlyHint: tool.hints.readOnly,
        destructiveHint: tool.hints.destructive,
        idempotentHint: tool.hints.idempotent,
        openWorldHint: false,
      },
      securitySchemes,
      _meta: { securitySchemes },
    };
  });
}

/** A server for one request. The transport hands the caller over in `authInfo.extra`, never a token. */
export function serverFactory({ gate, version }: { gate: Gate; version: string }): McpServerFactory {
  const listing = { tools: listingOf(gate.tools) };
  const names = new Set(gate.tools.map(({ name }) => name));
  return ({ authInfo }) => {
    const caller = authInfo?.extra?.['caller'] as Caller;
    // The low-level server: McpServer registers and converts every tool again for each request.
    const server = new Server(
      { name: 'certveil', title: 'Certveil', version },
      {
        capabilities: { tools: { listChanged: false } },
        instructions,
        cacheHints: {
          'tools/list': { ttlMs: dayMs / 24, cacheScope: 'private' },
          'server/discover': { ttlMs: dayMs / 24, cacheScope: 'private' },
        },
      },
    );
    server.setRequestHandler('tools/list', () => listing);
    server.setRequestHandler('tools/call', async ({ params }) => {
      if (!names.has(params.name)) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool');
      return wireOf(await gate.disclose(caller, params.name, params.arguments));
    });
    return server;
  };
}

function wireOf(released: Released) {
  const { text, structured, code } = messageOf(released);
  const content = [{ type: 'text' as const, text }];
  return structured === null || code !== null ? { content, isError: true } : { content, structuredContent: structured };
}
