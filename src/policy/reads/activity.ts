import type { ReadPolicy } from './read.ts';

export const activityReads = {
  read_issuance_stats: {
    scope: 'certificates:read',
    columns: {
      period: ['issuance_counts.period'],
      issued: ['issuance_counts.issued'],
      revoked: ['issuance_counts.revoked'],
      expired: ['issuance_counts.expired'],
    },
  },
  read_verification_activity: {
    scope: 'analytics:read',
    columns: {
      month: ['verification_months.month'],
      views: ['verification_months.views'],
      downloads: ['verification_months.downloads'],
    },
  },
} as const satisfies Record<string, ReadPolicy>;
