import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server with the one request that is sent to it. */
export interface Site {
  readonly name: string;
  readonly url: string;
  readonly message: Message;
  close(): Promise<void>;
}

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Handle = (asked: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const protocolVersion = '2026-07-28';

/** One request of protocol 2026-07-28, as a client of today sends it. */
export function messageOf({
  method,
  params = {},
  token,
}: {
  method: string;
  params?: { name?: string; arguments?: object };
  token?: string;
}): Message {
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': protocolVersion,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  };
  return {
    headers: {
      host: 'localhost',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': protocolVersion,
      'mcp-method': method,
      ...(params.name !== undefined && { 'mcp-name': params.name }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: envelope } }),
  };
}

/** Serves, and looks at one answer before anything is measured. @throws when it does not say what it should */
export async function openSite({
  name,
  handle,
  message,
  says,
  close = () => Promise.resolve(),
}: {
  name: string;
  handle: Handle;
  message: Message;
  says: string;
  close?: () => Promise<void>;
}): Promise<Site> {
  const server = createServer((asked, response) => void handle(asked, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  await expectAnswer({ name, url, message, says });
  return { name, url, message, close: () => closeServer(server).then(close) };
}

async function expectAnswer({ name, url, message, says }: { name: string; url: string; message: Message; says: string }): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method: 'POST', headers: message.headers }, resolve).once('error', reject).end(message.body);
  });
  const body = await text(response);
  if (response.statusCode !== 200 || !body.includes(says)) throw new Error(`${name} answered ${response.statusCode} ${body.slice(0, 300)}`);
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
