import { mcp } from './connect.ts';

export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: Record<string, unknown>;
  readonly outputSchema: Record<string, unknown>;
  readonly annotations: Record<string, unknown>;
  readonly securitySchemes: unknown;
  readonly _meta: Record<string, unknown>;
}

/** `tools/list` of protocol 2026-07-28. */
export async function listTools(origin: string, accessToken: string): Promise<ListedTool[]> {
  const { body } = await mcp(origin, { accessToken, method: 'tools/list' });
  return (JSON.parse(body) as { result: { tools: ListedTool[] } }).result.tools;
}

/** One request of protocol 2025-11-25, as older clients send it: no session, the answer in an event stream. */
export async function legacyMcp(
  origin: string,
  { accessToken, method, params = {} }: { accessToken?: string; method: string; params?: Record<string, unknown> },
): Promise<{ status: number; headers: Headers; body: string }> {
  const response = await fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The message in an event stream's answer. */
export function eventOf(body: string): { result?: Record<string, unknown>; error?: Record<string, unknown> } {
  const line = body.split('\n').find((each) => each.startsWith('data: {'));
  if (line === undefined) throw new Error(`no event in ${body.slice(0, 200)}`);
  return JSON.parse(line.slice(6)) as { result?: Record<string, unknown> };
}
