import { z } from 'zod';
import { isDay } from '../words/dates.ts';
import { fieldPolicies, type FieldPolicy, type HandleKind } from '../policy/fields/field.ts';

/** Which inputs are handles: the gate turns them into ids before a tool sees them. */
export const inputHandles = z.registry<{ kind: HandleKind }>();

/** Which inputs choose by a field's value: the gate refuses them where the grant doesn't open that field. */
export const inputFilters = z.registry<{ by: readonly FieldPolicy[] }>();

/** An input that chooses by the values of these fields, and so tells of them what their values would. */
export function chooses<Schema extends z.ZodType>(schema: Schema, ...fields: readonly z.ZodType[]): Schema {
  inputFilters.add(schema, { by: fields.flatMap((each) => fieldPolicies.get(each) ?? []) });
  return schema;
}

/** A record's handle. Its form isn't checked here: whatever names no record gets the same answer. */
export function handleInput(kind: HandleKind, description: string) {
  const schema = z.string().min(1).max(200).describe(description);
  inputHandles.add(schema, { kind });
  return schema.optional();
}

export function requiredHandleInput(kind: HandleKind, description: string) {
  const schema = z.string().min(1).max(200).describe(description);
  inputHandles.add(schema, { kind });
  return schema;
}

export const limitInput = z.int().min(1).max(50).default(20).describe('How many to return, 1 to 50.');

export const cursorInput = z
  .string()
  .min(1)
  .max(4000)
  .optional()
  .describe('next_cursor of the page before, with the same arguments. It lives one hour.');

export const queryInput = (description: string) => z.string().min(1).max(200).optional().describe(description);

/** Text that is looked up as it stands. No database holds a null character. */
export const exactInput = (description: string) =>
  z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !text.includes('\0'))
    .optional()
    .describe(description);

/** A domain name, however it is written; one that names no host is like any other that isn't there. */
export const domainInput = (description: string) => z.string().min(1).max(200).describe(description);

export const dayInput = (description: string) => z.string().max(200).refine(isDay).optional().meta({ format: 'date', description });

/** Narrows the answer to these fields. The handle always stays. */
export function fieldsInput<Name extends string>(names: readonly [Name, ...Name[]]) {
  return z.array(z.enum(names)).min(1).max(names.length).optional().describe('Return only these fields; the handle always stays.');
}
