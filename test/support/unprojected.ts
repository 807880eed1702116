import { z } from 'zod';
import { compileProjection, type Projection, type Release } from '../../src/disclosure/projection.ts';
import { fieldPolicies } from '../../src/policy/fields/field.ts';
import type { Position } from '../../src/disclosure/cursors.ts';

/** A projection that drops and refuses nothing; ids and positions still become handles and cursors. For tests of what stands behind it. */
export function withoutProjection(output: z.ZodObject): Projection {
  return { ...compileProjection(output), project: (rows, release) => copy(rows, output, release) as Record<string, unknown> };
}

function copy(value: unknown, schema: z.ZodType | undefined, release: Release): unknown {
  if (schema instanceof z.ZodNullable) return copy(value, schema.unwrap() as z.ZodType, release);
  if (Array.isArray(value) && schema instanceof z.ZodArray) return value.map((each) => copy(each, schema.element as z.ZodType, release));
  const policy = schema && fieldPolicies.get(schema);
  if (policy?.cursor) return value === null ? null : excused(release.sealCursor(value as Position), release);
  if (typeof value === 'string' && policy?.handle) return release.handles.encode(policy.handle, value);
  if (typeof value === 'string' && policy?.dashboardPage) return excused(release.dashboardUrl(policy.dashboardPage, value), release);
  if (typeof value === 'string' && policy?.allows) return excused(value, release);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copy(each, shape[key], release)]));
}

function excused(value: string, release: Release): string {
  release.excused.set(value, 'every kind');
  return value;
}
