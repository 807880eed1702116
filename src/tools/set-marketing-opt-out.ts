import { z } from 'zod';
import { defineTool } from '../disclosure/tool.ts';
import { services } from '../policy/classes.ts';
import { marketing } from '../policy/fields/rights.ts';

export const setMarketingOptOut = defineTool({
  name: 'set_marketing_opt_out',
  title: 'Opt out of marketing',
  description: 'Opts you out of a service’s marketing, at once. Only you can undo it, in the dashboard.',
  scope: 'privacy:write',
  service: null,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({ service: z.enum(services).describe('The service whose marketing ends.') }),
  output: marketing.pick({ opted_out: true, effective_on: true }),
  run: async ({ desk, installation }, { service }) => {
    if (!installation.services.includes(service)) return null;
    const opted = await desk.optOutOfMarketing(service);
    return opted ? { opted_out: true, effective_on: opted.effective_on } : null;
  },
});
