import { services, type Service } from './classes.ts';
import type { TableName } from './tables/all.ts';
import { periodOf, retentionClasses, type OperatorPeriods, type RetentionClass } from './retention.ts';

export const holdingRoles = ['own', 'on_behalf'] as const;
export const legalBases = ['contract', 'consent', 'legitimate_interests', 'legal_obligation'] as const;
export type LegalBasis = (typeof legalBases)[number];

interface HeldCategory {
  /** The services that hold it. */
  readonly services: readonly Service[];
  readonly label: string;
  /** About the person themselves, or about others on the account's behalf (CS-27). */
  readonly role: (typeof holdingRoles)[number];
  /** Exactly one (CS-56); the right to object follows from it (CS-46). */
  readonly basis: LegalBasis;
  readonly retention: RetentionClass;
  /** It is held when one of these has a row of the account. */
  readonly tables: readonly TableName[];
}

/** What may be held about a person, in words that they know. */
export const heldCategories = {
  account: {
    services,
    label: 'your account: name, e-mail, phone, password',
    role: 'own',
    basis: 'contract',
    retention: 'account_certumssl',
    tables: ['accounts'],
  },
  lists_and_certificates: {
    services: ['certfusion'],
    label: 'lists and certificates that you issued',
    role: 'own',
    basis: 'contract',
    retention: 'certificate',
    tables: ['lists', 'certificates'],
  },
  recipients: {
    services: ['certfusion'],
    label: 'names, e-mails and details of the people you issue certificates to',
    role: 'on_behalf',
    basis: 'contract',
    retention: 'recipient',
    tables: ['recipients'],
  },
  verification_activity: {
    services: ['certfusion'],
    label: 'openings of verification links: address, browser, referring page',
    role: 'on_behalf',
    basis: 'legitimate_interests',
    retention: 'verification_activity',
    tables: ['verification_events'],
  },
  quota: {
    services: ['certfusion'],
    label: 'your monthly quota',
    role: 'own',
    basis: 'contract',
    retention: 'account_certfusion',
    tables: ['quotas'],
  },
  tls_certificates: {
    services: ['certumssl'],
    label: 'TLS certificates and their domains',
    role: 'own',
    basis: 'contract',
    retention: 'tls_certificate',
    tables: ['tls_certificates'],
  },
  tls_orders: {
    services: ['certumssl'],
    label: 'TLS orders',
    role: 'own',
    basis: 'contract',
    retention: 'tls_order',
    tables: ['tls_orders'],
  },
  domain_contacts: {
    services: ['certumssl'],
    label: 'contacts of orders, and which of their fields are public',
    role: 'own',
    basis: 'legal_obligation',
    retention: 'tls_order',
    tables: ['order_contacts', 'domain_privacy'],
  },
  identity_documents: {
    services: ['certumssl'],
    label: 'identity and vetting documents',
    role: 'own',
    basis: 'legal_obligation',
    retention: 'account_certumssl',
    tables: ['vetting_documents'],
  },
  billing: {
    services: ['certumssl'],
    label: 'billing name, address and payment reference',
    role: 'own',
    basis: 'contract',
    retention: 'account_certumssl',
    tables: ['billing_profiles'],
  },
  transactions: {
    services: ['certumssl'],
    label: 'transactions and invoices',
    role: 'own',
    basis: 'legal_obligation',
    retention: 'transaction',
    tables: ['transactions'],
  },
  support: {
    services,
    label: 'what you wrote to us, and our answers',
    role: 'own',
    basis: 'contract',
    retention: 'support',
    tables: ['support_messages', 'contact_messages'],
  },
  connected_apps: {
    services,
    label: 'apps that you connected, and what each was told',
    role: 'own',
    basis: 'consent',
    retention: 'consent',
    tables: ['apps'],
  },
  privacy_requests: {
    services,
    label: 'your privacy requests',
    role: 'own',
    basis: 'legal_obligation',
    retention: 'rights',
    tables: ['privacy_requests'],
  },
} as const satisfies Record<string, HeldCategory>;

export type HeldCategoryName = keyof typeof heldCategories;

export const heldCategoryNames = Object.keys(heldCategories) as [HeldCategoryName, ...HeldCategoryName[]];

export function isHeldCategory(text: string): text is HeldCategoryName {
  return Object.hasOwn(heldCategories, text);
}

/** The categories of these services, in order. */
export function heldCategoriesOf(chosen: readonly Service[]): HeldCategoryName[] {
  return heldCategoryNames.filter((name) => heldCategories[name].services.some((each) => chosen.includes(each)));
}

/** The class by which a category ends for an account of these services: without TLS certificates no period of the account is promised. */
export function retentionClassOf(name: HeldCategoryName, uses: readonly Service[]): RetentionClass {
  return name === 'account' && !uses.includes('certumssl') ? 'account_certfusion' : heldCategories[name].retention;
}

/** How long a category is kept for an account of these services, as a person reads it; what no notice promises says so. */
export function retentionRuleOf(
  name: HeldCategoryName,
  { uses, operator }: { uses: readonly Service[]; operator: OperatorPeriods },
): string {
  const retention = retentionClassOf(name, uses);
  const { from, promise } = retentionClasses[retention];
  const period = periodOf(retention, operator);
  if (period === null) return 'no period set, not promised in the notice';
  return promise === null ? `${period} from ${from}, not promised in the notice` : `${period} from ${from}`;
}

/** The right to object follows from the legal basis (CS-46, CS-56). */
export function mayObjectTo(name: HeldCategoryName): boolean {
  return heldCategories[name].basis === 'legitimate_interests';
}
