import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as open, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerRequests, connectionLimits } from '../../src/http/connections.ts';
import { ada } from '../support/connect.ts';
import { Person } from '../support/person.ts';
import { linkedCertificate } from '../support/verification-links.ts';
import { openWorld, type World } from '../support/world.ts';

const page = '/promises';
/** More than the system keeps for a reader. */
const bigBytes = 16_000_000;

describe('a connection', () => {
  let world: World;
  let strict: World;
  const big = createServer();
  let deaf: Pick<World, 'url'>;

  beforeAll(async () => {
    world = await openWorld({ demo: true });
    strict = await openWorld({ demo: true, slowest: { requestsPerConnection: 20 }, budgets: { page: 40 } });
    answerRequests(big, (_request, response) => void response.end(Buffer.alloc(bigBytes, 'x')), {
      ...connectionLimits,
      readTimeout: 1_000,
    });
    await new Promise<void>((listening) => big.listen(0, '127.0.0.1', listening));
    deaf = { url: `http://127.0.0.1:${(big.address() as AddressInfo).port}` };
  });
  afterAll(() => Promise.all([world.close(), strict.close(), new Promise((done) => big.close(done))]));

  const connected = async ({ url }: Pick<World, 'url'>): Promise<Socket> => {
    const socket = open(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    return socket;
  };
  const asking = ({ url }: Pick<World, 'url'>, path: string, times: number) =>
    `GET ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`.repeat(times);
  /** How many answers came, when the connection is over or `enough` are there. */
  const answersOn = async (socket: Socket, enough = Number.POSITIVE_INFINITY): Promise<number> => {
    let [count, rest] = [0, ''];
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      const text = `${rest}${chunk.toString('latin1')}`;
      count += text.split('HTTP/1.1 ').length - 1;
      rest = text.slice(-8).includes('HTTP/1.1 ') ? '' : text.slice(-8);
      if (count >= enough) break;
    }
    socket.destroy();
    return count;
  };
  const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

  it('with a thousand requests at once is ended, and lets everybody else be served in between', async () => {
    const begun: string[] = [];
    const crowd = await Promise.all(Array.from({ length: 5 }, () => connected(world)));
    const ends = crowd.map(async (socket) => {
      socket.resume();
      await closed(socket);
      begun.push('crowd');
    });
    for (const socket of crowd) socket.write(asking(world, page, 1_500));
    expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
    expect((await new Person(world.url).get('/sign-in')).status).toBe(200);
    await Promise.all(ends);
    expect(begun).toHaveLength(5);
  });

  it('with a hundred requests at once has others’ answered before its own are through', async () => {
    const done: string[] = [];
    const socket = await connected(world);
    socket.write(asking(world, page, 100));
    const own = answersOn(socket, 100).then((count) => done.push(`own ${count}`));
    await fetch(`${world.url}/healthz`).then(({ status }) => done.push(`other ${status}`));
    await own;
    expect(done).toEqual(['other 200', 'own 100']);
  });

  it('whose answers nobody reads is let go, whatever it goes on sending', async () => {
    const socket = await connected(deaf);
    socket.pause();
    socket.write(asking(deaf, '/', 2));
    // What the system buffers is taken off the server's hands; the rest waits for a reader.
    const gone = closed(socket);
    const knocking = setInterval(() => socket.write('\r\n'), 50);
    await gone;
    clearInterval(knocking);
    expect(socket.destroyed).toBe(true);
  });

  it('that comes back again and again is refused once its network has opened its share of pages, and whoever is signed in is not', async () => {
    const person = new Person(strict.url);
    await person.signIn(await person.get('/sign-in'), ada);
    const statuses = [];
    for (let at = 0; at < 45; at += 1) statuses.push((await fetch(`${strict.url}/privacy`)).status);
    expect(statuses.at(-1)).toBe(429);
    const refused = await fetch(`${strict.url}${page}`, { headers: { cookie: 'session=x; session.sig=x' } });
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await person.get('/dashboard')).status).toBe(200);
    const { code } = await linkedCertificate(strict, 0);
    expect((await fetch(`${strict.url}/v/${code}`)).status).toBe(200);
    expect((await fetch(`${strict.url}/healthz`)).status).toBe(200);
  });

  it('that is kept for many requests, one after the other, is served', async () => {
    const socket = await connected(world);
    for (let at = 0; at < 30; at += 1) {
      socket.write(asking(world, '/healthz', 1));
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      expect(chunk.toString('latin1')).toMatch(/^HTTP\/1.1 200 /);
    }
    socket.destroy();
  });

  it('that reads slowly, but reads, gets every byte', async () => {
    const socket = await connected(deaf);
    socket.write(asking(deaf, '/', 1).replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    await closed(socket);
    expect(bytes).toBeGreaterThan(bigBytes);
  });
});
