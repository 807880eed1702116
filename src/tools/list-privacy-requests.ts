import { z } from 'zod';
import { chooses, cursorInput, limitInput } from '../disclosure/inputs.ts';
import { pageOf } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { page } from '../policy/fields/app.ts';
import { privacyRequest } from '../policy/fields/rights.ts';
import { nextStepOf, requestStatuses } from '../policy/requests.ts';

export const listPrivacyRequests = defineTool({
  name: 'list_privacy_requests',
  title: 'Privacy requests',
  description: 'The privacy requests that this app filed, newest first: how far each is, by when it is answered, and what it waits for.',
  scope: 'privacy:read',
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    status: chooses(z.enum(requestStatuses).optional().describe('Only requests with this status.'), privacyRequest.shape.status),
    limit: limitInput,
    cursor: cursorInput,
  }),
  output: z.strictObject({
    requests: z.array(privacyRequest.pick({ request: true, kind: true, status: true, received_on: true, due_on: true, next_step: true })),
    next_cursor: page.shape.next_cursor,
  }),
  run: async ({ reader, after }, { status, limit }) => {
    const [afterOn, afterOrdinal] = after ?? [null, null];
    const rows = await reader.privacyRequests({
      status: status ?? null,
      afterOn: afterOn === null ? null : String(afterOn),
      afterOrdinal: afterOrdinal === null ? null : String(afterOrdinal),
      limit: limit + 1,
    });
    const { records, next } = pageOf({
      rows,
      limit,
      position: (row) => [row.received_on, row.order_key],
      record: ({ order_key: _position, ...row }) => ({ ...row, next_step: nextStepOf(row.kind, row.status) }),
    });
    return { requests: records, next_cursor: next };
  },
});
