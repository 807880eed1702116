import { z } from 'zod';
import { cursorInput, limitInput } from '../disclosure/inputs.ts';
import { fitting, pageOf } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { page } from '../policy/fields/app.ts';
import { list } from '../policy/fields/certificate.ts';
import { inShownOrder, isShown } from '../policy/shapes/shown.ts';

/** Room for a dozen names. */
const namesBytes = 400;
/** Where a list's name isn't all shown its key is its own, and nothing follows it under that key. */
const lastName = '\u{10ffff}';

export const listCertificateLists = defineTool({
  name: 'list_certificate_lists',
  title: 'Certificate lists',
  description:
    'The lists of your certificates by name, with how many recipients and certificates each has and the first of its shareable custom fields. A short page with a cursor means that there are more.',
  scope: 'certificates:read',
  service: 'certfusion',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ limit: limitInput, cursor: cursorInput }),
  output: z.strictObject({
    lists: z.array(
      list.pick({
        list: true,
        name: true,
        shareable_field_names: true,
        recipient_count: true,
        issued_count: true,
        created_on: true,
      }),
    ),
    next_cursor: page.shape.next_cursor,
  }),
  run: async ({ reader, after }, { limit }) => {
    const [afterKey, afterName] = after ?? ['', ''];
    const rows = await reader.certificateLists({ afterKey: String(afterKey), afterName: String(afterName), limit: limit + 1 });
    const { records, next } = pageOf({
      rows,
      limit,
      position: (row) => [row.order_key, isShown(row.name) ? row.name : lastName],
      record: (row) => ({
        list: row.list,
        name: row.name,
        shareable_field_names: fitting(
          inShownOrder(row.shareable_field_names, (name) => [name]),
          { bytes: namesBytes },
        ),
        recipient_count: row.recipient_count,
        issued_count: row.issued_count,
        created_on: row.created_on,
      }),
    });
    return { lists: records, next_cursor: next };
  },
});
