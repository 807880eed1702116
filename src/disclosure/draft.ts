import { AppError, publicError, type ErrorCode } from '../errors.ts';
import type { Logger } from '../watch/log.ts';
import { dayOf, type Clock } from '../words/dates.ts';
import { dashboardPages } from '../policy/fields/field.ts';
import { isScope, type Scope } from '../policy/scopes.ts';
import type { Statement } from '../store/engine/db.ts';
import { readerFor } from '../store/tools/reader.ts';
import { requestDeskFor } from '../store/tools/request-desk.ts';
import type { Caller } from './callers.ts';
import { checkFilters, decodeHandles, handleInputsOf, narrowing, openCursor, parseInput, type HandleInputs } from './arguments.ts';
import type { makeCursors } from './cursors.ts';
import { objectsTo } from './guard.ts';
import type { makeHandles } from './handles.ts';
import { isTooHeavy } from './paging.ts';
import { compileProjection, Objection, recordsIn, type Projection, type Release } from './projection.ts';
import type { AnyTool, Call, Installation, Rows, ToolPolicy } from './tool.ts';

export interface DraftDependencies {
  readonly statement: Statement;
  readonly handlesFor: ReturnType<typeof makeHandles>;
  readonly cursorsFor: ReturnType<typeof makeCursors>;
  readonly publicUrl: string;
  readonly installation: Installation;
  readonly clock: Clock;
  readonly log: Logger;
  /** What looks over a message and what copies its rows; the bench and a test give others, to see the cost and what stands behind. */
  readonly guard?: typeof objectsTo;
  readonly compile?: typeof compileProjection;
}

export interface CompiledTool {
  readonly tool: AnyTool;
  readonly projection: Projection;
  readonly handleInputs: HandleInputs;
}

/** What would be said. Nothing sends it before the gate has released it. */
export interface Message {
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>> | null;
  readonly code: ErrorCode | null;
}

/** An answer on its way: what the ledger will say of it. */
export interface Draft {
  readonly message: Message;
  readonly outcome: 'answered' | 'withheld' | 'failed';
  readonly fieldNames: readonly string[];
  readonly scopes: readonly Scope[];
  readonly recordCount: number;
}

const withheldCodes: readonly ErrorCode[] = ['consent_needed', 'paused'];
/** Codes that a tool call may answer with; every other failure is `try_later`. */
const toolCodes: readonly ErrorCode[] = [...withheldCodes, 'not_available', 'invalid_input', 'expired_cursor', 'rate_limited', 'try_later'];

export function compileTool(tool: AnyTool, compile = compileProjection): CompiledTool {
  return { tool, projection: compile(tool.output), handleInputs: handleInputsOf(tool) };
}

export function policyOf({ tool, projection }: CompiledTool): ToolPolicy {
  return { tool: tool.name, allowedFields: projection.fields.map(({ name }) => name), needsScope: tool.scope };
}

/** Reads, projects and looks over what a tool says; whatever fails on the way becomes a refusal. */
export async function draftAnswer(
  dependencies: DraftDependencies,
  catalogue: readonly ToolPolicy[],
  entry: CompiledTool,
  caller: Caller,
  given: unknown,
): Promise<Draft> {
  try {
    return await answer(dependencies, catalogue, entry, caller, given);
  } catch (error) {
    if (error instanceof Objection) {
      dependencies.log.error({ err: error, tool: entry.tool.name, reason: error.message }, 'an answer was withheld');
      return refusal('not_available', 'withheld');
    }
    if (!(error instanceof AppError) || !toolCodes.includes(error.code)) {
      dependencies.log.error({ err: error, tool: entry.tool.name }, 'a call could not be answered');
      return refusal('try_later', 'failed');
    }
    return refusal(error.code, withheldCodes.includes(error.code) ? 'withheld' : 'failed');
  }
}

export function refusalOf(code: ErrorCode): Message {
  return { text: JSON.stringify(publicError(code)), structured: null, code };
}

function refusal(code: ErrorCode, outcome: Draft['outcome']): Draft {
  return { message: refusalOf(code), outcome, fieldNames: [], scopes: [], recordCount: 0 };
}

async function answer(
  dependencies: DraftDependencies,
  catalogue: readonly ToolPolicy[],
  entry: CompiledTool,
  caller: Caller,
  given: unknown,
): Promise<Draft> {
  const { tool, projection } = entry;
  const { grant } = caller;
  const scopes = grant.scopes.filter(isScope);
  if (grant.paused) throw new AppError('paused');
  if (tool.scope && !scopes.includes(tool.scope)) throw new AppError('not_available');
  if (tool.service && !grant.services.includes(tool.service)) throw new AppError('not_available');
  const input = parseInput(tool, given);
  const handles = dependencies.handlesFor({ app: grant.app_id });
  const acceptedFields = new Set(grant.accepted_fields);
  checkFilters(tool, given, new Set<string>(scopes), acceptedFields);
  const narrowedTo = narrowing(projection, input, new Set<string>(scopes), acceptedFields);
  const cursors = dependencies.cursorsFor({ grantId: grant.grant_id, tool: tool.name, arguments: input, fields: [...(narrowedTo ?? [])] });
  const after = openCursor(cursors, input);
  const now = dependencies.clock();
  const bound = { tools: dependencies.statement, digest: caller.digest, now };
  const call: Call = {
    reader: readerFor(bound),
    desk: requestDeskFor(bound),
    grant: { accountId: grant.account_id, appId: grant.app_id, scopes },
    after,
    today: dayOf(now),
    installation: dependencies.installation,
    catalogue,
  };
  const rows = await tool.run(call, decodeHandles(entry.handleInputs, handles, input));
  if (rows === null) throw new AppError('not_available');
  const ownHandles = dependencies.handlesFor({ account: grant.account_id });
  return release(dependencies.guard ?? objectsTo, entry, rows, {
    scopes: new Set<string>(scopes),
    acceptedFields,
    narrowedTo,
    handles,
    dashboardUrl: (page, id) => `${dependencies.publicUrl}/dashboard/${page}/${ownHandles.encode(dashboardPages[page], id)}`,
    sealCursor: (position) => cursors.seal(position),
    removeShapes: false,
    excused: new Map(),
    ownHost: new URL(dependencies.publicUrl).hostname,
    told: {
      fields: new Set(),
      scopes: new Set([...(tool.scope ? [tool.scope] : []), ...(tool.alsoUses?.(call, input, rows) ?? [])]),
      records: 0,
    },
  });
}

/** Projection, then the guard over the whole message; a shape in free text is removed, anywhere else it withholds the answer. */
function release(guard: typeof objectsTo, entry: CompiledTool, rows: Rows, plain: Release): Draft {
  const { tool, projection } = entry;
  let structured = projection.project(rows, plain);
  let text = JSON.stringify(structured);
  if (guard(text, plain.excused, plain.ownHost)) {
    plain.told.records = 0;
    structured = projection.project(rows, { ...plain, removeShapes: true });
    text = JSON.stringify(structured);
    if (guard(text, plain.excused, plain.ownHost)) throw new Objection(`${tool.name} would hold a shape that is never sent`);
  }
  if (isTooHeavy(text)) throw new Objection(`${tool.name} would say more than an answer may`);
  return {
    message: { text, structured, code: null },
    outcome: 'answered',
    fieldNames: [...plain.told.fields],
    scopes: [...plain.told.scopes],
    recordCount: Math.max(plain.told.records, recordsIn(structured, projection)),
  };
}
