import { and, asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { PrivacyRequirement } from '../../policy/tls.ts';
import type { Orm } from '../engine/db.ts';
import { isServiceTold } from '../rules/due.ts';
import { domainExposures, domainPrivacy } from '../schema/index.ts';

export interface ExposurePeriod {
  readonly startedOn: string;
  readonly endedOn: string | null;
}

export interface DomainRow {
  readonly domain: string;
  readonly privacyOn: boolean;
  readonly publishedFieldNames: readonly string[];
  readonly requiredBy: PrivacyRequirement;
  /** Latest first. */
  readonly periods: readonly ExposurePeriod[];
}

interface Owner {
  readonly orm: Orm;
  readonly accountId: string;
  readonly now: Date;
}

export interface DomainsQuery extends Owner {
  /** Only this one. */
  readonly domain?: string;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The account's domains by name, each with every period in which its contacts were public; none once the service is cancelled (CS-32). */
export async function domainsOf({ orm, accountId, now, domain, after, limit }: DomainsQuery): Promise<DomainRow[]> {
  const rows = await orm
    .select({
      domain: domainPrivacy.domain,
      privacyOn: domainPrivacy.privacyOn,
      publishedFieldNames: domainPrivacy.publishedFieldNames,
      requiredBy: sql<PrivacyRequirement>`${domainPrivacy.requiredBy}`,
    })
    .from(domainPrivacy)
    .where(
      and(
        ownVisible({ accountId, now }),
        domain === undefined ? undefined : eq(domainPrivacy.domain, domain),
        after === undefined ? undefined : gt(domainPrivacy.domain, after),
      ),
    )
    .orderBy(asc(domainPrivacy.domain))
    .limit(limit);
  const names = rows.map((row) => row.domain);
  const periods = names.length === 0 ? [] : await periodsOf({ orm, accountId }, names);
  return rows.map((row) => ({ ...row, periods: periods.filter((each) => each.domain === row.domain) }));
}

function periodsOf({ orm, accountId }: Omit<Owner, 'now'>, domains: readonly string[]) {
  return orm
    .select({ domain: domainExposures.domain, startedOn: domainExposures.startedOn, endedOn: domainExposures.endedOn })
    .from(domainExposures)
    .where(and(eq(domainExposures.accountId, accountId), inArray(domainExposures.domain, [...domains]), isNull(domainExposures.hiddenAt)))
    .orderBy(sql`${domainExposures.startedOn} desc`);
}

/** What an owner may see of the domains, and change. */
export function ownVisible({ accountId, now }: Pick<Owner, 'accountId' | 'now'>) {
  const used = isServiceTold({ account: 'domain_privacy.account_id', service: 'certumssl', now });
  return and(eq(domainPrivacy.accountId, accountId), isNull(domainPrivacy.hiddenAt), used);
}
