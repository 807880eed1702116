import { z } from 'zod';
import { handleInput } from '../disclosure/inputs.ts';
import { defineTool } from '../disclosure/tool.ts';
import { issuance, statsPeriods } from '../policy/fields/activity.ts';

export const getIssuanceStats = defineTool({
  name: 'get_issuance_stats',
  title: 'Issuance statistics',
  description:
    'How many of your certificates were issued, revoked and expired, by month (the last 24), quarter (12) or year (10), newest first; the first is still running. What was revoked before its expiry doesn’t count as expired.',
  scope: 'certificates:read',
  service: 'certfusion',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    period: z.enum(statsPeriods).describe('month, quarter or year.'),
    list: handleInput('lst', 'Only certificates of this list.'),
  }),
  output: z.strictObject({
    periods: z.array(issuance.pick({ period: true, issued: true, revoked: true, expired: true })),
  }),
  run: async ({ reader }, { period, list }) => {
    const rows = await reader.issuanceStats({ period, list: list ?? null });
    if (rows.length === 0) return null;
    return { periods: rows.map(({ period: name, issued, revoked, expired }) => ({ period: name, issued, revoked, expired })) };
  },
});
