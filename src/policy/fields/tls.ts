import { z } from 'zod';
import type { DataClass } from '../classes.ts';
import { count, day, field, handle, nameLength, text, type FieldPolicy } from './field.ts';
import {
  expiryBuckets,
  orderStatuses,
  orderSteps,
  privacyRequirements,
  productTypes,
  tlsStatuses,
  tlsTypes,
  vettingStatuses,
} from '../tls.ts';

const domainLength = 253;

const tlsField = (record: string, id: string, label: string, dataClass: DataClass = 'certificate'): FieldPolicy => ({
  id: `${record}.${id}`,
  dataClass,
  scope: 'tls:read',
  label,
});

const certificateField = (id: string, label: string, dataClass?: DataClass): FieldPolicy =>
  tlsField('tls_certificate', id, label, dataClass);

export const tlsCertificate = z.strictObject({
  tls_certificate: field(handle('tls'), {
    ...certificateField('tls_certificate', 'a name for the TLS certificate that only this app knows'),
    handle: 'tls',
  }),
  common_name: field(text(), { ...certificateField('common_name', 'common names of TLS certificates'), freeText: domainLength }),
  type: field(z.enum(tlsTypes), certificateField('type', 'whether a TLS certificate is DV, OV or EV')),
  issuer: field(text(), { ...certificateField('issuer', 'who issued a TLS certificate'), freeText: nameLength }),
  valid_from: field(day(), certificateField('valid_from', 'the first day of validity')),
  valid_until: field(day(), certificateField('valid_until', 'the last day of validity')),
  status: field(z.enum(tlsStatuses), certificateField('status', 'whether a TLS certificate is valid, expired or revoked')),
  dns_names: field(z.array(text()), { ...certificateField('dns_names', 'domain names of TLS certificates'), freeText: domainLength }),
  key_algorithm: field(text(), { ...certificateField('key_algorithm', 'the kind and size of the public key'), freeText: nameLength }),
  organisation: field(text().nullable(), {
    ...certificateField('organisation', 'the organisation of OV and EV certificates', 'organisation'),
    freeText: nameLength,
  }),
  renewal_due_on: field(day().nullable(), certificateField('renewal_due_on', 'the day on which renewal is due')),
  kept_until: field(day(), certificateField('kept_until', 'the day until which a TLS certificate is kept')),
});

export const expiryBucket = z.strictObject({
  bucket: field(z.enum(expiryBuckets), tlsField('expiry_bucket', 'bucket', 'how soon TLS certificates expire')),
  count: field(count(), tlsField('expiry_bucket', 'count', 'how many expire so soon')),
  tls_certificates: field(
    z.array(tlsCertificate.pick({ tls_certificate: true, common_name: true, valid_until: true })),
    tlsField('expiry_bucket', 'tls_certificates', 'the first of them'),
  ),
});

const orderField = (id: string, label: string): FieldPolicy => tlsField('tls_order', id, label);

export const tlsOrder = z.strictObject({
  order: field(handle('ord'), { ...orderField('order', 'a name for the order that only this app knows'), handle: 'ord' }),
  product_type: field(z.enum(productTypes), orderField('product_type', 'products that you ordered')),
  domains: field(z.array(text()), { ...orderField('domains', 'domain names of orders'), freeText: domainLength }),
  status: field(z.enum(orderStatuses), orderField('status', 'the state of an order')),
  next_step: field(z.enum(orderSteps), orderField('next_step', 'what an order waits for')),
  ordered_on: field(day(), orderField('ordered_on', 'the day of an order')),
  vetting_status: field(z.enum(vettingStatuses), orderField('vetting_status', 'whether an order’s documents were accepted')),
});

const privacyField = (id: string, label: string): FieldPolicy => ({
  id: `domain_privacy.${id}`,
  dataClass: 'certificate',
  scope: 'tls:contacts',
  label,
});

export const domainPrivacy = z.strictObject({
  domain: field(text(), { ...privacyField('domain', 'the domain that is asked about'), freeText: domainLength }),
  privacy_on: field(z.boolean(), privacyField('privacy_on', 'whether its contacts are kept private')),
  published_field_names: field(z.array(text()), {
    ...privacyField('published_field_names', 'which contact fields are public, not their content'),
    freeText: nameLength,
  }),
  exposure_periods: field(
    z.array(
      z.strictObject({
        started_on: field(day(), privacyField('exposure_periods.started_on', 'when contacts became public')),
        ended_on: field(day().nullable(), privacyField('exposure_periods.ended_on', 'when they were made private again')),
      }),
    ),
    privacyField('exposure_periods', 'when contacts were public'),
  ),
  recall_possible: field(z.literal(false), privacyField('recall_possible', 'that what was public cannot be recalled')),
  required_by: field(z.enum(privacyRequirements), privacyField('required_by', 'who requires that they are public')),
});
