import { z } from 'zod';
import { chooses, cursorInput, domainInput, fieldsInput, limitInput } from '../disclosure/inputs.ts';
import { boundedPageOf } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { namesFor } from '../policy/domains.ts';
import { page } from '../policy/fields/app.ts';
import { tlsCertificate } from '../policy/fields/tls.ts';
import { tlsStatuses, tlsTypes } from '../policy/tls.ts';

export const listTlsCertificates = defineTool({
  name: 'list_tls_certificates',
  title: 'TLS certificates',
  description:
    'Your TLS certificates by the end of their validity, earliest first; status valid leaves out those that have ended. A domain finds the certificates that name it, and those that cover it by a wildcard. A short page with a cursor means that there is more to look through.',
  scope: 'tls:read',
  service: 'certumssl',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    domain: chooses(domainInput('Only certificates for this domain.').optional(), tlsCertificate.shape.dns_names),
    type: chooses(z.enum(tlsTypes).optional().describe('Only certificates of this validation level.'), tlsCertificate.shape.type),
    status: chooses(z.enum(tlsStatuses).optional().describe('Only certificates with this status.'), tlsCertificate.shape.status),
    limit: limitInput,
    cursor: cursorInput,
    fields: fieldsInput(['tls_certificate', 'common_name', 'type', 'issuer', 'valid_from', 'valid_until', 'status']),
  }),
  output: z.strictObject({
    tls_certificates: z.array(
      tlsCertificate.pick({
        tls_certificate: true,
        common_name: true,
        type: true,
        issuer: true,
        valid_from: true,
        valid_until: true,
        status: true,
      }),
    ),
    next_cursor: page.shape.next_cursor,
  }),
  run: async ({ reader, after }, { domain, type, status, limit }) => {
    const names = domain === undefined ? null : namesFor(domain);
    if (names?.length === 0) return { tls_certificates: [], next_cursor: null };
    const [afterOn, afterKey] = after ?? [null, null];
    const rows = await reader.tlsCertificates({
      names,
      type: type ?? null,
      status: status ?? null,
      afterOn: afterOn === null ? null : String(afterOn),
      afterKey: afterKey === null ? null : String(afterKey),
      limit: limit + 1,
    });
    const { records, next } = boundedPageOf({
      rows,
      limit,
      isStop: (row): row is Extract<typeof row, { tls_certificate: null }> => row.tls_certificate === null,
      position: (row) => [row.valid_until, row.order_key],
      record: (row) => ({
        tls_certificate: row.tls_certificate,
        common_name: row.common_name,
        type: row.type,
        issuer: row.issuer,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        status: row.status,
      }),
    });
    return { tls_certificates: records, next_cursor: next };
  },
});
