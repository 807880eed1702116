import { makeIdentify, type Caller } from '../../src/disclosure/callers.ts';
import { makeCursors } from '../../src/disclosure/cursors.ts';
import { makeGate, type Gate, type GateDependencies } from '../../src/disclosure/gate.ts';
import { makeHandles } from '../../src/disclosure/handles.ts';
import { openLedger } from '../../src/disclosure/ledger.ts';
import { makeLogger } from '../../src/watch/log.ts';
import { tokenDigest } from '../../src/crypto/digest.ts';
import { services } from '../../src/policy/classes.ts';
import { currentNotice } from '../../src/store/notices/notices.ts';
import { loadPurposeKeys } from '../../src/store/engine/purpose-keys.ts';
import type { Clock } from '../../src/words/dates.ts';
import type { Database } from '../../src/store/engine/db.ts';
import { testDataKey } from './engines.ts';

/** What a gate stands on: a world, or a database with a clock. */
export interface Ground {
  readonly database: Database;
  readonly clock: Clock;
  readonly url: string;
}

/** A second instance's gate over a world's database, with tools or parts of its own. */
export async function openGate({ database, clock, url }: Ground, changes: Partial<GateDependencies>): Promise<Gate> {
  const keys = await loadPurposeKeys({ orm: database.orm, dataKey: testDataKey, clock });
  return makeGate({
    tools: [],
    statement: database.tools,
    ledger: openLedger({ ...database, key: keys.ledger, clock }),
    handlesFor: makeHandles(keys.handles.bytes),
    cursorsFor: makeCursors({ cursorKey: keys.cursors.bytes, clock }),
    acts: { disconnectApp: () => Promise.resolve() },
    publicUrl: url,
    installation: { services, retention: {}, noticeOf: (service) => currentNotice({ orm: database.orm, service }) },
    clock,
    log: makeLogger('silent'),
    ...changes,
  });
}

export async function callerOf({ database, clock }: Ground, accessToken: string): Promise<Caller> {
  return callerWith({ database, clock }, tokenDigest(accessToken));
}

export async function callerWith({ database, clock }: Omit<Ground, 'url'>, digest: Uint8Array): Promise<Caller> {
  const caller = await makeIdentify({ statement: database.tools, clock })(digest);
  if (!caller) throw new Error('no living grant');
  return caller;
}
