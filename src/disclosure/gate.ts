import { AppError, type ErrorCode } from '../errors.ts';
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
import type { Ledger } from './ledger.ts';
import { isTooHeavy } from './paging.ts';
import { compileProjection, Objection, recordsIn, type Projection, type Release } from './projection.ts';
import { Released } from './released.ts';
import type { Acts, AnyTool, Call, Installation, Rows, ToolPolicy } from './tool.ts';

export type { Released } from './released.ts';

export interface Gate {
  readonly tools: readonly AnyTool[];
  /** The one way out: every answer to a tool call, errors too, is made here and has its ledger row. */
  disclose(caller: Caller, toolName: string, given: unknown): Promise<Released>;
}

export interface GateDependencies {
  readonly tools: readonly AnyTool[];
  readonly statement: Statement;
  readonly ledger: Ledger;
  readonly handlesFor: ReturnType<typeof makeHandles>;
  readonly cursorsFor: ReturnType<typeof makeCursors>;
  readonly acts: Acts;
  readonly publicUrl: string;
  readonly installation: Installation;
  readonly clock: Clock;
  readonly log: Logger;
  readonly countCall?: (tool: string, outcome: string) => void;
  /** What looks over a message and what copies its rows; the bench and a test give others, to see the cost and what stands behind. */
  readonly guard?: typeof objectsTo;
  readonly compile?: typeof compileProjection;
}

interface CompiledTool {
  readonly tool: AnyTool;
  readonly projection: Projection;
  readonly handleInputs: HandleInputs;
}

/** An answer on its way: what the ledger will say of it. */
interface Draft {
  readonly released: Released;
  readonly outcome: 'answered' | 'withheld' | 'failed';
  readonly fieldNames: readonly string[];
  readonly scopes: readonly Scope[];
  readonly recordCount: number;
}

const withheldCodes: readonly ErrorCode[] = ['consent_needed', 'paused'];
/** Codes that a tool call may answer with; every other failure is `try_later`. */
const toolCodes: readonly ErrorCode[] = [...withheldCodes, 'not_available', 'invalid_input', 'expired_cursor', 'rate_limited', 'try_later'];

export function makeGate(dependencies: GateDependencies): Gate {
  const compiled = new Map(dependencies.tools.map((tool) => [tool.name, compileTool(tool, dependencies.compile)]));
  const catalogue = [...compiled.values()].map(policyOf);
  return {
    tools: dependencies.tools,
    disclose: async (caller, toolName, given) => {
      const entry = compiled.get(toolName);
      if (!entry) return Released.make.refusal('not_available');
      // Nothing is told, and a row for each would let a flood fill the ledger.
      if (caller.overBudget) return Released.make.refusal('rate_limited');
      try {
        const draft = await draftAnswer(dependencies, catalogue, entry, caller, given);
        return await commit(dependencies, entry.tool, caller, draft);
      } catch (error) {
        dependencies.log.error({ err: error, tool: toolName }, 'the ledger could not be written');
        return Released.make.refusal('try_later');
      }
    },
  };
}

function compileTool(tool: AnyTool, compile = compileProjection): CompiledTool {
  return { tool, projection: compile(tool.output), handleInputs: handleInputsOf(tool) };
}

function policyOf({ tool, projection }: CompiledTool): ToolPolicy {
  return { tool: tool.name, allowedFields: projection.fields.map(({ name }) => name), needsScope: tool.scope };
}

async function draftAnswer(
  dependencies: GateDependencies,
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

function refusal(code: ErrorCode, outcome: Draft['outcome']): Draft {
  return { released: Released.make.refusal(code), outcome, fieldNames: [], scopes: [], recordCount: 0 };
}

async function answer(
  dependencies: GateDependencies,
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
    released: Released.make.answer(text, structured),
    outcome: 'answered',
    fieldNames: [...plain.told.fields],
    scopes: [...plain.told.scopes],
    recordCount: Math.max(plain.told.records, recordsIn(structured, projection)),
  };
}

async function commit(
  { ledger, acts, log, countCall }: GateDependencies,
  tool: AnyTool,
  { digest, grant }: Caller,
  draft: Draft,
): Promise<Released> {
  const stands = await ledger.record({
    digest,
    accountId: grant.account_id,
    appId: grant.app_id,
    grantId: grant.grant_id,
    scopes: draft.scopes,
    tool: tool.name,
    purpose: 'fulfil_request',
    fieldNames: draft.fieldNames,
    recordCount: draft.recordCount,
    outcome: draft.outcome,
  });
  if (!stands) return Released.make.refusal('not_available');
  try {
    if (draft.outcome === 'answered') await tool.effect?.(acts, { accountId: grant.account_id, appId: grant.app_id });
  } catch (error) {
    log.error({ err: error, tool: tool.name }, 'what was answered could not be done');
    return Released.make.refusal('try_later');
  }
  countCall?.(tool.name, draft.outcome);
  log.debug({ tool: tool.name, outcome: draft.outcome, records: draft.recordCount }, 'call');
  return draft.released;
}
