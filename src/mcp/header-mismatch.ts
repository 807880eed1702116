import type { IncomingHttpHeaders } from 'node:http';

export const mirroredHeaders = ['mcp-protocol-version', 'mcp-method', 'mcp-name'] as const;
export type MirroredHeader = (typeof mirroredHeaders)[number];

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const modern = '2026-07-28';

interface Message {
  readonly method?: unknown;
  readonly params?: { readonly name?: unknown; readonly uri?: unknown; readonly _meta?: { readonly [versionKey]?: unknown } };
}

/**
 * The headers that must repeat the body and do not (MCP 2026-07-28, Streamable HTTP). Such a request gets -32020; a client that
 * does this all the time cannot connect, so an operator wants to know. Requests of older versions repeat nothing.
 */
export function mismatchedHeaders(headers: IncomingHttpHeaders, body: object): readonly MirroredHeader[] {
  const { method, params } = body as Message;
  const version = params?._meta?.[versionKey];
  if (version === undefined && headers['mcp-protocol-version'] !== modern) return [];
  const named = method === 'resources/read' ? params?.uri : method === 'tools/call' || method === 'prompts/get' ? params?.name : undefined;
  const expected: Readonly<Record<MirroredHeader, unknown>> = { 'mcp-protocol-version': version, 'mcp-method': method, 'mcp-name': named };
  return mirroredHeaders.filter((name) => (name !== 'mcp-name' || named !== undefined) && plain(headers[name]) !== expected[name]);
}

/** A header's text, out of its Base64 wrapping. */
function plain(value: string | readonly string[] | undefined): unknown {
  if (typeof value !== 'string') return value;
  const wrapped = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  return wrapped === undefined ? value : Buffer.from(wrapped, 'base64').toString('utf8');
}
