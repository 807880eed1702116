import { z } from 'zod';
import { count, day, field, handle, nameLength, text, type FieldPolicy } from './field.ts';
import { allScopes } from '../scopes.ts';

export const appStatuses = ['active', 'paused', 'revoked'] as const;
export const outcomes = ['answered', 'withheld', 'failed'] as const;
export const purposes = ['fulfil_request'] as const;
export type Outcome = (typeof outcomes)[number];
export type Purpose = (typeof purposes)[number];

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

/** The rows of other apps: the same fields, opened by a scope of their own. */
export const otherApps: FieldPolicy = {
  id: 'app.others',
  dataClass: 'disclosure',
  scope: 'apps:others',
  label: 'your other apps: name, vouching host, days, scopes and status of each',
};

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
