import type { z } from 'zod';
import { AppError } from '../../errors.ts';
import { bodyOf, type WebContext } from './http.ts';

/** The body of a JSON request, parsed; no body at all counts as `{}`. @throws AppError unsupported_media_type, too_large, invalid_input */
export async function jsonOf<Schema extends z.ZodType>(c: WebContext, schema: Schema): Promise<z.output<Schema>> {
  const type = c.req.header('content-type');
  if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type)) throw new AppError('unsupported_media_type');
  const bytes = await bodyOf(c);
  if (bytes.length > 0 && type === undefined) throw new AppError('unsupported_media_type');
  const parsed = schema.safeParse(bytes.length === 0 ? {} : parseJson(bytes));
  if (!parsed.success) throw new AppError('invalid_input');
  return parsed.data;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new AppError('invalid_input', cause);
  }
}
