import type { RequestKind, RequestStatus } from '../../policy/requests.ts';
import type { ReadCalls } from './tls-reads.ts';

export interface PrivacyRequestRow {
  request: string;
  kind: RequestKind;
  status: RequestStatus;
  received_on: string;
  due_on: string;
  order_key: string;
}

export interface PrivacyRequestFilter {
  readonly status: string | null;
  readonly afterOn: string | null;
  readonly afterOrdinal: string | null;
  readonly limit: number;
}

interface RetentionClocksRow {
  tls_ends_on: string | null;
  certificates_end_on: string | null;
  ordered_on: string | null;
  services: string[];
  active_services: string[];
}

export interface PrivacyReader {
  /** When the first of the clocks started that may be told. */
  retentionClocks(): Promise<RetentionClocksRow | undefined>;
  /** Those that the token's app filed. */
  privacyRequests(filter: PrivacyRequestFilter): Promise<PrivacyRequestRow[]>;
}

export function privacyReaderFor({ read, one }: Pick<ReadCalls, 'read' | 'one'>): PrivacyReader {
  return {
    retentionClocks: () => one('read_retention_clocks'),
    privacyRequests: ({ status, afterOn, afterOrdinal, limit }) => read('read_privacy_requests', status, afterOn, afterOrdinal, limit),
  };
}
