import type { Service } from './classes.ts';
import type { LegalBasis } from './categories.ts';

interface ProcessingPurpose {
  readonly says: string;
  /** Exactly one (CS-56). */
  readonly basis: LegalBasis;
  readonly services: readonly Service[];
}

const both: readonly Service[] = ['certfusion', 'certumssl'];

/** The closed list of what personal data is used for (CF-05, CS-56). Selling isn't on it, so nothing can be declared for it (CF-06). */
export const processingPurposes = {
  provide_service: { says: 'to provide and manage the service that you use', basis: 'contract', services: both },
  communicate: { says: 'to answer you and to tell you what you need to know about the service', basis: 'contract', services: both },
  marketing: { says: 'to tell you about offers, until you opt out', basis: 'consent', services: both },
  security: { says: 'to prevent fraud and abuse and to keep the service safe', basis: 'legitimate_interests', services: both },
  improve: { says: 'to improve the service', basis: 'legitimate_interests', services: both },
  comply_with_law: {
    says: 'to meet legal duties, such as tax law and the rules of certificate authorities',
    basis: 'legal_obligation',
    services: both,
  },
} as const satisfies Record<string, ProcessingPurpose>;

export type ProcessingPurposeName = keyof typeof processingPurposes;
export const processingPurposeNames = Object.keys(processingPurposes) as [ProcessingPurposeName, ...ProcessingPurposeName[]];

/** How data that leaves the EEA, Switzerland or the UK stays protected; without one of these a transfer can't be recorded (CS-55a, CS-55b). */
export const transferSafeguards = {
  standard_contractual_clauses: 'standard contractual clauses',
  adequacy_decision: 'an adequacy decision',
} as const;
export type TransferSafeguard = keyof typeof transferSafeguards;

export const basisNames: Readonly<Record<LegalBasis, string>> = {
  contract: 'our contract with you',
  consent: 'your consent, which you can take back at any time',
  legitimate_interests: 'our legitimate interests, weighed against yours; you can object',
  legal_obligation: 'a legal obligation',
};
