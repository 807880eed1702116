import { z } from 'zod';
import { requiredHandleInput } from '../disclosure/inputs.ts';
import { defineTool } from '../disclosure/tool.ts';
import { activity } from '../policy/fields/activity.ts';

export const getVerificationActivity = defineTool({
  name: 'get_verification_activity',
  title: 'Verification activity',
  description:
    'How often the certificates of a list were viewed and downloaded through their verification links, by closed month, newest first. A count of fewer than five, or over fewer than five certificates, is "suppressed".',
  scope: 'analytics:read',
  service: 'certfusion',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    list: requiredHandleInput('lst', 'The list’s handle.'),
    months: z.int().min(1).max(12).default(12).describe('How many closed months back, 1 to 12.'),
  }),
  output: z.strictObject({ months: z.array(activity.pick({ month: true, views: true, downloads: true })) }),
  run: async ({ reader }, { list, months }) => {
    const rows = await reader.verificationActivity({ list, months });
    if (rows.length === 0) return null;
    return {
      months: rows.map(({ month, views, downloads }) => ({
        month,
        views: views ?? 'suppressed',
        downloads: downloads ?? 'suppressed',
      })),
    };
  },
});
