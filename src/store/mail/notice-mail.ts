import { and, asc, desc, eq, gte, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { services, type Service } from '../../policy/classes.ts';
import { addDays, type Day } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { accounts, memberships, notices } from '../schema/index.ts';

/** For how long a change of a notice is news. */
const newsDays = 30;

export interface Uninformed {
  readonly accountId: string;
  readonly email: string;
  readonly service: Service;
  readonly version: string;
}

/**
 * Owners who weren't mailed yet that a notice of a service that they use has changed since they joined, locked until the transaction
 * ends; those whom another instance has locked are left to it. Who has said that they saw it needs no mail.
 */
export async function lockUninformed({ tx, today, limit }: { tx: Orm; today: Day; limit: number }): Promise<Uninformed[]> {
  const latest = tx
    .selectDistinctOn([notices.service], { service: notices.service, version: notices.version, effectiveOn: notices.effectiveOn })
    .from(notices)
    .orderBy(notices.service, desc(sql`${notices.version}::integer`))
    .as('latest');
  const m = memberships;
  const rows = await tx
    .select({ accountId: m.accountId, email: accounts.email, service: m.service, version: latest.version })
    .from(m)
    .innerJoin(latest, eq(latest.service, m.service))
    .innerJoin(accounts, eq(accounts.id, m.accountId))
    .where(
      and(
        ne(latest.version, '1'),
        gte(latest.effectiveOn, addDays(today, -newsDays)),
        lte(sql`(${m.createdAt} at time zone 'UTC')::date`, latest.effectiveOn),
        eq(m.status, 'active'),
        isNull(accounts.disabledAt),
        isNull(accounts.hiddenAt),
        isNotNull(accounts.passwordHash),
        or(isNull(m.noticeMailedVersion), ne(m.noticeMailedVersion, latest.version)),
        or(isNull(m.noticeVersion), ne(m.noticeVersion, latest.version)),
      ),
    )
    .orderBy(asc(m.accountId), asc(m.service))
    .limit(limit)
    .for('update', { of: m, skipLocked: true });
  return rows.flatMap(({ service: name, ...row }) => {
    const service = services.find((each) => each === name);
    return service ? [{ ...row, service }] : [];
  });
}

/** The owner was mailed about this version, or didn't want to be. */
export async function markInformed({ tx, accountId, service, version }: Omit<Uninformed, 'email'> & { tx: Orm }): Promise<void> {
  await tx
    .update(memberships)
    .set({ noticeMailedVersion: version })
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, service)));
}
