import { addDays, type Day } from '../words/dates.ts';
import { dueOn, retentionClasses } from './retention.ts';

export const tlsTypes = ['DV', 'OV', 'EV', 'unknown'] as const;
export const tlsStatuses = ['valid', 'expired', 'revoked'] as const;
export const productTypes = ['single', 'wildcard', 'multi_domain'] as const;
export const orderStatuses = ['draft', 'awaiting_validation', 'awaiting_documents', 'issued', 'cancelled', 'rejected'] as const;
export const vettingStatuses = ['not_required', 'pending', 'passed', 'failed'] as const;
export const orderSteps = ['prove_domain_control', 'send_documents', 'wait_for_issuer', 'install_certificate', 'none'] as const;
export const expiryBuckets = ['expired', '7_days', '30_days', '90_days', 'later'] as const;
export const privacyRequirements = ['ca_policy', 'registry', 'none'] as const;

export type TlsType = (typeof tlsTypes)[number];
export type OrderStatus = (typeof orderStatuses)[number];
export type VettingStatus = (typeof vettingStatuses)[number];
export type OrderStep = (typeof orderSteps)[number];

export type PrivacyRequirement = (typeof privacyRequirements)[number];

/** The contact fields that a public directory shows of a domain without privacy: what is required, or else a way to reach its holder (CS-14). */
export const publishedWithoutPrivacy = {
  ca_policy: ['organisation', 'email'],
  registry: ['organisation', 'country'],
  none: ['email'],
} as const satisfies Record<PrivacyRequirement, readonly string[]>;

/** How many domains an order may have. */
export const mostOrderDomains = 250;

const renewalDays = 30;

/** What an order waits for. Documents that have passed need nothing more of the customer; the issuer is next. */
export function nextStepOf(status: OrderStatus, vetting: VettingStatus): OrderStep {
  switch (status) {
    case 'awaiting_validation':
      return 'prove_domain_control';
    case 'awaiting_documents':
      return vetting === 'passed' || vetting === 'not_required' ? 'wait_for_issuer' : 'send_documents';
    case 'issued':
      return 'install_certificate';
    case 'draft':
    case 'cancelled':
    case 'rejected':
      return 'none';
  }
}

/** An order that needs no vetting is for domain validation; which other level it is for only its certificate says (CS-23). */
export function validationLevelOf(vetting: VettingStatus): Extract<TlsType, 'DV' | 'unknown'> {
  return vetting === 'not_required' ? 'DV' : 'unknown';
}

/** Organisation details belong to OV and EV only (CS-23). */
export function mayNameOrganisation(type: string): boolean {
  return type === 'OV' || type === 'EV';
}

/** By the clock of the end of validity: notAfter, or revocation if earlier (CS-53). */
export function keptUntil(validUntil: Day, revokedOn: Day | null): Day {
  return dueOn(retentionClasses.tls_certificate.period, revokedOn !== null && revokedOn < validUntil ? revokedOn : validUntil);
}

/** Thirty days before the end, or when a third of a short lifetime is left; a revoked certificate isn't renewed. */
export function renewalDueOn(validFrom: Day, validUntil: Day, revokedOn: Day | null): Day | null {
  if (revokedOn !== null) return null;
  const lifetimeDays = (Date.parse(validUntil) - Date.parse(validFrom)) / 86_400_000;
  return addDays(validUntil, -Math.min(renewalDays, Math.max(0, Math.floor(lifetimeDays / 3))));
}
