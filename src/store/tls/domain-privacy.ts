import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Day } from '../../words/dates.ts';
import { publishedWithoutPrivacy, type PrivacyRequirement } from '../../policy/tls.ts';
import { ownVisible } from './domains.ts';
import type { Orm } from '../engine/db.ts';
import { domainExposures, domainPrivacy } from '../schema/index.ts';

export interface PrivacyChange {
  readonly orm: Orm;
  readonly accountId: string;
  /** As `domainKey` writes it. */
  readonly domain: string;
  readonly today: Day;
}

/**
 * Makes a domain's contacts public from today on: no more of them than is required (CS-14). The period stays on record for good
 * (CS-16); one that ended today goes on. False when privacy is off already, or there is no such domain to be seen.
 */
export async function turnPrivacyOff({ orm, accountId, domain, today }: PrivacyChange): Promise<boolean> {
  return orm.transaction(async (tx) => {
    const [row] = await tx
      .update(domainPrivacy)
      .set({ privacyOn: false })
      .where(
        and(
          ownVisible({ accountId, now: new Date(`${today}T00:00:00Z`) }),
          eq(domainPrivacy.domain, domain),
          eq(domainPrivacy.privacyOn, true),
        ),
      )
      .returning({ requiredBy: sql<PrivacyRequirement>`${domainPrivacy.requiredBy}` });
    if (!row) return false;
    await tx
      .update(domainPrivacy)
      .set({ publishedFieldNames: [...publishedWithoutPrivacy[row.requiredBy]] })
      .where(and(eq(domainPrivacy.accountId, accountId), eq(domainPrivacy.domain, domain)));
    await tx
      .insert(domainExposures)
      .values({ accountId, domain, startedOn: today })
      .onConflictDoUpdate({
        target: [domainExposures.accountId, domainExposures.domain, domainExposures.startedOn],
        set: { endedOn: null },
      });
    return true;
  });
}

/** Makes a domain's contacts private: the period in which they were public ends today. What was public is not recalled (CS-16). */
export async function turnPrivacyOn({ orm, accountId, domain, today }: PrivacyChange): Promise<boolean> {
  return orm.transaction(async (tx) => {
    const rows = await tx
      .update(domainPrivacy)
      .set({ privacyOn: true, publishedFieldNames: [] })
      .where(
        and(
          ownVisible({ accountId, now: new Date(`${today}T00:00:00Z`) }),
          eq(domainPrivacy.domain, domain),
          eq(domainPrivacy.privacyOn, false),
        ),
      )
      .returning({ domain: domainPrivacy.domain });
    if (rows.length === 0) return false;
    await tx
      .update(domainExposures)
      .set({ endedOn: sql`greatest(${today}::date, ${domainExposures.startedOn})` })
      .where(and(eq(domainExposures.accountId, accountId), eq(domainExposures.domain, domain), isNull(domainExposures.endedOn)));
    return true;
  });
}
