import type { ReadName } from '../../policy/reads/all.ts';
import type { OrderStatus, VettingStatus } from '../../policy/tls.ts';
import type { Parameter } from '../engine/db.ts';
import type { Stop } from './reader.ts';

export interface TlsCertificateRow {
  tls_certificate: string;
  common_name: string;
  type: string;
  issuer: string;
  valid_from: string;
  valid_until: string;
  status: string;
  order_key: string;
}

export interface TlsCertificateSummaryRow extends Omit<TlsCertificateRow, 'order_key'> {
  dns_names: string[];
  key_algorithm: string;
  organisation: string | null;
  revoked_on: string | null;
}

/** One certificate of a bucket, or the bucket alone when it has none. */
export interface TlsExpiryRow {
  bucket: string;
  total: number;
  tls_certificate: string | null;
  common_name: string | null;
  valid_until: string | null;
}

export interface TlsOrderRow {
  order: string;
  product_type: string;
  domains: string[];
  status: OrderStatus;
  ordered_on: string;
  vetting_status: VettingStatus;
  order_key: string;
}

export interface DomainPrivacyRow {
  domain: string;
  privacy_on: boolean;
  published_field_names: string[];
  required_by: string;
  exposures_started_on: string[];
  /** Empty for a period that lasts. */
  exposures_ended_on: string[];
}

export interface TlsCertificateFilter {
  /** The names that stand for a domain; null for any. */
  readonly names: readonly string[] | null;
  readonly type: string | null;
  readonly status: string | null;
  readonly afterOn: string | null;
  readonly afterKey: string | null;
  readonly limit: number;
}

export interface TlsOrderFilter {
  readonly status: string | null;
  readonly afterOn: string | null;
  readonly afterKey: string | null;
  readonly limit: number;
}

export interface TlsReader {
  tlsCertificates(filter: TlsCertificateFilter): Promise<(TlsCertificateRow | Stop<TlsCertificateRow, 'tls_certificate'>)[]>;
  tlsCertificateSummary(
    which: { readonly tlsCertificate: string } | { readonly names: readonly string[] },
    mostNames: number,
  ): Promise<TlsCertificateSummaryRow | undefined>;
  tlsExpiry(which: { readonly withinDays: number; readonly first: number; readonly most: number }): Promise<TlsExpiryRow[]>;
  tlsOrders(filter: TlsOrderFilter): Promise<TlsOrderRow[]>;
  domainContactPrivacy(which: { readonly domain: string; readonly mostPeriods: number }): Promise<DomainPrivacyRow | undefined>;
}

export interface ReadCalls {
  readonly read: <Row>(name: ReadName, ...given: Parameter[]) => Promise<Row[]>;
  readonly one: <Row>(name: ReadName, ...given: Parameter[]) => Promise<Row | undefined>;
}

export function tlsReaderFor({ read, one }: ReadCalls): TlsReader {
  return {
    tlsCertificates: ({ names, type, status, afterOn, afterKey, limit }) =>
      read('read_tls_certificates', names, type, status, afterOn, afterKey, limit),
    tlsCertificateSummary: (which, mostNames) =>
      'tlsCertificate' in which
        ? one('read_tls_certificate_summary', which.tlsCertificate, null, mostNames)
        : one('read_tls_certificate_summary', null, which.names, mostNames),
    tlsExpiry: ({ withinDays, first, most }) => read('read_tls_expiry', withinDays, first, most),
    tlsOrders: ({ status, afterOn, afterKey, limit }) => read('read_tls_orders', status, afterOn, afterKey, limit),
    domainContactPrivacy: ({ domain, mostPeriods }) => one('read_domain_contact_privacy', domain, mostPeriods),
  };
}
