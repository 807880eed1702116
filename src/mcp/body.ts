import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';
import { BodyProblem } from './protocol-errors.ts';

const maxBytes = 262_144;
const maxDepth = 32;

/** One JSON-RPC message within bounds. @throws AppError unsupported_media_type, too_large; BodyProblem */
export async function readBody(request: IncomingMessage): Promise<object> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) throw new AppError('unsupported_media_type');
  const value = parseJson(await bytesOf(request));
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !isSound(value, maxDepth)) throw new BodyProblem(-32_600);
  return value;
}

/** Leaves the rest of a body that is too large unread, and the connection whole, so that the refusal arrives. */
async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new AppError('too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of arriving(request)) {
    size += chunk.length;
    if (size > maxBytes) throw new AppError('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A body that breaks off is a caller's fault, and no failure of ours. */
async function* arriving(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new AppError('invalid_input', cause);
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new BodyProblem(-32_700, cause);
  }
}

/** Not too deep, and without the one key that validators overlook. */
function isSound(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && !Object.hasOwn(value, '__proto__') && Object.values(value).every((each) => isSound(each, depth - 1));
}
