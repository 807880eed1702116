import { dayOf } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { consentEvents } from '../schema/index.ts';

/** `ended`: by the app itself, or after its token was misused. `lapsed`: none of its tokens lived any more. */
export type ConsentEventKind = 'consented' | 'narrowed' | 'paused' | 'resumed' | 'revoked' | 'ended' | 'lapsed';

export interface ConsentEvent {
  readonly accountId: string;
  readonly appId: string;
  /** Null where it is about the whole app. */
  readonly grantId: string | null;
  readonly kind: ConsentEventKind;
  /** What is left after it. */
  readonly scopes: readonly string[];
}

/** Notes what happened to consents, in the transaction in which it happens. */
export async function noteConsentEvents({ tx, events, now }: { tx: Orm; events: readonly ConsentEvent[]; now: Date }): Promise<void> {
  if (events.length === 0) return;
  await tx.insert(consentEvents).values(events.map((each) => ({ ...each, scopes: [...each.scopes], at: now, day: dayOf(now) })));
}
