import type { RequestKind, RequestStatus } from '../policy/rights.ts';
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

export interface PrivacyReader {
  /** Those that the token's app filed. */
  privacyRequests(filter: PrivacyRequestFilter): Promise<PrivacyRequestRow[]>;
}

export function privacyReaderFor({ read }: Pick<ReadCalls, 'read'>): PrivacyReader {
  return {
    privacyRequests: ({ status, afterOn, afterOrdinal, limit }) => read('read_privacy_requests', status, afterOn, afterOrdinal, limit),
  };
}
