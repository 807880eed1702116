import { and, asc, eq, gt } from 'drizzle-orm';
import { emailKey } from '../../words/text.ts';
import { eventsEndBefore } from '../../policy/verification.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, activityInspections, certificates, verificationEvents } from '../schema/index.ts';

/** What staff may look into the log of verification links for (CF-20, CS-13). */
export const inspectionPurposes = ['fraud', 'abuse'] as const;
export type InspectionPurpose = (typeof inspectionPurposes)[number];

/** The certificates of this number; it is unique in an account. */
export async function certificatesNumbered({ orm, publicNumber, email }: { orm: Orm; publicNumber: string; email: string | null }) {
  return orm
    .select({ id: certificates.id })
    .from(certificates)
    .innerJoin(accounts, eq(accounts.id, certificates.accountId))
    .where(and(eq(certificates.publicNumber, publicNumber), email === null ? undefined : eq(accounts.emailKey, emailKey(email))))
    .limit(2);
}

export interface Inspection {
  readonly orm: Orm;
  readonly now: Date;
  readonly staffName: string;
  readonly purpose: InspectionPurpose;
  readonly certificateId: string;
}

/** The log of a certificate's link. The look itself is recorded in the same transaction, before anything is shown. */
export async function inspectActivity({ orm, now, staffName, purpose, certificateId }: Inspection) {
  return orm.transaction(async (tx) => {
    const { at, kind, ip, userAgent, referrer } = verificationEvents;
    const events = await tx
      .select({ at, kind, ip, userAgent, referrer })
      .from(verificationEvents)
      .where(and(eq(verificationEvents.certificateId, certificateId), gt(at, eventsEndBefore(now))))
      .orderBy(asc(at));
    await tx.insert(activityInspections).values({ at: now, staffName, purpose, recordCount: events.length });
    return events;
  });
}
