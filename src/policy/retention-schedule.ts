import type { Service } from './classes.ts';
import type { Day } from '../words/dates.ts';
import { heldCategories, retentionClassOf, type HeldCategoryName } from './categories.ts';
import { dueOn, periodOf, retentionClasses, type OperatorPeriods } from './retention.ts';

export const reasonsKept = ['active_account', 'tax_law', 'ca_policy', 'promise', 'legal_hold', 'none'] as const;
export type ReasonKept = (typeof reasonsKept)[number];

/** Why a category is kept while its service is used. */
const reasons: Readonly<Record<HeldCategoryName, ReasonKept>> = {
  account: 'active_account',
  lists_and_certificates: 'active_account',
  recipients: 'active_account',
  verification_activity: 'promise',
  quota: 'active_account',
  tls_certificates: 'promise',
  tls_orders: 'active_account',
  domain_contacts: 'ca_policy',
  identity_documents: 'ca_policy',
  billing: 'active_account',
  transactions: 'tax_law',
  support: 'promise',
  connected_apps: 'active_account',
  privacy_requests: 'active_account',
};

export interface RetentionFacts {
  readonly category: HeldCategoryName;
  readonly held: boolean;
  readonly underHold: boolean;
  /** The services of the account, and those of them that are active. */
  readonly uses: readonly Service[];
  readonly active: readonly Service[];
  /** When the first clock of the category's records started; null when none runs, or when it isn't told. */
  readonly started: Day | null;
  readonly operator: OperatorPeriods;
  readonly today: Day;
}

export interface ScheduleEntry {
  readonly category: HeldCategoryName;
  readonly period: string;
  readonly starts_from: string;
  readonly earliest_deletion_on: Day | null;
  readonly reason_kept: ReasonKept;
  readonly promised_in_notice: boolean;
}

/** How long a category of an account is kept, from when, why, and when the first of it goes. */
export function scheduleOf(facts: RetentionFacts): ScheduleEntry {
  const { category, uses, operator } = facts;
  const retention = retentionClassOf(category, uses);
  const { from, promise } = retentionClasses[retention];
  return {
    category,
    period: periodOf(retention, operator) ?? 'no period set',
    starts_from: from,
    earliest_deletion_on: deletionOf(facts, facts.started),
    reason_kept: reasonOf(facts),
    promised_in_notice: promise !== null,
  };
}

/** The day on which a record of a category goes whose clock started on `started`; null when a hold or a missing period keeps it. */
export function deletionOf(facts: RetentionFacts, started: Day | null): Day | null {
  const { category, uses, held, underHold, operator, today } = facts;
  const period = periodOf(retentionClassOf(category, uses), operator);
  if (!held || underHold || started === null || period === null) return null;
  const due = dueOn(period, started);
  return due < today ? today : due;
}

function reasonOf(facts: RetentionFacts): ReasonKept {
  const { category, uses, held, underHold, active } = facts;
  if (!held) return 'none';
  if (underHold) return 'legal_hold';
  const reason = reasons[category];
  if (reason !== 'active_account') return reason;
  if (heldCategories[category].services.some((each) => active.includes(each))) return reason;
  return retentionClasses[retentionClassOf(category, uses)].promise === null ? 'none' : 'promise';
}
