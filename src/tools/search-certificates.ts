import { z } from 'zod';
import { chooses, cursorInput, dayInput, fieldsInput, handleInput, limitInput, queryInput } from '../disclosure/inputs.ts';
import { boundedPageOf } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { page } from '../policy/fields/app.ts';
import { certificate, certificateStatuses } from '../policy/fields/certificate.ts';
import { queryWords } from '../words/text.ts';

export const searchCertificates = defineTool({
  name: 'search_certificates',
  title: 'Search certificates',
  description:
    'Your certificates, newest first; with expires_before or status expired, those that expire soonest first. The query matches words of title, recipient name and number, in any order, by their beginnings. A short page with a cursor means that there is more to look through.',
  scope: 'certificates:read',
  service: 'certfusion',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    query: queryInput('Words of the title, the recipient’s name or the number.'),
    list: handleInput('lst', 'Only certificates of this list.'),
    status: chooses(z.enum(certificateStatuses).optional().describe('Only certificates with this status.'), certificate.shape.status),
    issued_from: chooses(dayInput('Issued on this day or later.'), certificate.shape.issued_on),
    issued_to: chooses(dayInput('Issued on this day or earlier.'), certificate.shape.issued_on),
    expires_before: chooses(dayInput('Expires before this day.'), certificate.shape.expires_on),
    limit: limitInput,
    cursor: cursorInput,
    fields: fieldsInput(['certificate', 'title', 'recipient_name', 'issued_on', 'expires_on', 'status', 'list_name']),
  }),
  output: z.strictObject({
    certificates: z.array(
      certificate.pick({
        certificate: true,
        title: true,
        recipient_name: true,
        issued_on: true,
        expires_on: true,
        status: true,
        list_name: true,
      }),
    ),
    next_cursor: page.shape.next_cursor,
  }),
  run: async ({ reader, after }, { query, list, status, issued_from, issued_to, expires_before, limit }) => {
    const words = query === undefined ? [] : queryWords(query);
    if (query !== undefined && words.length === 0) return { certificates: [], next_cursor: null };
    const [afterOn, afterNumber] = after ?? [null, null];
    const rows = await reader.certificates({
      words,
      list: list ?? null,
      status: status ?? null,
      issuedFrom: issued_from ?? null,
      issuedTo: issued_to ?? null,
      expiresBefore: expires_before ?? null,
      afterOn: afterOn === null ? null : String(afterOn),
      afterNumber: afterNumber === null ? null : String(afterNumber),
      limit: limit + 1,
    });
    const byExpiry = expires_before !== undefined || status === 'expired';
    const { records, next } = boundedPageOf({
      rows,
      limit,
      isStop: (row): row is Extract<typeof row, { certificate: null }> => row.certificate === null,
      position: (row) => [byExpiry ? row.expires_on : row.issued_on, row.order_number],
      record: (row) => ({
        certificate: row.certificate,
        title: row.title,
        recipient_name: row.recipient_name,
        issued_on: row.issued_on,
        expires_on: row.expires_on,
        status: row.status,
        list_name: row.list_name,
      }),
    });
    return { certificates: records, next_cursor: next };
  },
});
