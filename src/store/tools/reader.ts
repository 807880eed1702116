import { AppError } from '../../errors.ts';
import type { ReadName } from '../../policy/reads/all.ts';
import type { Parameter, Statement } from '../engine/db.ts';
import { privacyReaderFor, type PrivacyReader } from './privacy-reads.ts';
import { tlsReaderFor, type TlsReader } from './tls-reads.ts';

export interface AccountRow {
  display_name: string;
  email: string | null;
  email_masked: string;
  service_names: string[];
  service_statuses: string[];
  quota_used: number | null;
  quota_limit: number | null;
  period_ends_on: string | null;
}

export interface ListRow {
  list: string;
  name: string;
  shareable_field_names: string[];
  recipient_count: number;
  issued_count: number;
  created_on: string;
  order_key: string;
}

export interface CertificateRow {
  certificate: string;
  title: string;
  recipient_name: string;
  issued_on: string;
  expires_on: string | null;
  status: string;
  list_name: string;
  order_number: string;
}

export interface CertificateSummaryRow extends Omit<CertificateRow, 'order_number'> {
  public_number: string;
  issuer_name: string;
  description: string | null;
  custom_names: string[] | null;
  custom_values: string[] | null;
}

export interface RecipientSummaryRow {
  recipient: string;
  name: string;
  email: string | null;
  email_masked: string;
  certificate_count: number;
  last_issued_on: string | null;
}

export interface RecipientRow extends RecipientSummaryRow {
  order_key: string;
  order_rank: number;
}

export interface RecipientCertificateRow {
  certificate: string;
  title: string;
  issued_on: string;
  status: string;
}

export interface IssuanceRow {
  period: string;
  issued: number;
  revoked: number;
  expired: number;
}

/** Null is a suppressed count. */
export interface ActivityRow {
  month: string;
  views: number | null;
  downloads: number | null;
}

export interface ConnectedAppRow {
  app: string;
  name: string;
  publisher_domain: string | null;
  connected_on: string;
  last_used_on: string | null;
  scopes: string[];
  status: string;
  is_this_app: boolean;
  others: number;
}

export interface DisclosureRow {
  day: string;
  tool: string;
  purpose: string;
  field_names: string[];
  calls: number;
  record_count: number;
  outcome: string;
  order_key: string;
}

/** Where a bounded scan stopped: a row without a record, only with its sort keys. */
export type Stop<Row, Id extends keyof Row> = { [Key in keyof Row]: Key extends Id ? null : Row[Key] | null };

/** Reads bound to one bearer token. The database resolves the token itself; no read takes an account. */
export interface Reader extends TlsReader, PrivacyReader {
  accountSummary(): Promise<AccountRow | undefined>;
  certificateLists(page: { afterKey: string; afterName: string; limit: number }): Promise<ListRow[]>;
  certificates(filter: CertificateFilter): Promise<(CertificateRow | Stop<CertificateRow, 'certificate'>)[]>;
  certificateSummary(which: { certificate: string } | { publicNumber: string }): Promise<CertificateSummaryRow | undefined>;
  recipients(filter: RecipientFilter): Promise<(RecipientRow | Stop<RecipientRow, 'recipient'>)[]>;
  recipientSummary(recipient: string): Promise<RecipientSummaryRow | undefined>;
  recipientCertificates(which: { recipient: string; limit: number }): Promise<RecipientCertificateRow[]>;
  issuanceStats(filter: { period: string; list: string | null }): Promise<IssuanceRow[]>;
  verificationActivity(filter: { list: string; months: number }): Promise<ActivityRow[]>;
  connectedApps(): Promise<ConnectedAppRow[]>;
  disclosureHistory(page: { since: string; afterDay: string | null; afterKey: string | null; limit: number }): Promise<DisclosureRow[]>;
}

export interface CertificateFilter {
  readonly words: readonly string[];
  readonly list: string | null;
  readonly status: string | null;
  readonly issuedFrom: string | null;
  readonly issuedTo: string | null;
  readonly expiresBefore: string | null;
  readonly afterOn: string | null;
  readonly afterNumber: string | null;
  readonly limit: number;
}

export interface RecipientFilter {
  readonly words: readonly string[];
  readonly list: string | null;
  readonly hasCertificate: boolean | null;
  readonly afterKey: string;
  readonly afterRank: number;
  readonly limit: number;
}

export function readerFor({ tools, digest, now }: { tools: Statement; digest: Uint8Array; now: Date }): Reader {
  const at = now.toISOString();
  const read = async <Row>(name: ReadName, ...given: Parameter[]): Promise<Row[]> => {
    const slots = given.map((_, index) => `, $${index + 3}`).join('');
    try {
      return await tools<Row>(`select * from certveil.${name}($1, $2${slots})`, [digest, at, ...given]);
    } catch (error) {
      // A read refuses a list that isn't the account's own, and says no more than that.
      if (error instanceof Error && 'code' in error && error.code === 'P0002') throw new AppError('not_available');
      throw error;
    }
  };
  const one = async <Row>(name: ReadName, ...given: Parameter[]): Promise<Row | undefined> => (await read<Row>(name, ...given))[0];
  return {
    ...tlsReaderFor({ read, one }),
    ...privacyReaderFor({ read, one }),
    accountSummary: () => one('read_account_summary'),
    certificateLists: ({ afterKey, afterName, limit }) => read('read_certificate_lists', afterKey, afterName, limit),
    certificates: (filter) =>
      read(
        'read_certificates',
        filter.words,
        filter.list,
        filter.status,
        filter.issuedFrom,
        filter.issuedTo,
        filter.expiresBefore,
        filter.afterOn,
        filter.afterNumber,
        filter.limit,
      ),
    certificateSummary: (which) =>
      'certificate' in which
        ? one('read_certificate_summary', which.certificate, null)
        : one('read_certificate_summary', null, which.publicNumber),
    recipients: (filter) =>
      read('read_recipients', filter.words, filter.list, filter.hasCertificate, filter.afterKey, filter.afterRank, filter.limit),
    recipientSummary: (recipient) => one('read_recipient_summary', recipient),
    recipientCertificates: ({ recipient, limit }) => read('read_recipient_certificates', recipient, limit),
    issuanceStats: ({ period, list }) => read('read_issuance_stats', period, list),
    verificationActivity: ({ list, months }) => read('read_verification_activity', list, months),
    connectedApps: () => read('read_connected_apps'),
    disclosureHistory: ({ since, afterDay, afterKey, limit }) => read('read_disclosure_history', since, afterDay, afterKey, limit),
  };
}

/** What the front knows of a bearer token before it looks at a call. */
export interface LiveGrant {
  account_id: string;
  app_id: string;
  grant_id: string;
  client_id: string;
  resource: string;
  scopes: string[];
  accepted_fields: string[];
  paused: boolean;
  services: string[];
}

export async function authenticate({
  tools,
  digest,
  now,
}: {
  tools: Statement;
  digest: Uint8Array;
  now: Date;
}): Promise<LiveGrant | undefined> {
  const rows = await tools<LiveGrant>('select * from certveil.authenticate($1, $2)', [digest, now.toISOString()]);
  return rows[0];
}
