import { AppError, type ErrorCode } from '../errors.ts';
import type { Caller } from './callers.ts';
import { compileTool, draftAnswer, policyOf, refusalOf, type Draft, type DraftDependencies, type Message } from './draft.ts';
import type { Ledger } from './ledger.ts';
import type { Acts, AnyTool } from './tool.ts';

export interface Gate {
  readonly tools: readonly AnyTool[];
  /** The one way out: every answer to a tool call, errors too, is made here and has its ledger row. */
  disclose(caller: Caller, toolName: string, given: unknown): Promise<Released>;
}

export interface GateDependencies extends DraftDependencies {
  readonly tools: readonly AnyTool[];
  readonly ledger: Ledger;
  readonly acts: Acts;
  readonly countCall?: (tool: string, outcome: string) => void;
}

const key = Symbol('released by the gate');

/** A message that passed the gate. The class doesn't leave this file, and who reaches it through an answer lacks the key. */
class Released implements Message {
  readonly #passed = true;
  readonly text: string;
  readonly structured: Message['structured'];
  readonly code: ErrorCode | null;

  private constructor(held: typeof key, { text, structured, code }: Message) {
    if (held !== key) throw new AppError('internal');
    this.text = text;
    this.structured = structured;
    this.code = code;
    Object.freeze(this);
  }

  static release(held: typeof key, message: Message): Released {
    return new Released(held, message);
  }

  static has(value: object): value is Released {
    return #passed in value && value.#passed;
  }
}

export type { Released };

/** What the transport may send. @throws AppError `internal` for whatever the gate didn't make, however alike it looks */
export function messageOf(released: Released): Message {
  if (!Released.has(released)) throw new AppError('internal');
  return released;
}

export function makeGate(dependencies: GateDependencies): Gate {
  const compiled = new Map(dependencies.tools.map((tool) => [tool.name, compileTool(tool, dependencies.compile)]));
  const catalogue = [...compiled.values()].map(policyOf);
  return {
    tools: dependencies.tools,
    disclose: async (caller, toolName, given) => {
      const entry = compiled.get(toolName);
      if (!entry) return refuse('not_available');
      // Nothing is told, and a row for each would let a flood fill the ledger.
      if (caller.overBudget) return refuse('rate_limited');
      try {
        const draft = await draftAnswer(dependencies, catalogue, entry, caller, given);
        return await commit(dependencies, entry.tool, caller, draft);
      } catch (error) {
        dependencies.log.error({ err: error, tool: toolName }, 'the ledger could not be written');
        return refuse('try_later');
      }
    },
  };
}

function refuse(code: ErrorCode): Released {
  return Released.release(key, refusalOf(code));
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
  if (!stands) return refuse('not_available');
  try {
    if (draft.outcome === 'answered') await tool.effect?.(acts, { accountId: grant.account_id, appId: grant.app_id });
  } catch (error) {
    log.error({ err: error, tool: tool.name }, 'what was answered could not be done');
    return refuse('try_later');
  }
  countCall?.(tool.name, draft.outcome);
  log.debug({ tool: tool.name, outcome: draft.outcome, records: draft.recordCount }, 'call');
  return Released.release(key, draft.message);
}
