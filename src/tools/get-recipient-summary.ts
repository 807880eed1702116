import { z } from 'zod';
import { requiredHandleInput } from '../disclosure/inputs.ts';
import { fitting } from '../disclosure/paging.ts';
import { defineTool } from '../disclosure/tool.ts';
import { recipient } from '../policy/fields/certificate.ts';

const newestCertificates = 50;
const certificatesBytes = 20_000;

export const getRecipientSummary = defineTool({
  name: 'get_recipient_summary',
  title: 'Recipient summary',
  description: `One recipient by handle: name, masked e-mail, and the newest ${newestCertificates} of their certificates.`,
  scope: 'recipients:read',
  service: 'certfusion',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ recipient: requiredHandleInput('rcp', 'The recipient’s handle.') }),
  output: recipient.pick({
    recipient: true,
    name: true,
    email_masked: true,
    email: true,
    certificate_count: true,
    last_issued_on: true,
    certificates: true,
  }),
  run: async ({ reader }, { recipient: id }) => {
    const [row, certificates] = await Promise.all([
      reader.recipientSummary(id),
      reader.recipientCertificates({ recipient: id, limit: newestCertificates }),
    ]);
    if (!row) return null;
    return {
      recipient: row.recipient,
      name: row.name,
      email_masked: row.email_masked,
      email: row.email,
      certificate_count: row.certificate_count,
      last_issued_on: row.last_issued_on,
      certificates: fitting(
        certificates.map(({ certificate, title, issued_on, status }) => ({ certificate, title, issued_on, status })),
        { bytes: certificatesBytes },
      ),
    };
  },
});
