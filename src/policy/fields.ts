import { z } from 'zod';
import { services, type DataClass } from './classes.ts';
import { isDay } from './dates.ts';
import { allScopes, type Scope } from './scopes.ts';

export const handleKinds = ['cert', 'rcp', 'lst', 'tls', 'ord', 'req', 'app'] as const;
export type HandleKind = (typeof handleKinds)[number];

/** Shapes that the guard knows and that a field may carry by its nature. */
export type GuardKind = 'email' | 'ipv4' | 'ipv6';

export interface FieldPolicy {
  /** `record.field`; a grant keeps the ids that its person accepted. */
  readonly id: string;
  readonly dataClass: DataClass;
  /** The scope that opens it; null for what any valid token may ask. */
  readonly scope: Scope | null;
  /** How the consent page and the dashboard name it. */
  readonly label: string;
  /** Text that other people wrote: capped at so many characters and cleaned. */
  readonly freeText?: number;
  /** The value inside is a record's id; it leaves as a handle of this kind. */
  readonly handle?: HandleKind;
  /** The value inside is a certificate's id; it leaves as the address of its dashboard page. */
  readonly dashboardPage?: 'certificates';
  /** The value inside is a page's position; it leaves as an encrypted cursor. */
  readonly cursor?: true;
  /** When this field is granted it stands in place of that one. */
  readonly replaces?: string;
  readonly allows?: readonly GuardKind[];
}

export const fieldPolicies = z.registry<FieldPolicy>();

function field<Schema extends z.ZodType>(schema: Schema, policy: FieldPolicy): Schema {
  fieldPolicies.add(schema, policy);
  return schema;
}

const nameLength = 200;
const descriptionLength = 2000;
const text = () => z.string();
const count = () => z.int().min(0);
const day = () => z.string().refine(isDay).meta({ format: 'date' });
const handle = (kind: HandleKind) => z.string().regex(new RegExp(`^${kind}_[0-9a-hjkmnp-tv-z]{26}$`));

export const certificateStatuses = ['valid', 'expired', 'revoked'] as const;
export const appStatuses = ['active', 'paused', 'revoked'] as const;
export const outcomes = ['answered', 'withheld', 'failed'] as const;
export const purposes = ['fulfil_request'] as const;
export type Outcome = (typeof outcomes)[number];
export type Purpose = (typeof purposes)[number];

const accountField = (id: string, dataClass: DataClass, label: string): FieldPolicy => ({ id: `account.${id}`, dataClass, scope: 'account:read', label });

export const account = z.strictObject({
  display_name: field(text(), { ...accountField('display_name', 'identity', 'your display name'), freeText: nameLength }),
  email_masked: field(text(), accountField('email_masked', 'contact', 'your masked e-mail')),
  email: field(text(), {
    id: 'account.email',
    dataClass: 'contact',
    scope: 'account:email',
    label: 'your full e-mail address',
    replaces: 'email_masked',
    allows: ['email'],
  }),
  services: field(
    z.array(
      z.strictObject({
        service: field(z.enum(services), accountField('services.service', 'certificate', 'the services you use')),
        status: field(z.enum(['active', 'deactivated']), accountField('services.status', 'certificate', 'the state of each service')),
      }),
    ),
    accountField('services', 'certificate', 'your services'),
  ),
  quota: field(
    z
      .strictObject({
        used: field(count(), accountField('quota.used', 'quota', 'quota used')),
        limit: field(count(), accountField('quota.limit', 'quota', 'quota limit')),
        remaining: field(count(), accountField('quota.remaining', 'quota', 'quota remaining')),
        period_ends_on: field(day(), accountField('quota.period_ends_on', 'quota', 'end of the quota period')),
      })
      .nullable(),
    accountField('quota', 'quota', 'your monthly quota'),
  ),
});

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
  recipient_name: field(text(), { ...certificateField('certificate', 'recipient_name', 'recipient names', 'identity'), freeText: nameLength }),
  issued_on: field(day(), certificateField('certificate', 'issued_on', 'issue dates')),
  expires_on: field(day().nullable(), certificateField('certificate', 'expires_on', 'expiry dates')),
  status: field(z.enum(certificateStatuses), certificateField('certificate', 'status', 'certificate status')),
  list_name: field(text(), { ...certificateField('certificate', 'list_name', 'list names'), freeText: nameLength }),
  public_number: field(text(), { ...certificateField('certificate', 'public_number', 'certificate numbers'), freeText: nameLength }),
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
    ...certificateField('certificate', 'dashboard_url', 'the address of the certificate’s page in your dashboard, which needs your sign-in'),
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
  email_masked: field(text(), recipientField('email_masked', 'recipients’ masked e-mails', 'contact')),
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

const appField = (id: string, label: string): FieldPolicy => ({ id: `app.${id}`, dataClass: 'disclosure', scope: 'apps:read', label });

export const app = z.strictObject({
  app: field(handle('app'), { ...appField('app', 'a name for the app that only this app knows'), handle: 'app' }),
  name: field(text(), { ...appField('name', 'the app’s name'), freeText: nameLength }),
  publisher_domain: field(text().nullable(), appField('publisher_domain', 'the host that vouches for the app')),
  connected_on: field(day(), appField('connected_on', 'the day it was connected')),
  last_used_on: field(day().nullable(), appField('last_used_on', 'the day it was last used')),
  scopes: field(z.array(z.enum(allScopes)), appField('scopes', 'what it may ask for')),
  status: field(z.enum(appStatuses), appField('status', 'whether it is active, paused or revoked')),
  is_this_app: field(z.boolean(), appField('is_this_app', 'whether it is the app that asks')),
  other_app_count: field(count(), appField('other_app_count', 'how many other apps are connected')),
});

const disconnectionField = (id: string, label: string): FieldPolicy => ({
  id: `disconnection.${id}`,
  dataClass: 'disclosure',
  scope: 'apps:disconnect',
  label,
});

export const disconnection = z.strictObject({
  status: field(z.literal('revoked'), disconnectionField('status', 'that the app is disconnected')),
  effective: field(z.literal('next_call'), disconnectionField('effective', 'when that takes effect')),
});

const disclosureField = (id: string, label: string): FieldPolicy => ({
  id: `disclosure.${id}`,
  dataClass: 'disclosure',
  scope: 'apps:read',
  label,
});

export const disclosure = z.strictObject({
  day: field(day(), disclosureField('day', 'the day of a disclosure')),
  tool: field(text(), disclosureField('tool', 'the tool that was used')),
  purpose: field(z.enum(purposes), disclosureField('purpose', 'its purpose')),
  field_names: field(z.array(text()), disclosureField('field_names', 'the names of the fields that were told')),
  calls: field(count(), disclosureField('calls', 'how many calls there were')),
  record_count: field(count(), disclosureField('record_count', 'how many records they held')),
  outcome: field(z.enum(outcomes), disclosureField('outcome', 'whether they were answered')),
});

const publicField = (id: string, label: string): FieldPolicy => ({ id: `policy.${id}`, dataClass: 'disclosure', scope: null, label });

export const fieldPolicy = z.strictObject({
  tool: field(text(), publicField('tool', 'a tool')),
  allowed_fields: field(z.array(text()), publicField('allowed_fields', 'the fields that it may return')),
  needs_scope: field(z.enum(allScopes).nullable(), publicField('needs_scope', 'the scope that it needs')),
  never_sent: field(z.array(text()), publicField('never_sent', 'what is never sent')),
  policy_version: field(text(), publicField('policy_version', 'the version of this policy')),
});

export const page = z.strictObject({
  next_cursor: field(z.string().nullable(), {
    id: 'page.next_cursor',
    dataClass: 'disclosure',
    scope: null,
    label: 'a cursor for the next page',
    cursor: true,
  }),
});

const records = [account, list, certificate, recipient, app, disconnection, disclosure];

function policiesIn(schema: z.ZodType): FieldPolicy[] {
  const own = fieldPolicies.get(schema);
  return [...(own ? [own] : []), ...childrenOf(schema).flatMap(policiesIn)];
}

function childrenOf(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape as Record<string, z.ZodType>);
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodNullable) return [schema.unwrap() as z.ZodType];
  return [];
}

const allFields: readonly FieldPolicy[] = [...new Map(records.flatMap(policiesIn).map((each) => [each.id, each])).values()];

/** The ids of the fields that these scopes open today: what a person accepts when they consent to them. */
export function acceptedFieldsOf(granted: readonly Scope[]): string[] {
  return allFields.filter(({ scope }) => scope !== null && granted.includes(scope)).map(({ id }) => id);
}

/** The labels of the fields that a scope opens, for the consent page. */
export function fieldLabelsOf(scope: Scope): string[] {
  return [...new Set(allFields.filter((each) => each.scope === scope).map(({ label }) => label))];
}

/** A label for a version of the policy: changes whenever a scope or a field does. */
export const policyVersion = '2026-11-22';
