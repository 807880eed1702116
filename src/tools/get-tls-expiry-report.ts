import { z } from 'zod';
import { chooses } from '../disclosure/inputs.ts';
import { fitting } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { expiryBucket, tlsCertificate } from '../policy/fields/tls.ts';
import { expiryBuckets } from '../policy/tls.ts';

const longestDays = 400;
const firstOfBucket = 10;
const bucketBytes = 5_000;
const highestCount = 10_000;

export const getTlsExpiryReport = defineTool({
  name: 'get_tls_expiry_report',
  title: 'TLS expiry report',
  description: `How many TLS certificates have expired (latest first) or expire within 7, 8 to 30, 31 to 90 and more days (soonest first), with the first ${firstOfBucket} of each. Those that end later than within_days are left out, revoked ones too. A count of ${highestCount} means that many or more.`,
  scope: 'tls:read',
  service: 'certumssl',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    within_days: chooses(
      z.int().min(1).max(longestDays).default(longestDays).describe(`How many days ahead, 1 to ${longestDays}.`),
      tlsCertificate.shape.valid_until,
    ),
  }),
  output: z.strictObject({
    buckets: z.array(expiryBucket.pick({ bucket: true, count: true, tls_certificates: true })),
  }),
  run: async ({ reader }, { within_days: withinDays }) => {
    const rows = await reader.tlsExpiry({ withinDays, first: firstOfBucket, most: highestCount });
    if (rows.length === 0) return null;
    return {
      buckets: expiryBuckets.map((bucket) => {
        const found = rows.filter((row) => row.bucket === bucket);
        return {
          bucket,
          count: found[0]?.total,
          tls_certificates: fitting(
            found
              .filter((row) => row.tls_certificate !== null)
              .map(({ tls_certificate, common_name, valid_until }) => ({ tls_certificate, common_name, valid_until })),
            { bytes: bucketBytes },
          ),
        };
      }),
    };
  },
});
