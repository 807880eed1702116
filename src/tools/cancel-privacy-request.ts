import { z } from 'zod';
import { requiredHandleInput } from '../disclosure/inputs.ts';
import { defineTool } from '../disclosure/tool.ts';
import { filedRequest } from '../policy/fields/rights.ts';

export const cancelPrivacyRequest = defineTool({
  name: 'cancel_privacy_request',
  title: 'Cancel a privacy request',
  description: 'Takes back a privacy request that this app filed, as long as you have not confirmed it.',
  scope: 'privacy:write',
  service: null,
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({ request: requiredHandleInput('req', 'The request, as file_privacy_request named it.') }),
  output: filedRequest.pick({ request: true, status: true }),
  run: async ({ desk }, { request }) => (await desk.cancel(request)) ?? null,
});
