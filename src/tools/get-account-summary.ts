import { z } from 'zod';
import { defineTool } from '../disclosure/tool.ts';
import { account } from '../policy/fields/account.ts';

export const getAccountSummary = defineTool({
  name: 'get_account_summary',
  title: 'Account summary',
  description:
    'Your display name, masked e-mail, the state of your services, and the monthly quota: used, limit, remaining and the day the period ends.',
  scope: 'account:read',
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({}),
  output: account.pick({ display_name: true, email_masked: true, email: true, services: true, quota: true }),
  run: async ({ reader, installation: { services: installed } }) => {
    const row = await reader.accountSummary();
    if (!row) return null;
    const { quota_used: used, quota_limit: limit, period_ends_on } = row;
    return {
      display_name: row.display_name,
      email_masked: row.email_masked,
      email: row.email,
      services: row.service_names
        .map((service, index) => ({ service, status: row.service_statuses[index] }))
        .filter(({ service }) => installed.some((each) => each === service)),
      quota: used === null || limit === null ? null : { used, limit, remaining: Math.max(0, limit - used), period_ends_on },
    };
  },
});
