import { z } from 'zod';
import { fieldPolicies } from '../policy/field.ts';
import type { AnyTool } from './tool.ts';

/** A JSON Schema (2020-12) of an object, as `tools/list` says it. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly [keyword: string]: unknown;
}

export function inputSchemaOf(tool: AnyTool): ObjectSchema {
  return objectSchema(z.toJSONSchema(tool.input, { io: 'input' }));
}

/** Closed; a field that a grant may lack or `fields` may leave out isn't required, a handle always is. */
export function outputSchemaOf(tool: AnyTool): ObjectSchema {
  const schema = objectSchema(z.toJSONSchema(tool.output, { io: 'output' }));
  const narrowable = 'fields' in tool.input.shape;
  return relax(schema, tool.output, { tool, narrowable });
}

function objectSchema(schema: object): ObjectSchema {
  const { $schema: _, ...rest } = schema as { $schema?: string } & Record<string, unknown>;
  return { ...rest, type: 'object' };
}

interface Relaxing {
  readonly tool: AnyTool;
  readonly narrowable: boolean;
}

function relax<Schema extends object>(schema: Schema, shape: z.ZodType, relaxing: Relaxing): Schema {
  if (shape instanceof z.ZodArray && 'items' in schema) {
    return { ...schema, items: relax(schema.items as object, shape.element as z.ZodType, relaxing) };
  }
  if (!(shape instanceof z.ZodObject) || !('properties' in schema)) return schema;
  const children = shape.shape as Record<string, z.ZodType>;
  const replaced = new Set(Object.values(children).map((child) => fieldPolicies.get(child)?.replaces));
  const mayBeAbsent = (key: string, child: z.ZodType): boolean => {
    const policy = fieldPolicies.get(child);
    if (!policy || policy.handle || policy.cursor) return false;
    return relaxing.narrowable || policy.replaces !== undefined || replaced.has(key) || policy.scope !== relaxing.tool.scope;
  };
  const properties = Object.entries(children).map(([key, child]) => {
    const property = (schema.properties as Record<string, object>)[key] ?? {};
    return [key, relax(property, child, relaxing)] as const;
  });
  const required = Object.entries(children)
    .filter(([key, child]) => !mayBeAbsent(key, child))
    .map(([key]) => key);
  return { ...schema, properties: Object.fromEntries(properties), required };
}
