import { z } from 'zod';
import { fieldPolicies, type FieldPolicy } from './field.ts';
import { account } from './account.ts';
import { activity, issuance } from './activity.ts';
import { app, disclosure, disconnection, otherApps } from './app.ts';
import { certificate, list, recipient } from './certificate.ts';
import { filedRequest, heldData, marketing, privacyRequest, retentionEntry } from './rights.ts';
import { notice } from './notice.ts';
import { domainPrivacy, expiryBucket, tlsCertificate, tlsOrder } from './tls.ts';
import type { Scope } from '../scopes.ts';

const records = [
  account,
  list,
  certificate,
  recipient,
  issuance,
  activity,
  app,
  disconnection,
  disclosure,
  tlsCertificate,
  expiryBucket,
  tlsOrder,
  domainPrivacy,
  notice,
  heldData,
  retentionEntry,
  privacyRequest,
  filedRequest,
  marketing,
];

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

const allFields: readonly FieldPolicy[] = [...new Map([...records.flatMap(policiesIn), otherApps].map((each) => [each.id, each])).values()];

/** The ids of the fields that these scopes open today: what a person accepts when they consent to them. */
export function acceptedFieldsOf(granted: readonly Scope[]): string[] {
  return allFields.filter(({ scope }) => scope !== null && granted.includes(scope)).map(({ id }) => id);
}

/** The labels of the fields that a scope opens, or of those that someone has not accepted yet, for the consent page. */
export function fieldLabelsOf(scope: Scope, accepted: readonly string[] = []): string[] {
  return [...new Set(allFields.filter((each) => each.scope === scope && !accepted.includes(each.id)).map(({ label }) => label))];
}

/** The field names of the ledger, each with the labels of the fields that it stands for: what a person may ask about. */
export function toldFields(): { readonly name: string; readonly label: string }[] {
  const labels = new Map<string, Set<string>>();
  for (const { id, label, cursor } of allFields) {
    const [, name, inner] = id.split('.');
    if (name === undefined || inner !== undefined || cursor) continue;
    labels.set(name, (labels.get(name) ?? new Set()).add(label));
  }
  return [...labels].map(([name, all]) => ({ name, label: [...all].join(' / ') })).toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

/** A label for a version of the policy: changes whenever a scope or a field does. */
export const policyVersion = '2026-11-22';
