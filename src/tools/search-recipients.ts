import { z } from 'zod';
import { chooses, cursorInput, fieldsInput, handleInput, limitInput, queryInput } from '../disclosure/inputs.ts';
import { boundedPageOf } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { page } from '../policy/fields/app.ts';
import { recipient } from '../policy/fields/certificate.ts';
import { queryWords } from '../words/text.ts';

export const searchRecipients = defineTool({
  name: 'search_recipients',
  title: 'Search recipients',
  description:
    'Your recipients by name, with a masked e-mail, how many certificates each has and the day of the last. The query matches words of the name, in any order, by their beginnings; words of the e-mail too, once full e-mails are granted.',
  scope: 'recipients:read',
  service: 'certfusion',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    query: queryInput('Words of the name.'),
    list: handleInput('lst', 'Only recipients of this list.'),
    has_certificate: chooses(
      z.boolean().optional().describe('Only recipients that have a certificate, or only those that have none.'),
      recipient.shape.certificate_count,
    ),
    limit: limitInput,
    cursor: cursorInput,
    fields: fieldsInput(['recipient', 'name', 'email_masked', 'email', 'certificate_count', 'last_issued_on']),
  }),
  output: z.strictObject({
    recipients: z.array(
      recipient.pick({ recipient: true, name: true, email_masked: true, email: true, certificate_count: true, last_issued_on: true }),
    ),
    next_cursor: page.shape.next_cursor,
  }),
  alsoUses: ({ grant }, { query }) => (query === undefined ? [] : grant.scopes.filter((scope) => scope === 'recipients:email')),
  run: async ({ reader, after }, { query, list, has_certificate, limit }) => {
    const words = query === undefined ? [] : queryWords(query);
    if (query !== undefined && words.length === 0) return { recipients: [], next_cursor: null };
    const [afterKey, afterRank] = after ?? ['', 0];
    const rows = await reader.recipients({
      words,
      list: list ?? null,
      hasCertificate: has_certificate ?? null,
      afterKey: String(afterKey),
      afterRank: Number(afterRank),
      limit: limit + 1,
    });
    const { records, next } = boundedPageOf({
      rows,
      limit,
      isStop: (row): row is Extract<typeof row, { recipient: null }> => row.recipient === null,
      position: (row) => [row.order_key, row.order_rank],
      record: (row) => ({
        recipient: row.recipient,
        name: row.name,
        email_masked: row.email_masked,
        email: row.email,
        certificate_count: row.certificate_count,
        last_issued_on: row.last_issued_on,
      }),
    });
    return { recipients: records, next_cursor: next };
  },
});
