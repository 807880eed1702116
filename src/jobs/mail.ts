import type { Logger } from '../watch/log.ts';
import type { Clock } from '../words/dates.ts';
import { retentionClasses, startedBefore } from '../policy/retention.ts';
import type { Orm } from '../store/engine/db.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import type { SweepClock } from '../store/retention/sweep-clock.ts';
import { claimMail, deleteClosedMail, giveUpMail, markDelivered, markFailed } from '../store/mail/outbox.ts';
import type { HandOver } from './smtp.ts';

/** Longer than handing one mail over can take. */
const leaseMinutes = 10;
const batch = 2_000;

export interface SenderDeps {
  readonly orm: Orm;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly clock: Clock;
  readonly log: Logger;
  /** Null without a mail server: messages wait. */
  readonly handOver: HandOver | null;
}

export interface Sender {
  /** Sends what is due, soon; nobody waits for it. Call it after a commit that queued mail. */
  wake(): void;
  /** Sends what is due, one after the other, until nothing is or the server can't be reached. A mail arrives at least once. */
  deliver(): Promise<{ readonly delivered: number; readonly failed: number }>;
  /** Starts nothing more; resolves when the mail in hand is through. */
  close(): Promise<void>;
}

export function makeSender(deps: SenderDeps): Sender {
  let running: Promise<{ delivered: number; failed: number }> | null = null;
  let again = false;
  let closing = false;
  const isClosing = () => closing;
  const deliver = () => {
    running ??= sendDue(deps, isClosing).finally(() => {
      running = null;
    });
    return running;
  };
  const wake = (): void => {
    if (closing || deps.handOver === null) return;
    if (running) {
      again = true;
      return;
    }
    deliver()
      .catch((error: unknown) => deps.log.error({ err: error }, 'the outbox could not be worked through'))
      .finally(() => {
        if (!again) return;
        again = false;
        wake();
      });
  };
  return {
    wake,
    deliver,
    close: async () => {
      closing = true;
      await running?.catch((error: unknown) => deps.log.error({ err: error }, 'the outbox could not be worked through'));
    },
  };
}

async function sendDue({ orm, key, clock, log, handOver }: SenderDeps, isClosing: () => boolean) {
  const counts = { delivered: 0, failed: 0 };
  while (handOver && !isClosing()) {
    const mail = await claimMail({ orm, key, now: clock(), leaseMinutes });
    if (!mail) break;
    const problem = await handOver(mail);
    if (!problem) {
      await markDelivered({ orm, id: mail.id, now: clock() });
      counts.delivered += 1;
      continue;
    }
    counts.failed += 1;
    const next = await markFailed({ orm, mail, now: clock(), errorCode: problem.code, forGood: problem.forGood });
    log.warn({ kind: mail.kind, code: problem.code, attempts: mail.attempts, givenUp: next === null }, 'a mail was not taken');
    if (problem.server) break;
  }
  return counts;
}

/** Gives up what has expired or waited as long as mail is kept, and deletes what was delivered or given up so long ago. */
export async function sweepMail({ orm, clock }: { orm: Orm; clock: SweepClock }): Promise<{ readonly deleted: number }> {
  const now = clock();
  const before = startedBefore(retentionClasses.mail.period, now);
  await giveUpMail({ orm, now, olderThan: before });
  let deleted = 0;
  for (;;) {
    const count = await deleteClosedMail({ orm, before, limit: batch });
    deleted += count;
    if (count < batch) return { deleted };
  }
}
