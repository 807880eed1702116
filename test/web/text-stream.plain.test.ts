import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, it, vi } from 'vitest';
import { makeLogger } from '../../src/watch/log.ts';
import { inPieces, textStream } from '../../src/web/shell/text-stream.ts';

const piece = 'x'.repeat(64 * 1024);
const pieces = 1_600;
const logged: string[] = [];
const log = makeLogger('info', { write: (line: string) => void logged.push(line) });

describe('a long file on its way to a reader (CS-41)', () => {
  it('is made no faster than it is read: one that stops leaves the rest unmade, and gets the last of it when it reads on', async () => {
    let made = 0;
    async function* make(): AsyncGenerator<string> {
      for (; made < pieces; made += 1) yield piece;
    }
    await withReader(make, async (reader) => {
      reader.pause();
      const stopped = await standstill(() => made);
      expect(stopped).toBeGreaterThan(0);
      // What the sockets of both ends hold.
      expect(stopped * piece.length).toBeLessThan(32 * 1024 * 1024);
      let read = 0;
      for await (const chunk of reader as AsyncIterable<Buffer>) read += chunk.length;
      expect([read, made]).toEqual([pieces * piece.length, pieces]);
    });
  });

  it('breaks off when the rest cannot be made; why is logged without its values, and written nowhere else', async () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    async function* make(): AsyncGenerator<string> {
      yield piece;
      throw new Error('Failed query: params: ada@example.com');
    }
    await withReader(make, async (reader) => {
      reader.resume();
      await expect(once(reader, 'end')).rejects.toThrow('aborted');
    });
    expect(logged).toEqual([expect.stringContaining('a download broke off')]);
    expect([...logged, ...written.mock.calls.flat().map(String)].join()).not.toContain('ada@');
    written.mockRestore();
  });

  it('is made no further once its reader has gone', async () => {
    let made = 0;
    let ended = (): void => undefined;
    const end = new Promise<void>((resolve) => (ended = resolve));
    async function* make(): AsyncGenerator<string> {
      try {
        for (; ; made += 1) yield piece;
      } finally {
        ended();
      }
    }
    await withReader(make, async (reader) => {
      await once(reader, 'readable');
      reader.destroy();
      await end;
      expect(made * piece.length).toBeLessThan(64 * 1024 * 1024);
    });
  });
});

async function withReader(make: () => AsyncGenerator<string>, use: (reader: IncomingMessage) => Promise<void>): Promise<void> {
  const listener = getRequestListener(() => new Response(textStream({ pieces: make(), log }), { headers: inPieces }), {
    overrideGlobalObjects: false,
  });
  const server = createServer((request, response) => void listener(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  try {
    const [reader] = (await once(request, 'response')) as [IncomingMessage];
    await use(reader);
  } finally {
    request.destroy();
    server.closeAllConnections();
    server.close();
  }
}

/** The count once it has stayed the same for a while. */
async function standstill(count: () => number): Promise<number> {
  let before = -1;
  await vi.waitUntil(
    () => {
      const isSame = before === count();
      before = count();
      return isSame;
    },
    { interval: 200, timeout: 20_000 },
  );
  return before;
}
