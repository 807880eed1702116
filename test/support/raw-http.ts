import { connect, type Socket } from 'node:net';

export interface RawRequest {
  readonly method?: string;
  /** The request target, byte by byte. */
  readonly target?: string;
  /** Lines; `Host` and `Connection: close` are added unless named here. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Buffer;
  /** Sends the body in chunks without its length. */
  readonly chunked?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  /** The whole answer as it came: status line, headers, body. */
  readonly text: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** One request, written as it is: what fetch refuses to send, too. */
export function sendRaw(origin: string, request: RawRequest): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(origin);
  const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
  for (const part of partsOf(host, request)) socket.write(part);
  return answerOn(socket);
}

/** Bytes that are no request at all. */
export function sendBytes(origin: string, bytes: Buffer): Promise<RawAnswer> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.end(bytes);
  return answerOn(socket);
}

function* partsOf(host: string, request: RawRequest): Generator<string | Buffer> {
  const { body, chunked = false } = request;
  const bytes = body === undefined ? null : Buffer.from(body);
  yield Buffer.from(headOf(host, request), 'latin1');
  if (!bytes) return;
  if (!chunked) return yield bytes;
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    yield `${piece.length.toString(16)}\r\n`;
    yield piece;
    yield '\r\n';
  }
  yield '0\r\n\r\n';
}

/** A request up to its body. */
export function headOf(host: string, { method = 'GET', target = '/', headers = [], body, chunked = false }: RawRequest): string {
  const named = new Set(headers.map(([name]) => name.toLowerCase()));
  const length = body === undefined ? null : Buffer.byteLength(body);
  const added: (readonly [string, string])[] = [
    ['host', host],
    ['connection', 'close'],
    ...(length === null ? [] : [chunked ? (['transfer-encoding', 'chunked'] as const) : (['content-length', String(length)] as const)]),
  ];
  const lines = [...headers, ...added.filter(([name]) => !named.has(name))].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** What comes back until the server closes. A connection that breaks after an answer has still brought the answer. */
export function answerOn(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    let broken: Error | null = null;
    socket.once('error', (error) => {
      broken = error;
    });
    socket.once('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      if (text === '') reject(broken ?? new Error('the server closed without an answer'));
      else resolve(parse(text));
    });
  });
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  if (first.startsWith('HTTP/1.1 100')) return parse(text.slice(end + 4));
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  const rest = text.slice(end + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? dechunk(rest) : rest;
  return { status: Number(first.split(' ')[1]), text, headers, body: Buffer.from(body, 'latin1').toString('utf8') };
}

function dechunk(text: string): string {
  const size = Number.parseInt(text, 16);
  if (!(size > 0)) return '';
  const start = text.indexOf('\r\n') + 2;
  return text.slice(start, start + size) + dechunk(text.slice(start + size + 2));
}
