import fc from 'fast-check';
import { handleInputsOf } from '../../src/disclosure/arguments.ts';
import { inputSchemaOf } from '../../src/disclosure/schemas.ts';
import type { AnyTool } from '../../src/disclosure/tool.ts';
import { addDays, type Day } from '../../src/words/dates.ts';
import type { HandleKind } from '../../src/policy/fields/field.ts';

/** A handle that the app has been given by then: which one, of this kind. */
export class HandleOf {
  readonly kind: HandleKind;
  readonly nth: number;

  constructor(kind: HandleKind, nth: number) {
    this.kind = kind;
    this.nth = nth;
  }
}

export interface RandomCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** How many pages are asked for where there is a cursor. */
  readonly pages: number;
}

interface InputSchema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: InputSchema;
}

export interface Drawing {
  /** What texts are drawn from. */
  readonly words: readonly string[];
  readonly today: Day;
}

/** Calls of any of the tools with arguments of the declared kinds, whatever the tools are. */
export function randomCalls(tools: readonly AnyTool[], drawing: Drawing, length: number): fc.Arbitrary<RandomCall[]> {
  return fc.array(fc.oneof(...tools.map((tool) => randomCall(tool, drawing))), { minLength: length, maxLength: length });
}

function randomCall(tool: AnyTool, drawing: Drawing): fc.Arbitrary<RandomCall> {
  const schema = inputSchemaOf(tool) as { properties?: Record<string, InputSchema>; required?: string[] };
  const kinds = new Map(handleInputsOf(tool));
  const entries = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'cursor');
  const model = Object.fromEntries(entries.map(([name, property]) => [name, valueOf(name, property, kinds.get(name), drawing)]));
  const requiredKeys = entries.map(([name]) => name).filter((name) => schema.required?.includes(name));
  return fc.record({
    tool: fc.constant(tool.name),
    input: fc.record(model, { requiredKeys }),
    pages: fc.constantFrom(1, 2, 4),
  });
}

function valueOf(name: string, schema: InputSchema, kind: HandleKind | undefined, { words, today }: Drawing): fc.Arbitrary<unknown> {
  if (kind) {
    const given = fc.nat(60).map((nth): unknown => new HandleOf(kind, nth));
    return fc.oneof({ weight: 9, arbitrary: given }, { weight: 1, arbitrary: fc.constant(`${kind}_${'0'.repeat(26)}`) });
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer')
    return name === 'limit' ? fc.constantFrom(1, 3, 7, 50) : fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100 });
  if (schema.type === 'array') return fc.subarray([...(schema.items?.enum ?? words)], { minLength: 1 });
  if (schema.format === 'date') return fc.integer({ min: -900, max: 900 }).map((days) => addDays(today, days));
  return fc.constantFrom(...words);
}
