import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createMcpHandler, McpServer, type McpHttpHandler } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { z } from 'zod';
import { messageOf, openSite, type Handle, type Site } from './sites.ts';

/** What the product is measured against: servers that protect nothing. */

export const sdkName = 'SDK v2 hello, default wiring';

export async function openPlainSites(): Promise<Site[]> {
  const echo = messageOf({ method: 'tools/list' });
  const hello = { message: messageOf({ method: 'tools/call', params: { name: 'hello', arguments: { name: 'Ada' } } }), says: 'Hello, Ada' };
  const handler = helloHandler();
  return [
    await openSite({ name: 'raw node:http echo', handle: rawEcho, message: echo, says: 'tools/list' }),
    await openSite({ name: 'Hono echo', handle: honoEcho(), message: echo, says: 'tools/list' }),
    await openSite({ name: sdkName, handle: bridged(handler), ...hello, close: () => handler.close() }),
    await openSite({ name: 'SDK v2 hello behind @hono/node-server', handle: listener((request) => handler.fetch(request)), ...hello }),
  ];
}

async function rawEcho(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const said: unknown = JSON.parse(Buffer.concat(chunks).toString());
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
}

function honoEcho(): Handle {
  const app = new Hono();
  app.post('/mcp', async (context) => context.json(await context.req.json<object>()));
  return listener((request) => app.fetch(request));
}

function listener(fetch: (request: Request) => Response | Promise<Response>): Handle {
  return getRequestListener(fetch, { overrideGlobalObjects: false });
}

function helloHandler(): McpHttpHandler {
  return createMcpHandler(() => {
    const server = new McpServer({ name: 'hello', version: '1' });
    server.registerTool('hello', { description: 'Says hello.', inputSchema: z.object({ name: z.string() }) }, ({ name }) => ({
      content: [{ type: 'text', text: `Hello, ${name}` }],
    }));
    return server;
  });
}

/** As the SDK's adapter for Node does: the body read to text, a web request made of it, the answer's stream copied back. */
function bridged(handler: McpHttpHandler): Handle {
  return async (request, response) => {
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, String(value));
    const decoder = new TextDecoder();
    let body = '';
    for await (const chunk of request as AsyncIterable<Buffer>) body += decoder.decode(chunk, { stream: true });
    const url = `http://${request.headers.host}${request.url}`;
    const answer = await handler.fetch(new Request(url, { method: 'POST', headers, body, signal: abort.signal }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  };
}
