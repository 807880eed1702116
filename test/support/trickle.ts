import { connect } from 'node:net';
import { headOf, type RawRequest } from './raw-http.ts';

const everyMs = 10;

export interface Trickle extends RawRequest {
  readonly body: string;
  /** Which part never ends; without it the request is whole, in small pieces. */
  readonly endless?: 'headers' | 'body';
}

export interface Trickled {
  /** Null when the connection was closed without an answer. */
  readonly status: number | null;
  readonly text: string;
}

export interface Trickling {
  /** The server has the first bytes. */
  readonly begun: Promise<void>;
  readonly end: Promise<Trickled>;
}

export function trickle(origin: string, request: Trickle): Promise<Trickled> {
  return beginTrickle(origin, request).end;
}

/** Sends one request a few bytes at a time, until it is whole or the server has closed. */
export function beginTrickle(origin: string, { endless, ...request }: Trickle): Trickling {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  const head = headOf(new URL(origin).host, endless === 'body' ? { ...request, body: request.body.padEnd(20_000) } : request);
  socket.write(endless === 'headers' ? head.slice(0, -2) : head);
  const pieces = endless === 'headers' ? endlessly('x-more: more\r\n') : piecesOf(request.body, endless === 'body');
  const timer = setInterval(() => {
    const { value, done } = pieces.next();
    if (done === true) clearInterval(timer);
    else socket.write(value);
  }, everyMs);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
  // A closed connection is told to a writer as an error, too.
  socket.on('error', () => undefined);
  return {
    begun: new Promise((resolve) => {
      socket.once('connect', () => socket.write('', () => resolve()));
    }),
    end: new Promise((resolve) => {
      socket.once('close', () => {
        clearInterval(timer);
        const text = Buffer.concat(chunks).toString('latin1');
        resolve({ status: text === '' ? null : Number(text.split(' ')[1]), text });
      });
    }),
  };
}

function* piecesOf(body: string, goesOn: boolean): Generator<string> {
  const size = Math.ceil(body.length / 30);
  for (let at = 0; at < body.length; at += size) yield body.slice(at, at + size);
  if (goesOn) yield* endlessly(' ');
}

function* endlessly(piece: string): Generator<string> {
  for (;;) yield piece;
}
