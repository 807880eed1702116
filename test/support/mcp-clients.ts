import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type CallToolResult,
  type Tool,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { UnauthorizedError as V1UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as V1Transport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { PersonAtBrowser, type Registration } from './person-at-browser.ts';
import type { Choices } from './person.ts';

const modes = { 'v2 modern': { pin: '2026-07-28' }, 'v2 legacy': 'legacy', 'v2 auto': 'auto' } as const satisfies Record<
  string,
  VersionNegotiationMode
>;

export type ClientKind = keyof typeof modes | 'v1';
export const clientKinds: readonly ClientKind[] = ['v2 modern', 'v2 legacy', 'v2 auto', 'v1'];

export interface McpClientOptions {
  readonly kind: ClientKind;
  readonly registration?: Registration;
  readonly name?: string;
  /** What the person ticks; the last one stays for later questions. */
  readonly choices?: readonly Choices[];
}

/** A published client, as an assistant uses it, with a person who signs in and consents when it asks. */
export interface McpClient {
  readonly auth: PersonAtBrowser;
  /** Every HTTP request that the client made: `POST /mcp 401`. */
  readonly trail: string[];
  /** The protocol version that was agreed on. */
  version(): string | undefined;
  connect(): Promise<void>;
  tools(): Promise<Tool[]>;
  call(name: string, input?: Record<string, unknown>): Promise<CallToolResult>;
  close(): Promise<void>;
}

/** Opens nothing yet: `connect` goes the whole way from 401 to the first answer. */
export function makeMcpClient(
  origin: string,
  { kind, registration = 'dynamic registration', name = `Client ${kind}`, choices = [{}] }: McpClientOptions,
): McpClient {
  const auth = new PersonAtBrowser({ origin, name, registration, choices });
  const trail: string[] = [];
  const wire = { url: new URL('/mcp', origin), fetch: watched(trail), auth };
  const line = kind === 'v1' ? v1Line(wire) : v2Line(wire, modes[kind]);
  const withConsent = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    try {
      return await act();
    } catch (error) {
      const asksForSignIn = error instanceof UnauthorizedError || error instanceof V1UnauthorizedError;
      if (!asksForSignIn || !auth.answered) throw error;
      await line.finish(auth.takeAnswer());
      return act();
    }
  };
  return {
    auth,
    trail,
    version: () => line.version(),
    connect: () => withConsent(() => line.open()),
    tools: () => line.tools(),
    call: (tool, input = {}) => withConsent(() => line.call(tool, input)),
    close: () => line.close(),
  };
}

interface Wire {
  readonly url: URL;
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  readonly auth: PersonAtBrowser;
}

interface Line {
  open(): Promise<void>;
  finish(answer: URLSearchParams): Promise<void>;
  version(): string | undefined;
  tools(): Promise<Tool[]>;
  call(name: string, input: Record<string, unknown>): Promise<CallToolResult>;
  close(): Promise<void>;
}

const identity = { name: 'certveil-journey', version: '1' };

function v2Line({ url, fetch: send, auth }: Wire, mode: VersionNegotiationMode): Line {
  const parts = () => ({
    client: new Client(identity, { versionNegotiation: { mode } }),
    transport: new StreamableHTTPClientTransport(url, { authProvider: auth, fetch: send }),
  });
  let line = parts();
  return {
    open: async () => {
      line = parts();
      await line.client.connect(line.transport);
    },
    finish: (answer) => line.transport.finishAuth(answer),
    version: () => line.client.getNegotiatedProtocolVersion(),
    tools: async () => (await line.client.listTools()).tools,
    call: (name, input) => line.client.callTool({ name, arguments: input }),
    close: () => line.client.close(),
  };
}

function v1Line({ url, fetch: send, auth }: Wire): Line {
  const parts = () => ({ client: new V1Client(identity), transport: new V1Transport(url, { authProvider: auth, fetch: send }) });
  let line = parts();
  return {
    open: async () => {
      line = parts();
      await line.client.connect(line.transport);
    },
    finish: (answer) => line.transport.finishAuth(answer.get('code') ?? ''),
    version: () => line.transport.protocolVersion,
    tools: async () => (await line.client.listTools()).tools as Tool[],
    call: async (name, input) => (await line.client.callTool({ name, arguments: input })) as CallToolResult,
    close: () => line.client.close(),
  };
}

function watched(trail: string[]): Wire['fetch'] {
  return async (url, init) => {
    const response = await fetch(url, init);
    trail.push(`${init?.method ?? 'GET'} ${new URL(url).pathname} ${response.status}`);
    return response;
  };
}
