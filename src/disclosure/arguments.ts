import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { HandleKind } from '../policy/fields/field.ts';
import type { Cursors, Position } from './cursors.ts';
import type { Handles } from './handles.ts';
import { inputFilters, inputHandles } from './inputs.ts';
import type { Projection } from './projection.ts';
import type { AnyTool } from './tool.ts';

/** Which inputs of a tool are handles, and of what kind. */
export type HandleInputs = readonly (readonly [name: string, kind: HandleKind])[];

export function handleInputsOf(tool: AnyTool): HandleInputs {
  return Object.entries(tool.input.shape).flatMap(([name, schema]) => {
    const inner = 'unwrap' in schema && typeof schema.unwrap === 'function' ? (schema.unwrap() as typeof schema) : schema;
    const known = inputHandles.get(inner) ?? inputHandles.get(schema);
    return known ? [[name, known.kind] as const] : [];
  });
}

/** @throws AppError invalid_input; what was wrong stays in the log */
export function parseInput(tool: AnyTool, given: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(given ?? {});
  if (!parsed.success) throw new AppError('invalid_input', parsed.error);
  return parsed.data;
}

/** A handle that names nothing for this app is `not_available`, whatever is wrong with it. */
export function decodeHandles(handleInputs: HandleInputs, handles: Handles, input: Record<string, unknown>): Record<string, unknown> {
  const decoded = { ...input };
  for (const [name, kind] of handleInputs) {
    const handle = input[name];
    if (typeof handle !== 'string') continue;
    const id = handles.decode(kind, handle);
    if (id === null) throw new AppError('not_available');
    decoded[name] = id;
  }
  return decoded;
}

/** A filter by a field that the grant lacks is refused, or it would tell what the field holds. @throws AppError not_available */
export function checkFilters(tool: AnyTool, given: unknown, scopes: ReadonlySet<string>, accepted: ReadonlySet<string>): void {
  for (const name of Object.keys(given ?? {})) {
    const schema = tool.input.shape[name] as z.ZodType | undefined;
    const by = (schema && inputFilters.get(schema)?.by) ?? [];
    if (!by.every(({ scope, id }) => scope === null || (scopes.has(scope) && accepted.has(id)))) throw new AppError('not_available');
  }
}

/** The fields that the call asked for. @throws AppError consent_needed when the grant lacks one */
export function narrowing(
  { fields }: Projection,
  { fields: asked }: Record<string, unknown>,
  scopes: ReadonlySet<string>,
  accepted: ReadonlySet<string>,
): ReadonlySet<string> | null {
  if (!Array.isArray(asked)) return null;
  for (const name of asked as string[]) {
    const policy = fields.find((field) => field.name === name)?.policy;
    if (!policy || (policy.scope !== null && !(scopes.has(policy.scope) && accepted.has(policy.id)))) throw new AppError('consent_needed');
  }
  return new Set(asked as string[]);
}

export function openCursor(cursors: Cursors, { cursor }: Record<string, unknown>): Position | null {
  return typeof cursor === 'string' ? cursors.open(cursor) : null;
}
