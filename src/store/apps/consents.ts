import { and, asc, desc, eq } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { isTold } from '../rules/due.ts';
import { consentEvents, grants } from '../schema/index.ts';

interface OwnApp {
  readonly orm: Orm;
  readonly accountId: string;
  readonly appId: string;
}

/** A consent as it was given, and what is left of it. */
export interface ConsentRow {
  readonly appName: string;
  readonly publisherDomain: string | null;
  readonly redirectHost: string;
  readonly consentedScopes: readonly string[];
  readonly consentedFields: readonly string[];
  readonly policyVersion: string;
  readonly noticeVersion: string | null;
  readonly consentedAt: Date;
  readonly endedAt: Date | null;
  readonly status: string;
  readonly scopes: readonly string[];
  readonly acceptedFields: readonly string[];
}

/** Every consent that the account gave to one of its apps, the newest first. */
export async function consentsOf({ orm, accountId, appId }: OwnApp): Promise<ConsentRow[]> {
  return orm
    .select({
      appName: grants.appName,
      publisherDomain: grants.publisherDomain,
      redirectHost: grants.redirectHost,
      consentedScopes: grants.consentedScopes,
      consentedFields: grants.consentedFields,
      policyVersion: grants.policyVersion,
      noticeVersion: grants.noticeVersion,
      consentedAt: grants.consentedAt,
      endedAt: grants.endedAt,
      status: grants.status,
      scopes: grants.scopes,
      acceptedFields: grants.acceptedFields,
    })
    .from(grants)
    .where(and(eq(grants.accountId, accountId), eq(grants.appId, appId), isTold({ table: 'grants', row: 'grants', now: null })))
    .orderBy(desc(grants.consentedAt), asc(grants.oidcGrantId));
}

export interface HistoryRow {
  readonly day: string;
  readonly kind: string;
  /** What is left after it. */
  readonly scopes: readonly string[];
}

/** What happened to an app's consents, the oldest first; what one act did to several of them is one row. */
export async function consentHistoryOf({ orm, accountId, appId }: OwnApp): Promise<HistoryRow[]> {
  const rows = await orm
    .select({ at: consentEvents.at, day: consentEvents.day, kind: consentEvents.kind, scopes: consentEvents.scopes })
    .from(consentEvents)
    .where(
      and(
        eq(consentEvents.accountId, accountId),
        eq(consentEvents.appId, appId),
        isTold({ table: 'consent_events', row: 'consent_events', now: null }),
      ),
    )
    .orderBy(asc(consentEvents.at), asc(consentEvents.kind));
  const acts = new Map<string, HistoryRow>();
  for (const { at, day, kind, scopes } of rows) {
    const name = `${at.toISOString()} ${kind}`;
    acts.set(name, { day, kind, scopes: [...new Set([...(acts.get(name)?.scopes ?? []), ...scopes])] });
  }
  return [...acts.values()];
}
