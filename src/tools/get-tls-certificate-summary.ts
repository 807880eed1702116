import { z } from 'zod';
import { chooses, domainInput, handleInput } from '../disclosure/inputs.ts';
import { fitting } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { namesFor } from '../policy/domains.ts';
import { tlsCertificate } from '../policy/fields/tls.ts';
import { keptUntil, renewalDueOn } from '../policy/tls.ts';

const mostNames = 150;
const namesBytes = 40_000;

export const getTlsCertificateSummary = defineTool({
  name: 'get_tls_certificate_summary',
  title: 'TLS certificate summary',
  description: `One TLS certificate by its handle or by a domain: validity, issuer, the first ${mostNames} of its domain names, key, organisation (OV and EV only), when renewal is due and until when it is kept. Of a domain’s certificates, one in force is taken before one that is not, and then the one that ends last.`,
  scope: 'tls:read',
  service: 'certumssl',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z
    .strictObject({
      tls_certificate: handleInput('tls', 'The TLS certificate’s handle. Give this or domain.'),
      domain: chooses(domainInput('A domain that it is for. Give this or tls_certificate.').optional(), tlsCertificate.shape.dns_names),
    })
    .refine(({ tls_certificate, domain }) => (tls_certificate === undefined) !== (domain === undefined)),
  output: tlsCertificate.pick({
    tls_certificate: true,
    common_name: true,
    type: true,
    issuer: true,
    valid_from: true,
    valid_until: true,
    status: true,
    dns_names: true,
    key_algorithm: true,
    organisation: true,
    renewal_due_on: true,
    kept_until: true,
  }),
  run: async ({ reader }, { tls_certificate: id, domain }) => {
    const row = await reader.tlsCertificateSummary(
      id === undefined ? { names: namesFor(domain ?? '') } : { tlsCertificate: id },
      mostNames,
    );
    if (!row) return null;
    return {
      tls_certificate: row.tls_certificate,
      common_name: row.common_name,
      type: row.type,
      issuer: row.issuer,
      valid_from: row.valid_from,
      valid_until: row.valid_until,
      status: row.status,
      dns_names: fitting(row.dns_names, { bytes: namesBytes }),
      key_algorithm: row.key_algorithm,
      organisation: row.organisation,
      renewal_due_on: renewalDueOn(row.valid_from, row.valid_until, row.revoked_on),
      kept_until: keptUntil(row.valid_until, row.revoked_on),
    };
  },
});
