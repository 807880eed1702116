import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** In which something of an answer must be taken, in milliseconds: one that nobody reads is let go. */
  readonly readTimeout: number;
  /** On one connection, after which it ends. */
  readonly requestsPerConnection: number;
  /** That may wait behind another one on the same connection. */
  readonly waiting: number;
}

export const connectionLimits: ConnectionLimits = { readTimeout: 60_000, requestsPerConnection: 1_000, waiting: 100 };

/** Answers the requests of a server, with a bound to what one connection may hold of it and for how long. */
export function answerRequests(server: Server, answer: RequestListener, limits: ConnectionLimits = connectionLimits): void {
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  server.on('request', inTurn(answer, limits));
}

/** The requests of one connection behind the one that is answered. */
type Line = (() => void)[];

/**
 * Answers the requests of a connection one after the other, each when the answer before was taken off our hands. Those that came
 * together begin one at a time in the whole process, with everybody else's in between.
 */
function inTurn(answer: RequestListener, { waiting, readTimeout }: ConnectionLimits): RequestListener {
  const lines = new WeakMap<Socket, Line>();
  const turns = makeTurns();
  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    response.once('close', () => {
      const next = lines.get(request.socket)?.shift();
      if (next) turns.add(next);
      else lines.delete(request.socket);
    });
    letGoUnread(request.socket, response, readTimeout);
    answer(request, response);
  };
  return (request, response) => {
    const { socket } = request;
    const line = lines.get(socket);
    if (!line) {
      lines.set(socket, []);
      return begin(request, response);
    }
    if (line.length < waiting) return void line.push(() => void (socket.destroyed || begin(request, response)));
    line.length = 0;
    socket.destroy();
  };
}

/** Runs what is added one by one, each in a turn of the event loop of its own. */
function makeTurns(): { add(work: () => void): void } {
  const works: (() => void)[] = [];
  const run = (): void => {
    works.shift()?.();
    if (works.length > 0) setImmediate(run);
  };
  return {
    add: (work) => {
      works.push(work);
      if (works.length === 1) setImmediate(run);
    },
  };
}

/** Ends a connection that takes nothing of its answer for so long. What it sends meanwhile doesn't count. */
function letGoUnread(socket: Socket, response: ServerResponse, readTimeout: number): void {
  let before: string | null = null;
  const watch = setInterval(() => {
    const now = leftToTake(socket);
    if (now !== null && now === before) socket.destroy();
    before = now;
  }, readTimeout);
  watch.unref();
  response.once('close', () => clearInterval(watch));
}

/** Changes with each byte that is taken; null when everything was. */
function leftToTake(socket: Socket): string | null {
  return socket.writableLength === 0 ? null : `${socket.bytesWritten} ${socket.writableLength} ${String(queuedIn(socket))}`;
}

/** The bytes of a write that is under way, which Node's own idle timer looks at too and shows nowhere else. */
function queuedIn(socket: Socket): unknown {
  const handle: unknown = Reflect.get(socket, '_handle');
  return typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : null;
}
