import { and, asc, eq, gt, inArray, isNull, notExists, sql } from 'drizzle-orm';
import type { PrivacyRequirement } from '../policy/tls.ts';
import type { Orm } from './db.ts';
import { domainExposures, domainPrivacy, memberships } from './schema/index.ts';

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
}

export interface DomainsQuery extends Owner {
  /** Only this one. */
  readonly domain?: string;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The account's domains by name, each with every period in which its contacts were public; none once the service is cancelled (CS-32). */
export async function domainsOf({ orm, accountId, domain, after, limit }: DomainsQuery): Promise<DomainRow[]> {
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
        ownVisible({ orm, accountId }),
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

function periodsOf({ orm, accountId }: Owner, domains: readonly string[]) {
  return orm
    .select({ domain: domainExposures.domain, startedOn: domainExposures.startedOn, endedOn: domainExposures.endedOn })
    .from(domainExposures)
    .where(and(eq(domainExposures.accountId, accountId), inArray(domainExposures.domain, [...domains]), isNull(domainExposures.hiddenAt)))
    .orderBy(sql`${domainExposures.startedOn} desc`);
}

/** What an owner may see of the domains, and change. */
export function ownVisible({ orm, accountId }: Owner) {
  const cancelled = orm
    .select({ service: memberships.service })
    .from(memberships)
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, 'certumssl'), eq(memberships.status, 'deactivated')));
  return and(eq(domainPrivacy.accountId, accountId), isNull(domainPrivacy.hiddenAt), notExists(cancelled));
}
