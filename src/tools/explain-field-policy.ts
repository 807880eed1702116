import { z } from 'zod';
import { AppError } from '../errors.ts';
import { defineTool } from '../disclosure/tool.ts';
import { neverSent } from '../policy/classes.ts';
import { policyVersion } from '../policy/fields/all.ts';
import { fieldPolicy } from '../policy/fields/app.ts';

export const explainFieldPolicy = defineTool({
  name: 'explain_field_policy',
  title: 'Field policy',
  description: 'Which fields each tool may return and the scope that it needs, and what is never sent to any app.',
  scope: null,
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ tool: z.string().min(1).max(200).optional().describe('Only this tool.') }),
  output: z.strictObject({
    tools: z.array(fieldPolicy.pick({ tool: true, allowed_fields: true, needs_scope: true })),
    never_sent: fieldPolicy.shape.never_sent,
    policy_version: fieldPolicy.shape.policy_version,
  }),
  run: ({ catalogue }, { tool }) => {
    const tools = catalogue.filter((each) => tool === undefined || each.tool === tool);
    if (tools.length === 0) return Promise.reject(new AppError('not_available'));
    return Promise.resolve({
      tools: tools.map((each) => ({ tool: each.tool, allowed_fields: each.allowedFields, needs_scope: each.needsScope })),
      never_sent: neverSent,
      policy_version: policyVersion,
    });
  },
});
