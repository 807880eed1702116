import { z } from 'zod';
import type { DataClass } from '../classes.ts';
import { count, day, descriptionLength, emailLength, field, handle, nameLength, text, type FieldPolicy } from './field.ts';

export const certificateStatuses = ['valid', 'expired', 'revoked'] as const;

const certificateField = (record: string, id: string, label: string, dataClass: DataClass = 'certificate'): FieldPolicy => ({
  id: `${record}.${id}`,
  dataClass,
  scope: 'certificates:read',
  label,
});

export const list = z.strictObject({
  list: field(handle('lst'), { ...certificateField('list', 'list', 'a name for the list that only this app knows'), handle: 'lst' }),
  name: field(text(), { ...certificateField('list', 'name', 'list names'), freeText: nameLength }),
  shareable_field_names: field(z.array(text()), {
    ...certificateField('list', 'shareable_field_names', 'names of custom fields that you declared shareable', 'custom_shared'),
    freeText: nameLength,
  }),
  recipient_count: field(count(), certificateField('list', 'recipient_count', 'how many recipients a list has')),
  issued_count: field(count(), certificateField('list', 'issued_count', 'how many certificates a list has')),
  created_on: field(day(), certificateField('list', 'created_on', 'the day a list was made')),
});

export const certificate = z.strictObject({
  certificate: field(handle('cert'), {
    ...certificateField('certificate', 'certificate', 'a name for the certificate that only this app knows'),
    handle: 'cert',
  }),
  title: field(text(), { ...certificateField('certificate', 'title', 'certificate titles'), freeText: nameLength }),
  recipient_name: field(text(), {
    ...certificateField('certificate', 'recipient_name', 'recipient names', 'identity'),
    freeText: nameLength,
  }),
  issued_on: field(day(), certificateField('certificate', 'issued_on', 'issue dates')),
  expires_on: field(day().nullable(), certificateField('certificate', 'expires_on', 'expiry dates')),
  status: field(z.enum(certificateStatuses), certificateField('certificate', 'status', 'certificate status')),
  list_name: field(text(), { ...certificateField('certificate', 'list_name', 'list names'), freeText: nameLength }),
  public_number: field(text(), {
    ...certificateField('certificate', 'public_number', 'certificate numbers'),
    freeText: nameLength,
    number: true,
  }),
  issuer_name: field(text(), { ...certificateField('certificate', 'issuer_name', 'the issuer’s name', 'identity'), freeText: nameLength }),
  description: field(text().nullable(), { ...certificateField('certificate', 'description', 'descriptions'), freeText: descriptionLength }),
  custom_fields: field(
    z.array(
      z.strictObject({
        name: field(text(), { ...customField('name', 'names of shareable custom fields'), freeText: nameLength }),
        value: field(text(), { ...customField('value', 'values of shareable custom fields'), freeText: nameLength }),
      }),
    ),
    customField('', 'custom fields that you declared shareable'),
  ),
  dashboard_url: field(z.url(), {
    ...certificateField(
      'certificate',
      'dashboard_url',
      'the address of the certificate’s page in your dashboard, which needs your sign-in',
    ),
    dashboardPage: 'certificates',
    allows: ['ipv4', 'ipv6'],
  }),
});

function customField(id: string, label: string): FieldPolicy {
  const suffix = id === '' ? '' : `.${id}`;
  return { id: `certificate.custom_fields${suffix}`, dataClass: 'custom_shared', scope: 'certificates:custom', label };
}

const recipientField = (id: string, label: string, dataClass: DataClass): FieldPolicy => ({
  id: `recipient.${id}`,
  dataClass,
  scope: 'recipients:read',
  label,
});

export const recipient = z.strictObject({
  recipient: field(handle('rcp'), {
    ...recipientField('recipient', 'a name for the recipient that only this app knows', 'identity'),
    handle: 'rcp',
  }),
  name: field(text(), { ...recipientField('name', 'recipient names', 'identity'), freeText: nameLength }),
  email_masked: field(text(), { ...recipientField('email_masked', 'recipients’ masked e-mails', 'contact'), freeText: emailLength }),
  email: field(text(), {
    id: 'recipient.email',
    dataClass: 'contact',
    scope: 'recipients:email',
    label: 'recipients’ full e-mail addresses',
    replaces: 'email_masked',
    allows: ['email'],
  }),
  certificate_count: field(count(), recipientField('certificate_count', 'how many certificates a recipient has', 'certificate')),
  last_issued_on: field(day().nullable(), recipientField('last_issued_on', 'the day of a recipient’s last certificate', 'certificate')),
  certificates: field(
    z.array(certificate.pick({ certificate: true, title: true, issued_on: true, status: true })),
    certificateField('recipient', 'certificates', 'a recipient’s certificates'),
  ),
});
