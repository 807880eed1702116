import { and, eq, isNull, notExists, sql } from 'drizzle-orm';
import type { Orm } from './db.ts';
import { accounts, certificates, lists, memberships, recipients } from './schema/index.ts';

/** What a verification link shows. The ids stay on the server. */
export interface VerifiedCertificate {
  readonly certificateId: string;
  readonly accountId: string;
  readonly title: string;
  readonly recipientName: string;
  readonly issuerName: string;
  readonly publicNumber: string;
  readonly issuedOn: string;
  readonly expiresOn: string | null;
  readonly revokedOn: string | null;
  readonly status: string;
}

/** Matches no certificate, and is looked up like any other code. */
const noCode = '00000000-0000-0000-0000-000000000000';

/** The certificate behind a code; null for whatever else a link may hold, and for a hidden, disabled or cancelled issuer's. */
export async function certificateByCode({
  orm,
  code,
  today,
}: {
  orm: Orm;
  code: string;
  today: string;
}): Promise<VerifiedCertificate | null> {
  const isCode = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(code);
  const cancelled = orm
    .select({ service: memberships.service })
    .from(memberships)
    .where(
      and(eq(memberships.accountId, certificates.accountId), eq(memberships.service, 'certfusion'), eq(memberships.status, 'deactivated')),
    );
  const [row] = await orm
    .select({
      certificateId: certificates.id,
      accountId: certificates.accountId,
      title: certificates.title,
      recipientName: recipients.name,
      issuerName: accounts.displayName,
      publicNumber: certificates.publicNumber,
      issuedOn: certificates.issuedOn,
      expiresOn: certificates.expiresOn,
      revokedOn: certificates.revokedOn,
      status: sql<string>`certveil.certificate_status(${certificates.expiresOn}, ${certificates.revokedOn}, ${today}::date)`,
    })
    .from(certificates)
    .innerJoin(recipients, and(eq(recipients.id, certificates.recipientId), isNull(recipients.hiddenAt)))
    .innerJoin(lists, and(eq(lists.id, certificates.listId), isNull(lists.hiddenAt)))
    .innerJoin(accounts, and(eq(accounts.id, certificates.accountId), isNull(accounts.hiddenAt), isNull(accounts.disabledAt)))
    .where(and(eq(certificates.verificationCode, isCode ? code : noCode), isNull(certificates.hiddenAt), notExists(cancelled)));
  return row ?? null;
}
