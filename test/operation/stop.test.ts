import { connect as openSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedApp } from '../support/connect.ts';
import { openInstallation, type Installation } from '../support/installation.ts';
import { soundLedger } from '../support/ledger-chain.ts';
import { answerOn } from '../support/raw-http.ts';
import { certveil, startServer, type ServerProcess } from '../support/server-process.ts';

const protocolVersion = '2026-07-28';
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'get_account_summary',
    arguments: {},
    _meta: { 'io.modelcontextprotocol/protocolVersion': protocolVersion, 'io.modelcontextprotocol/clientCapabilities': {} },
  },
});

/** A call that the server has begun to read: half of its body is held back until `finish`. */
async function callInFlight(server: ServerProcess, app: ConnectedApp) {
  const socket = openSocket(Number(new URL(server.url).port), '127.0.0.1');
  const headers = [
    'POST /mcp HTTP/1.1',
    `host: ${new URL(server.url).host}`,
    `authorization: Bearer ${app.accessToken}`,
    'content-type: application/json',
    'accept: application/json, text/event-stream',
    `mcp-protocol-version: ${protocolVersion}`,
    'mcp-method: tools/call',
    'mcp-name: get_account_summary',
    `content-length: ${Buffer.byteLength(body)}`,
    'expect: 100-continue',
  ];
  const answered = answerOn(socket);
  const begun = new Promise<void>((resolve) => socket.once('data', () => resolve()));
  socket.write(`${headers.join('\r\n')}\r\n\r\n${body.slice(0, 20)}`);
  await begun;
  return {
    finish: () => {
      socket.write(body.slice(20));
      return answered;
    },
  };
}

describe('a server that is told to stop', () => {
  let place: Installation;

  beforeAll(async () => {
    place = await openInstallation();
  });
  afterAll(() => place.close());

  it('holds its place: what needs the same port or directory says so in one line; told twice it ends at once', async () => {
    const server = await startServer(place.settings);
    try {
      const samePort = await certveil([], place.settings);
      expect(samePort).toEqual({ code: 1, stdout: '', stderr: 'certveil: PORT is in use by another process\n' });
      const list = await certveil(['account', 'list'], place.settings);
      const inUse = 'DATA_DIR is in use by a running server. Stop it first.';
      expect(place.adminUrl === null ? list.stderr : list.stdout).toContain(place.adminUrl === null ? inUse : 'ada@example.com');
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
      await callInFlight(server, await connect(server));
      server.signal('SIGTERM');
      await server.says(/"msg":"stopping"/);
      server.signal('SIGINT');
      expect((await server.ended).code).not.toBe(0);
    } finally {
      await server.kill();
    }
  });

  it('starts again on what that end left; answers what is in flight on SIGTERM or, when embedded, on SIGINT, keeps its ledger row, and ends well', async () => {
    const signal = place.adminUrl === null ? 'SIGINT' : 'SIGTERM';
    const server = await startServer(place.settings);
    try {
      const app = await connect(server);
      const from = new Date();
      const call = await callInFlight(server, app);
      server.signal(signal);
      await server.says(/"msg":"stopping"/);
      const ready = await fetch(`${server.url}/readyz`).then(
        ({ status }) => status,
        () => 'no connection',
      );
      expect(ready).toBe(signal === 'SIGTERM' ? 503 : 'no connection');
      const answer = await call.finish();
      expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('display_name')]);
      const ended = await server.ended;
      expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('"msg":"stopped"')]);
      const rows = (await place.inspect(soundLedger)).filter(({ at }) => new Date(at) >= from);
      expect(rows.map(({ tool, outcome }) => `${tool} ${outcome}`)).toEqual(['get_account_summary answered']);
    } finally {
      await server.kill();
    }
  });
});
