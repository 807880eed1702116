import { and, eq, isNull, sql } from 'drizzle-orm';
import type { VerificationEventKind } from '../../policy/verification.ts';
import type { Orm } from '../engine/db.ts';
import { certificates, verificationEvents } from '../schema/index.ts';

export interface VerificationEvent {
  readonly at: Date;
  readonly accountId: string;
  readonly certificateId: string;
  readonly kind: VerificationEventKind;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly referrer: string | null;
}

/** Notes that a link was opened: these three things of the request and the time, and nothing else (CF-19). */
export async function recordEvent({ orm, event }: { orm: Orm; event: VerificationEvent }): Promise<void> {
  await orm.insert(verificationEvents).values(event);
}

interface Named {
  readonly orm: Orm;
  readonly accountId: string;
  readonly certificateId: string;
}

/** Gives a certificate a new link; the old one stops at once. False when there is no such certificate to be seen. */
export async function rotateLink({ orm, accountId, certificateId }: Named): Promise<boolean> {
  const rows = await orm
    .update(certificates)
    .set({ verificationCode: sql`gen_random_uuid()` })
    .where(and(eq(certificates.id, certificateId), eq(certificates.accountId, accountId), isNull(certificates.hiddenAt)))
    .returning({ id: certificates.id });
  return rows.length > 0;
}
