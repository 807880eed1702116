import { z } from 'zod';
import { day, field, handle, text, type FieldPolicy } from './field.ts';
import { reasonsKept } from '../retention-schedule.ts';
import { heldCategoryNames, holdingRoles, legalBases } from '../categories.ts';
import { requestKinds, requestNextSteps, requestStatuses } from '../requests.ts';
import type { Scope } from '../scopes.ts';

const rightsField = (record: string, scope: Scope, id: string, label: string): FieldPolicy => ({
  id: `${record}.${id}`,
  dataClass: 'rights',
  scope,
  label,
});

const heldField = (id: string, label: string): FieldPolicy => rightsField('held_data', 'privacy:read', id, label);

export const heldData = z.strictObject({
  category: field(z.enum(heldCategoryNames), heldField('category', 'kinds of data that may be held about you')),
  held: field(z.boolean(), heldField('held', 'whether each is held, not its content')),
  role: field(z.enum(holdingRoles), heldField('role', 'whether it is about you or held on your behalf')),
  legal_basis: field(z.enum(legalBases), heldField('legal_basis', 'why it may be held')),
  retention_rule: field(text(), heldField('retention_rule', 'for how long it is kept')),
});

const retentionField = (id: string, label: string): FieldPolicy => rightsField('retention_entry', 'privacy:read', id, label);

export const retentionEntry = z.strictObject({
  category: field(z.enum(heldCategoryNames), retentionField('category', 'kinds of data that may be held about you')),
  period: field(text(), retentionField('period', 'for how long it is kept')),
  starts_from: field(text(), retentionField('starts_from', 'from which moment that counts')),
  earliest_deletion_on: field(
    day().nullable(),
    retentionField('earliest_deletion_on', 'when the first of your certificates and orders is deleted'),
  ),
  reason_kept: field(z.enum(reasonsKept), retentionField('reason_kept', 'why it is kept')),
  promised_in_notice: field(z.boolean(), retentionField('promised_in_notice', 'whether the notice promises the period')),
});

const requestField = (id: string, label: string): FieldPolicy => rightsField('privacy_request', 'privacy:read', id, label);

/** A request as the app that filed it may follow it. */
export const privacyRequest = z.strictObject({
  request: field(handle('req'), { ...requestField('request', 'a name for the request that only this app knows'), handle: 'req' }),
  kind: field(z.enum(requestKinds), requestField('kind', 'kinds of privacy requests that this app filed')),
  status: field(z.enum(requestStatuses), requestField('status', 'how far each is')),
  received_on: field(day(), requestField('received_on', 'when each was received')),
  due_on: field(day(), requestField('due_on', 'the day by which each is answered')),
  next_step: field(z.enum(requestNextSteps), requestField('next_step', 'what each waits for')),
});

const filedField = (id: string, label: string): FieldPolicy => rightsField('filed_request', 'privacy:write', id, label);

/** A request in the answer to its filing or its cancelling. */
export const filedRequest = z.strictObject({
  request: field(handle('req'), { ...filedField('request', 'a name for the request that it files'), handle: 'req' }),
  kind: field(z.enum(requestKinds), filedField('kind', 'the kind of the request that it files')),
  status: field(z.enum(requestStatuses), filedField('status', 'that it waits for you to confirm it')),
  received_on: field(day(), filedField('received_on', 'the day on which it was filed')),
  due_on: field(day(), filedField('due_on', 'the day by which it is answered')),
  dashboard_url: field(z.url(), {
    ...filedField('dashboard_url', 'the address of its dashboard page, which only you can open'),
    dashboardPage: 'requests',
  }),
});

const marketingField = (id: string, label: string): FieldPolicy => rightsField('marketing', 'privacy:write', id, label);

export const marketing = z.strictObject({
  opted_out: field(z.literal(true), marketingField('opted_out', 'that you are opted out of marketing')),
  effective_on: field(day(), marketingField('effective_on', 'since when')),
});
