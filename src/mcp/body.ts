import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

const maxBytes = 262_144;
const maxDepth = 32;

/** A JSON body within bounds. @throws AppError unsupported_media_type, too_large, invalid_input */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) throw new AppError('unsupported_media_type');
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new AppError('too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new AppError('too_large');
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks));
}

function parseJson(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!isSound(value, maxDepth)) throw new AppError('invalid_input');
    return value;
  } catch (cause) {
    throw new AppError('invalid_input', cause);
  }
}

/** Not too deep, and without the one key that validators overlook. */
function isSound(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && !Object.hasOwn(value, '__proto__') && Object.values(value).every((each) => isSound(each, depth - 1));
}
