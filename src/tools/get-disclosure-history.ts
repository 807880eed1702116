import { z } from 'zod';
import { chooses, cursorInput, limitInput } from '../disclosure/inputs.ts';
import { pageOf } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { addDays } from '../words/dates.ts';
import { disclosure, page } from '../policy/fields/app.ts';

export const getDisclosureHistory = defineTool({
  name: 'get_disclosure_history',
  title: 'Disclosure history',
  description: 'What this app was told, newest day first: tool, purpose, names of fields, calls, records and outcome. Never the values.',
  scope: 'apps:read',
  service: null,
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    since_days: chooses(z.int().min(1).max(90).default(30).describe('How many days back, 1 to 90.'), disclosure.shape.day),
    limit: limitInput,
    cursor: cursorInput,
  }),
  output: z.strictObject({
    disclosures: z.array(
      disclosure.pick({
        day: true,
        tool: true,
        purpose: true,
        field_names: true,
        calls: true,
        record_count: true,
        outcome: true,
      }),
    ),
    next_cursor: page.shape.next_cursor,
  }),
  run: async ({ reader, after, today }, { since_days, limit }) => {
    const [afterDay, afterKey] = after ?? [null, null];
    const rows = await reader.disclosureHistory({
      since: addDays(today, -since_days),
      afterDay: afterDay === null ? null : String(afterDay),
      afterKey: afterKey === null ? null : String(afterKey),
      limit: limit + 1,
    });
    const { records, next } = pageOf({
      rows,
      limit,
      position: (row) => [row.day, row.order_key],
      record: (row) => ({
        day: row.day,
        tool: row.tool,
        purpose: row.purpose,
        field_names: row.field_names,
        calls: row.calls,
        record_count: row.record_count,
        outcome: row.outcome,
      }),
    });
    return { disclosures: records, next_cursor: next };
  },
});
