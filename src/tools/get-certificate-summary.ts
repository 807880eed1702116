import { z } from 'zod';
import { chooses, exactInput, handleInput } from '../disclosure/inputs.ts';
import { fitting } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { certificate } from '../policy/fields/certificate.ts';
import { shownNumber } from '../policy/shapes/public-number.ts';
import { inShownOrder } from '../policy/shapes/shown.ts';

const customFieldsBytes = 20_000;

export const getCertificateSummary = defineTool({
  name: 'get_certificate_summary',
  title: 'Certificate summary',
  description:
    'One certificate by its handle or its public number: dates, status, list, issuer, description, shareable custom fields, and the address of its page in the dashboard, which needs a sign-in.',
  scope: 'certificates:read',
  service: 'certfusion',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z
    .strictObject({
      certificate: handleInput('cert', 'The certificate’s handle. Give this or public_number.'),
      public_number: chooses(exactInput('The certificate’s public number. Give this or certificate.'), certificate.shape.public_number),
    })
    .refine(({ certificate, public_number }) => (certificate === undefined) !== (public_number === undefined)),
  output: certificate.pick({
    certificate: true,
    title: true,
    recipient_name: true,
    issued_on: true,
    expires_on: true,
    status: true,
    list_name: true,
    public_number: true,
    issuer_name: true,
    description: true,
    custom_fields: true,
    dashboard_url: true,
  }),
  run: async ({ reader }, { certificate: id, public_number: publicNumber }) => {
    const row = await reader.certificateSummary(id === undefined ? { publicNumber: publicNumber ?? '' } : { certificate: id });
    if (!row || (publicNumber !== undefined && shownNumber(row.public_number) !== publicNumber)) return null;
    return {
      certificate: row.certificate,
      title: row.title,
      recipient_name: row.recipient_name,
      issued_on: row.issued_on,
      expires_on: row.expires_on,
      status: row.status,
      list_name: row.list_name,
      public_number: row.public_number,
      issuer_name: row.issuer_name,
      description: row.description,
      custom_fields: fitting(
        inShownOrder(
          (row.custom_names ?? []).map((name, index) => ({ name, value: row.custom_values?.[index] ?? '' })),
          ({ name, value }) => [name, value],
        ),
        { bytes: customFieldsBytes },
      ),
      dashboard_url: row.certificate,
    };
  },
});
