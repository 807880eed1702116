import { demoPassword } from '../../src/demo/make-demo.ts';
import { OAuthApp } from './oauth-app.ts';
import { Person, type Choices } from './person.ts';
import type { World } from './world.ts';

export const ada = { email: 'ada@example.com', password: demoPassword };
export const grace = { email: 'grace@example.com', password: demoPassword };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface ToolAnswer extends Answer {
  /** `structuredContent` of a call that was answered. */
  readonly structured: Record<string, unknown> | null;
  /** The code of a tool error. */
  readonly error: string | null;
  readonly text: string | null;
}

/** An app that a person connected: calls tools as a modern client does, and shows the whole answer. */
export interface ConnectedApp {
  readonly app: OAuthApp;
  readonly person: Person;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly call: (tool: string, input?: unknown) => Promise<ToolAnswer>;
}

export interface Connect {
  readonly owner?: { readonly email: string; readonly password: string };
  readonly choices?: Choices;
  readonly name?: string;
}

/** Registers an app, signs in, consents, redeems the code. */
export async function connect(
  world: Pick<World, 'url'>,
  { owner = ada, choices = {}, name = 'Example app' }: Connect = {},
): Promise<ConnectedApp> {
  const app = await OAuthApp.register(world.url, { client_name: name });
  const person = new Person(world.url);
  const redeemed = await app.redeem(await app.connect(person, owner, { choices }));
  const { access_token: accessToken, refresh_token: refreshToken } = redeemed.body;
  return { app, person, accessToken, refreshToken, call: (tool, input) => callTool(world.url, accessToken, tool, input) };
}

export async function callTool(origin: string, accessToken: string, tool: string, input: unknown = {}): Promise<ToolAnswer> {
  const answer = await mcp(origin, { accessToken, method: 'tools/call', name: tool, params: { name: tool, arguments: input } });
  const result = resultOf(answer.body);
  const text = result?.content?.[0]?.text ?? null;
  return {
    ...answer,
    structured: result?.isError ? null : (result?.structuredContent ?? null),
    text,
    error: result?.isError && text !== null ? (JSON.parse(text) as { error: { code: string } }).error.code : null,
  };
}

interface CallResult {
  readonly isError?: boolean;
  readonly structuredContent?: Record<string, unknown>;
  readonly content?: readonly { readonly text: string }[];
}

function resultOf(body: string): CallResult | null {
  try {
    return (JSON.parse(body) as { result?: CallResult }).result ?? null;
  } catch {
    return null;
  }
}

export interface Message {
  readonly accessToken?: string;
  readonly method: string;
  readonly name?: string;
  readonly params?: Record<string, unknown>;
}

const protocolVersion = '2026-07-28';

/** One request of protocol 2026-07-28. */
export async function mcp(origin: string, { accessToken, method, name, params = {} }: Message): Promise<Answer> {
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': protocolVersion,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  };
  const response = await fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': protocolVersion,
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': name }),
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: envelope } }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
