import { randomBytes, randomUUID, sign } from 'node:crypto';
import type { Clock } from '../words/dates.ts';
import type { Outcome, Purpose } from '../policy/fields/app.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm, Statement } from '../store/engine/db.ts';
import { appendDisclosures, openLedgerWriter, type LedgerEntry } from '../store/ledger/append.ts';
import { firstHead, headAfter, ledgerSigningKey, toldLeaf, whoseTold, type ToldRow } from '../store/ledger/chain.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';

/** What an app is told in one call: names and counts, never values. */
export interface Disclosure {
  readonly digest: Uint8Array;
  readonly accountId: string;
  readonly appId: string;
  readonly grantId: string;
  readonly scopes: readonly Scope[];
  readonly tool: string;
  readonly purpose: Purpose;
  readonly fieldNames: readonly string[];
  readonly recordCount: number;
  readonly outcome: Outcome;
}

export interface Ledger {
  /** Resolves once the row is committed: true when it stands as given, false when the grant died meanwhile (then it says `withheld`). */
  record(disclosure: Disclosure): Promise<boolean>;
  /** Resolves when everything that was handed over is committed or refused. */
  drain(): Promise<void>;
}

interface Waiting {
  readonly disclosure: Disclosure;
  readonly at: Date;
  dead: boolean;
  readonly resolve: (stands: boolean) => void;
  readonly reject: (error: unknown) => void;
}

interface Chain {
  readonly writer: string;
  readonly seq: number;
  readonly head: Buffer;
}

const batchSize = 500;

interface LedgerDeps {
  readonly orm: Orm;
  readonly tools: Statement;
  readonly key: PurposeKey;
  readonly clock: Clock;
}

/**
 * Group commit: one batch is on its way, whatever arrives meanwhile goes with the next. One linear hash chain per process;
 * leaf = SHA-256(salt ‖ row), head = SHA-256(previous head ‖ leaf), each batch's head signed.
 */
export function openLedger({ orm, tools, key, clock }: LedgerDeps): Ledger {
  const { privateKey } = ledgerSigningKey(key);
  const queue: Waiting[] = [];
  let chain: Chain | null = null;
  let running: Promise<void> | null = null;

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    chain ??= await newChain({ orm, clock });
    for (;;) {
      const { entries, next } = extend(chain, batch);
      const signature = sign(null, next.head, privateKey);
      const dead = await appendDisclosures({
        tools,
        batch: { writer: next.writer, entries, now: clock(), seq: next.seq, head: next.head, signature, keyId: key.id },
      });
      if (dead.length === 0) {
        chain = next;
        return;
      }
      for (const seq of dead) {
        const waiting = batch[entries.findIndex((entry) => entry.seq === seq)];
        if (waiting) waiting.dead = true;
      }
    }
  };

  const flush = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await write(batch);
      for (const { resolve, dead } of batch) resolve(!dead);
    } catch (error) {
      // Whether the batch was committed may be unknown: a new chain, so that no sequence number is used twice.
      chain = null;
      if (batch.length > 1 && isRefusal(error)) for (const waiting of batch) await flush([waiting]);
      else for (const { reject } of batch) reject(error);
    }
  };

  const run = async (): Promise<void> => {
    while (queue.length > 0) await flush(queue.splice(0, batchSize));
    running = null;
  };

  return {
    record: (disclosure) =>
      new Promise((resolve, reject) => {
        queue.push({ disclosure, at: clock(), dead: false, resolve, reject });
        running ??= run();
      }),
    drain: async () => {
      while (running) await running;
    },
  };
}

/** The database looked at the rows and said no (SQLSTATE classes 22, 23, 42, P0), so that nothing was committed. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:22|23|42|P0)[0-9A-Z]{3}$/.test(String(error.code));
}

async function newChain({ orm, clock }: Pick<LedgerDeps, 'orm' | 'clock'>): Promise<Chain> {
  const writer = randomUUID();
  await openLedgerWriter({ orm, writer, now: clock() });
  return { writer, seq: 0, head: firstHead };
}

function extend(chain: Chain, batch: readonly Waiting[]): { entries: LedgerEntry[]; next: Chain } {
  let { seq, head } = chain;
  const entries = batch.map((waiting) => {
    seq += 1;
    const salt = randomBytes(16);
    const row = rowOf(waiting);
    const leaf = toldLeaf(salt, whoseTold(salt, row), row);
    head = headAfter(head, leaf);
    return {
      ...row,
      seq,
      leaf: leaf.toString('hex'),
      salt: salt.toString('hex'),
      digest: Buffer.from(waiting.disclosure.digest).toString('hex'),
      scopes: waiting.disclosure.scopes,
    };
  });
  return { entries, next: { writer: chain.writer, seq, head } };
}

function rowOf({ disclosure, at, dead }: Waiting): ToldRow {
  return {
    account_id: disclosure.accountId,
    app_id: disclosure.appId,
    grant_id: disclosure.grantId,
    at: at.toISOString(),
    tool: disclosure.tool,
    purpose: disclosure.purpose,
    field_names: dead ? [] : disclosure.fieldNames,
    record_count: dead ? 0 : disclosure.recordCount,
    outcome: dead ? 'withheld' : disclosure.outcome,
  };
}
