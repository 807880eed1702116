import { and, eq, sql, type AnyColumn, type SQL } from 'drizzle-orm';
import { dayOf } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { isServiceTold, isTold } from '../rules/due.ts';
import { accounts, certificates, recipients } from '../schema/index.ts';

/** What a verification link shows. The ids stay on the server. */
export interface VerifiedCertificate {
  readonly certificateId: string;
  readonly accountId: string;
  /** The recipient's address, folded. */
  readonly recipientKey: string;
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

/** Whether the link of the certificate with this id opens anything: neither it, its recipient, list nor issuer is hidden, the issuer not disabled or cancelled, and nothing of it due. */
export function isOpen(certificateId: AnyColumn, now: Date): SQL {
  return sql`exists (
    select from certificates c
    join recipients r on r.id = c.recipient_id and r.hidden_at is null
    join lists l on l.id = c.list_id and l.hidden_at is null
    join accounts a on a.id = c.account_id and a.hidden_at is null and a.disabled_at is null
    where c.id = ${certificateId} and c.hidden_at is null and ${isTold({ table: 'certificates', row: 'c', now })}
      and ${isTold({ table: 'recipients', row: 'r', now })}
      and ${isServiceTold({ account: 'c.account_id', service: 'certfusion', now })})`;
}

/** The certificate behind a code; null for whatever else a link may hold, and for a hidden, disabled or cancelled issuer's. */
export async function certificateByCode({ orm, code, now }: { orm: Orm; code: string; now: Date }): Promise<VerifiedCertificate | null> {
  const isCode = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(code);
  const [row] = await orm
    .select({
      certificateId: certificates.id,
      accountId: certificates.accountId,
      recipientKey: recipients.emailKey,
      title: certificates.title,
      recipientName: recipients.name,
      issuerName: accounts.displayName,
      publicNumber: certificates.publicNumber,
      issuedOn: certificates.issuedOn,
      expiresOn: certificates.expiresOn,
      revokedOn: certificates.revokedOn,
      status: sql<string>`certveil.certificate_status(${certificates.expiresOn}, ${certificates.revokedOn}, ${dayOf(now)}::date)`,
    })
    .from(certificates)
    .innerJoin(recipients, eq(recipients.id, certificates.recipientId))
    .innerJoin(accounts, eq(accounts.id, certificates.accountId))
    .where(and(eq(certificates.verificationCode, isCode ? code : noCode), isOpen(certificates.id, now)));
  return row ?? null;
}
