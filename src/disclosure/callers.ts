import type { Clock } from '../words/dates.ts';
import type { Statement } from '../store/engine/db.ts';
import { authenticate, type LiveGrant } from '../store/tools/reader.ts';

/** Who calls: a bearer token's digest and the grant that it resolved to. */
export interface Caller {
  readonly digest: Uint8Array;
  readonly grant: LiveGrant;
  /** Its grant has used up its budget of calls: it is told so and nothing else. */
  readonly overBudget?: boolean;
}

export type Identify = (digest: Uint8Array) => Promise<Caller | null>;

/** Looks the token up on every call, so that a revocation counts at once on every instance. Null: no living grant. */
export function makeIdentify({ statement, clock }: { statement: Statement; clock: Clock }): Identify {
  return async (digest) => {
    const grant = await authenticate({ tools: statement, digest, now: clock() });
    return grant ? { digest, grant } : null;
  };
}
