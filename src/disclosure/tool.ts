import type { z } from 'zod';
import type { Service } from '../policy/classes.ts';
import type { Day } from '../words/dates.ts';
import type { OperatorPeriods } from '../policy/retention.ts';
import type { Scope } from '../policy/scopes.ts';
import type { PublishedNotice } from '../store/notices/notices.ts';
import type { Reader } from '../store/tools/reader.ts';
import type { RequestDesk } from '../store/tools/request-desk.ts';
import type { Position } from './cursors.ts';

/** What a tool is told about the call besides its arguments. */
export interface Call {
  readonly reader: Reader;
  /** Where an app files privacy requests, under the same token. */
  readonly desk: RequestDesk;
  /** The grant that asks. Internal: it names what a tool may act on, and can't be returned. */
  readonly grant: {
    readonly accountId: string;
    readonly appId: string;
    readonly scopes: readonly Scope[];
  };
  /** The position that the cursor held, or null on the first page. */
  readonly after: Position | null;
  readonly today: Day;
  readonly installation: Installation;
  /** Every tool of the installation with the fields that it may return. */
  readonly catalogue: readonly ToolPolicy[];
}

/** What is the same for every caller. */
export interface Installation {
  /** The services that it runs. */
  readonly services: readonly Service[];
  /** How long it keeps what no notice promises. */
  readonly retention: OperatorPeriods;
  /** The notice that holds now; null where the service isn't run. */
  noticeOf(service: Service): Promise<PublishedNotice | null>;
}

export interface ToolPolicy {
  readonly tool: string;
  readonly allowedFields: readonly string[];
  readonly needsScope: Scope | null;
}

/** What a tool may change for the person. Wired in app.ts; reads never need it. */
export interface Acts {
  disconnectApp(app: AppOfAccount): Promise<void>;
}

export interface AppOfAccount {
  readonly accountId: string;
  readonly appId: string;
}

/**
 * A tool is one object. `run` gets a reader that is bound to the caller's account and returns rows shaped as `output`, in which
 * ids and page positions are still plain: the gate turns them into handles and cursors, and drops what the grant doesn't open.
 * It answers null for "not available".
 */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Null: any valid token. */
  readonly scope: Scope | null;
  /** Null: of the installation, whichever services it runs. */
  readonly service: Service | null;
  readonly hints: { readonly readOnly: boolean; readonly destructive: boolean; readonly idempotent: boolean };
  readonly input: Input;
  readonly output: Output;
  run(call: Call, input: z.output<Input>): Promise<Rows | null>;
  /** Scopes that these rows took besides the tool's own and those of their fields: the grant must still have them when they leave. */
  alsoUses?(call: Call, input: z.output<Input>, rows: Rows): readonly Scope[];
  /** What it changes, done once the ledger row is committed and before the answer leaves. */
  effect?(acts: Acts, app: AppOfAccount): Promise<void>;
}

/** Rows as a tool returns them: checked against `output` at run time by the gate, the only reader of this type. */
export type Rows = Readonly<Record<string, unknown>>;

/** The tool with its argument types forgotten, for the registry. */
export interface AnyTool extends Omit<Tool, 'run' | 'alsoUses'> {
  run(call: Call, input: Record<string, unknown>): Promise<Rows | null>;
  alsoUses?(call: Call, input: Record<string, unknown>, rows: Rows): readonly Scope[];
}

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: Tool<Input, Output>): AnyTool {
  // `run` is only ever called by the gate, with what this tool's own `input` parsed.
  return tool as unknown as AnyTool;
}
