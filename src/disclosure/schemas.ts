import { z } from 'zod';
import { fieldPolicies } from '../policy/fields/field.ts';
import type { AnyTool } from './tool.ts';

/** A JSON Schema (2020-12) of an object, as `tools/list` says it. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly [keyword: string]: unknown;
}

export function inputSchemaOf(tool: AnyTool): ObjectSchema {
  return objectSchema(z.toJSONSchema(tool.input, { io: 'input' }));
}

/** Closed; a field that a scope opens isn't required: a grant may lack the scope, or be older than the field. */
export function outputSchemaOf(tool: AnyTool): ObjectSchema {
  return relax(objectSchema(z.toJSONSchema(tool.output, { io: 'output' })), tool.output);
}

function objectSchema(schema: object): ObjectSchema {
  const { $schema: _, ...rest } = JSON.parse(JSON.stringify(schema), singleTypes) as Record<string, unknown>;
  return { ...rest, type: 'object' };
}

/** Some clients know one type for each value, and drop or refuse a list of types. */
function singleTypes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || !Array.isArray(value.type)) return value;
  const { type, ...rest } = value;
  return { ...rest, anyOf: (type as unknown[]).map((each) => ({ type: each })) };
}

function relax<Schema extends object>(schema: Schema, shape: z.ZodType): Schema {
  if (shape instanceof z.ZodArray && 'items' in schema) {
    return { ...schema, items: relax(schema.items as object, shape.element as z.ZodType) };
  }
  if (shape instanceof z.ZodNullable && 'anyOf' in schema) {
    return { ...schema, anyOf: (schema.anyOf as object[]).map((each) => relax(each, shape.unwrap() as z.ZodType)) };
  }
  if (!(shape instanceof z.ZodObject) || !('properties' in schema)) return schema;
  const children = Object.entries(shape.shape as Record<string, z.ZodType>);
  const properties = children.map(([key, child]) => {
    const property = (schema.properties as Record<string, object>)[key] ?? {};
    return [key, relax(property, child)] as const;
  });
  const required = children.filter(([, child]) => (fieldPolicies.get(child)?.scope ?? null) === null).map(([key]) => key);
  return { ...schema, properties: Object.fromEntries(properties), required };
}
