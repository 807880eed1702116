import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { dayOf } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { isServiceTold, isTold } from '../rules/due.ts';
import { apps, certificates, disclosures, grants, lists, recipients } from '../schema/index.ts';

interface Owner {
  readonly orm: Orm;
  readonly accountId: string;
}

export interface AppRow {
  readonly appId: string;
  readonly name: string;
  readonly publisherDomain: string | null;
  readonly redirectHost: string;
  readonly connectedOn: string;
  readonly lastUsedOn: string | null;
  /** What its living grants hold together. */
  readonly scopes: readonly string[];
  readonly status: string;
}

/** The account's apps, the newest connection first; or the one that is named. */
export async function appsOf({ orm, accountId, appId }: Owner & { readonly appId?: string }): Promise<AppRow[]> {
  const lastDay = orm
    .select({ day: disclosures.day })
    .from(disclosures)
    .where(
      and(
        eq(disclosures.accountId, apps.accountId),
        eq(disclosures.appId, apps.id),
        isTold({ table: 'disclosures', row: 'disclosures', now: null }),
      ),
    )
    .orderBy(desc(disclosures.day))
    .limit(1)
    .as('last_day');
  const rows = await orm
    .select({
      appId: apps.id,
      name: apps.name,
      publisherDomain: apps.publisherDomain,
      redirectHost: apps.redirectHost,
      connectedOn: apps.connectedOn,
      lastUsedOn: lastDay.day,
      status: apps.status,
    })
    .from(apps)
    .leftJoinLateral(lastDay, sql`true`)
    .where(
      and(
        eq(apps.accountId, accountId),
        appId === undefined ? undefined : eq(apps.id, appId),
        isTold({ table: 'apps', row: 'apps', now: null }),
      ),
    )
    .orderBy(desc(apps.connectedAt), asc(apps.name), asc(apps.clientId));
  const living = await orm
    .select({ appId: grants.appId, scopes: grants.scopes })
    .from(grants)
    .where(and(eq(grants.accountId, accountId), eq(grants.status, 'active'), appId === undefined ? undefined : eq(grants.appId, appId)));
  const scopesOf = (id: string) => [...new Set(living.filter((each) => each.appId === id).flatMap(({ scopes }) => scopes))];
  return rows.map((row) => ({ ...row, scopes: scopesOf(row.appId) }));
}

export interface CertificateRow {
  readonly title: string;
  readonly recipientName: string;
  readonly publicNumber: string;
  readonly issuedOn: string;
  readonly expiresOn: string | null;
  readonly revokedOn: string | null;
  readonly status: string;
  readonly listName: string;
  readonly description: string | null;
  /** Opens the certificate's page to whoever has it. */
  readonly verificationCode: string;
}

/** One of the account's certificates; null for an unknown, a foreign and a hidden one, and once the service is cancelled (CS-32). */
export async function certificateOf({
  orm,
  accountId,
  certificateId,
  now,
}: Owner & { readonly certificateId: string; readonly now: Date }): Promise<CertificateRow | null> {
  const [row] = await orm
    .select({
      title: certificates.title,
      recipientName: recipients.name,
      publicNumber: certificates.publicNumber,
      issuedOn: certificates.issuedOn,
      expiresOn: certificates.expiresOn,
      revokedOn: certificates.revokedOn,
      status: sql<string>`certveil.certificate_status(${certificates.expiresOn}, ${certificates.revokedOn}, ${dayOf(now)}::date)`,
      listName: lists.name,
      description: certificates.description,
      verificationCode: certificates.verificationCode,
    })
    .from(certificates)
    .innerJoin(recipients, and(eq(recipients.id, certificates.recipientId), isNull(recipients.hiddenAt)))
    .innerJoin(lists, and(eq(lists.id, certificates.listId), isNull(lists.hiddenAt)))
    .where(
      and(
        eq(certificates.id, certificateId),
        eq(certificates.accountId, accountId),
        isNull(certificates.hiddenAt),
        isServiceTold({ account: 'certificates.account_id', service: 'certfusion', now }),
        isTold({ table: 'certificates', row: 'certificates', now }),
        isTold({ table: 'recipients', row: 'recipients', now }),
      ),
    );
  return row ?? null;
}
