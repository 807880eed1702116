import { z } from 'zod';
import { mayLeave } from '../policy/classes.ts';
import { fieldPolicies, type FieldPolicy } from '../policy/fields/field.ts';
import type { Scope } from '../policy/scopes.ts';
import { cleanText } from '../words/text.ts';
import type { Position } from './cursors.ts';
import { isPlausibleEmail } from '../policy/shapes/email-address.ts';
import { isPublicNumber, shownNumber } from '../policy/shapes/public-number.ts';
import { withoutShapes, type ShapeKind } from '../policy/shapes/never-sent.ts';
import type { Handles } from './handles.ts';

/** The projection or the guard objects: the answer is withheld. `reason` names a field, never a value. */
export class Objection extends Error {
  override readonly name = 'Objection';
}

/** What left: names of the record's fields, the scopes that they left under, and how many records with a handle. */
export interface Told {
  readonly fields: Set<string>;
  readonly scopes: Set<Scope>;
  records: number;
}

/** What a projection may use of the grant, and what it notes on the way. */
export interface Release {
  readonly scopes: ReadonlySet<string>;
  readonly acceptedFields: ReadonlySet<string>;
  /** The record's fields that the caller asked for; null for all. */
  readonly narrowedTo: ReadonlySet<string> | null;
  readonly handles: Handles;
  readonly dashboardUrl: (page: DashboardPage, id: string) => string;
  readonly sealCursor: (position: Position) => string;
  /** Replace never-sent shapes in free text, once the guard has seen one in the message. */
  readonly removeShapes: boolean;
  /** Values that carry a shape by their nature, such as a granted e-mail address. */
  readonly excused: Map<string, ReadonlySet<ShapeKind> | 'every kind'>;
  /** The host of our verification links. */
  readonly ownHost: string;
  readonly told: Told;
}

type DashboardPage = NonNullable<FieldPolicy['dashboardPage']>;

type Project = (value: unknown, release: Release) => unknown;

export interface OutputField {
  readonly name: string;
  readonly policy: FieldPolicy;
}

export interface Projection {
  readonly project: (rows: Readonly<Record<string, unknown>>, release: Release) => Record<string, unknown>;
  /** The record's fields in order, as grants, the ledger and `explain_field_policy` name them. */
  readonly fields: readonly OutputField[];
}

/** Compiles an output schema into an allow-list copy: what isn't declared can't pass, and what the grant doesn't open is left out. */
export function compileProjection(output: z.ZodObject): Projection {
  const fields: OutputField[] = [];
  const copy = compileObject(output, null, fields);
  return { fields, project: (rows, release) => copy(rows, release) as Record<string, unknown> };
}

function compile(schema: z.ZodType, inherited: FieldPolicy | null, fields: OutputField[]): Project {
  const policy = fieldPolicies.get(schema) ?? inherited;
  if (schema instanceof z.ZodObject) return compileObject(schema, policy, fields);
  if (schema instanceof z.ZodArray) return compileArray(schema.element as z.ZodType, policy, fields);
  if (schema instanceof z.ZodNullable && isStructure(schema.unwrap() as z.ZodType)) {
    const inner = compile(schema.unwrap() as z.ZodType, policy, fields);
    return (value, release) => (value === null ? null : inner(value, release));
  }
  if (!policy) throw new Error('an output has a leaf without a field policy');
  return compileLeaf(schema, policy);
}

function isStructure(schema: z.ZodType): boolean {
  return schema instanceof z.ZodObject || schema instanceof z.ZodArray;
}

interface Entry {
  readonly key: string;
  readonly policy: FieldPolicy | null;
  /** The field that stands in place of this one when it is granted. */
  readonly replacement: { readonly key: string; readonly policy: FieldPolicy } | null;
  readonly project: Project;
}

function compileObject(schema: z.ZodObject, within: FieldPolicy | null, fields: OutputField[]): Project {
  const shape: Record<string, z.ZodType> = schema.shape;
  const policyOf = (key: string): FieldPolicy | null => (shape[key] && fieldPolicies.get(shape[key])) ?? null;
  const entries = Object.entries(shape).map(([key, child]): Entry => {
    const policy = policyOf(key);
    if (policy && !mayLeave(policy.dataClass)) throw new Error(`${policy.id} is of a class that never leaves`);
    if (policy && !within && !policy.cursor) fields.push({ name: key, policy });
    const replacement = Object.keys(shape)
      .map((other) => ({ key: other, policy: policyOf(other) }))
      .find((other): other is { key: string; policy: FieldPolicy } => other.policy?.replaces === key);
    return { key, policy, replacement: replacement ?? null, project: compile(child, policy ?? within, fields) };
  });
  const declared = new Set(Object.keys(shape));
  const isRecord = entries.some(({ policy }) => policy?.handle !== undefined);
  return (value, release) => {
    if (typeof value !== 'object' || value === null) throw new Objection(`${within?.id ?? 'a record'} is not an object`);
    for (const key of Object.keys(value))
      if (!declared.has(key)) throw new Objection('a row has a column that its output does not declare');
    const copy: Record<string, unknown> = {};
    if (isRecord) release.told.records += 1;
    for (const { key, policy, replacement, project } of entries) {
      if (policy && !opens(policy, release)) continue;
      if (replacement && opens(replacement.policy, release) && keeps(replacement.key, replacement.policy, release)) continue;
      if (policy && !within && !keeps(key, policy, release)) continue;
      copy[key] = project((value as Record<string, unknown>)[key], release);
      if (!policy) continue;
      if (policy.scope) release.told.scopes.add(policy.scope);
      if (!within && !policy.cursor) release.told.fields.add(key);
    }
    return copy;
  };
}

function opens({ scope, id }: FieldPolicy, release: Release): boolean {
  return scope === null || (release.scopes.has(scope) && release.acceptedFields.has(id));
}

function keeps(key: string, policy: FieldPolicy, { narrowedTo }: Release): boolean {
  return narrowedTo === null || narrowedTo.has(key) || policy.handle !== undefined || policy.cursor === true;
}

function compileArray(element: z.ZodType, policy: FieldPolicy | null, fields: OutputField[]): Project {
  const project = compile(element, policy, fields);
  return (value, release) => {
    if (!Array.isArray(value)) throw new Objection(`${policy?.id ?? 'a list'} is not an array`);
    return value.map((each: unknown) => project(each, release));
  };
}

function compileLeaf(schema: z.ZodType, policy: FieldPolicy): Project {
  const checked = (value: unknown): unknown => {
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new Objection(`${policy.id} has a value that its schema refuses`);
    return parsed.data;
  };
  if (policy.handle) {
    const { handle } = policy;
    return (value, { handles }) => checked(typeof value === 'string' ? handles.encode(handle, value) : value);
  }
  if (policy.dashboardPage) {
    const { dashboardPage } = policy;
    return (value, { dashboardUrl, excused }) => {
      const address = typeof value === 'string' ? dashboardUrl(dashboardPage, value) : value;
      if (typeof address === 'string') excused.set(address, new Set(policy.allows));
      return checked(address);
    };
  }
  if (policy.cursor) {
    return (value, { sealCursor, excused }) => {
      if (value === null) return checked(null);
      const cursor = sealCursor(value as Position);
      excused.set(cursor, 'every kind');
      return checked(cursor);
    };
  }
  if (policy.freeText !== undefined) {
    const limit = policy.freeText;
    return (value, { removeShapes, excused, ownHost }) => {
      if (typeof value !== 'string') return checked(value);
      const clean = cleanText(value, limit);
      if (policy.number) {
        if (isPublicNumber(clean)) excused.set(clean, 'every kind');
        return checked(shownNumber(clean, ownHost));
      }
      return checked(removeShapes ? withoutShapes(clean, ownHost) : clean);
    };
  }
  if (policy.allows) {
    const kinds = new Set<ShapeKind>(policy.allows);
    return (value, { excused }) => {
      const text = checked(value);
      if (typeof text === 'string') excused.set(text, kinds.has('email') && isPlausibleEmail(text) ? 'every kind' : kinds);
      return text;
    };
  }
  return checked;
}

/** The entries of a list answer, or one; records inside them count too, where they have handles. */
export function recordsIn(structured: Record<string, unknown>, projection: Projection): number {
  const own = new Set(projection.fields.map(({ name }) => name));
  const lists = Object.entries(structured).filter(([key, value]) => Array.isArray(value) && !own.has(key));
  return lists.length === 0 ? 1 : lists.reduce((sum, [, value]) => sum + (value as unknown[]).length, 0);
}
