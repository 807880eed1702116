import type { Service } from './classes.ts';
import { type heldCategories, heldCategoriesOf, isHeldCategory, mayObjectTo, type LegalBasis } from './categories.ts';
import { retentionClasses } from './retention.ts';
import { processingPurposes, type ProcessingPurposeName } from './processing.ts';

type UnderLegitimateInterests<Table extends Readonly<Record<string, { readonly basis: LegalBasis }>>> = {
  [Name in keyof Table]: Table[Name]['basis'] extends 'legitimate_interests' ? Name : never;
}[keyof Table];

/** Whatever rests on legitimate interests: a purpose, or a category of what is held. */
export type Interest = UnderLegitimateInterests<typeof processingPurposes> | UnderLegitimateInterests<typeof heldCategories>;

/** What an objection does to a processing: what of it stops, and what goes on for which reason. One of them at least. */
type AfterObjection =
  | { readonly stops: string; readonly goesOn: string | null }
  | { readonly stops: null; /** With the compelling grounds, as the person reads them. */ readonly goesOn: string };

/** Each processing under legitimate interests has its answer to an objection here; without one the product doesn't compile (CS-46, CS-56). */
export const afterObjection = {
  verification_activity: {
    stops: 'no monthly totals of the openings of your lists’ certificates are published until we have reviewed it',
    goesOn: `openings of verification links are still recorded for ${retentionClasses.verification_activity.period}, since without the record nobody could find out who abuses a link or forges a certificate`,
  },
  security: {
    stops: null,
    goesOn:
      'fraud and abuse are still prevented and the service is kept safe, since otherwise everybody’s data, yours too, would be at risk',
  },
  improve: {
    stops: 'your data is not used to improve the service, by us or by a provider that works for us, until we have reviewed it',
    goesOn: null,
  },
} as const satisfies Readonly<Record<Interest, AfterObjection>>;

/** What an objection concerns: the chosen categories as far as they can be objected to, or all that a service does under legitimate interests. */
export function interestsOf({ service, categories }: { service: Service; categories: readonly string[] | null }): Interest[] {
  const chosen: readonly string[] = categories ?? [...heldCategoriesOf([service]), ...purposesOf(service)];
  return chosen.filter(isInterest);
}

/** Of these the ones of which something stops. */
export function stoppedOf(interests: readonly Interest[]): Interest[] {
  return interests.filter((each) => afterObjection[each].stops !== null);
}

/** Of these the ones of which something goes on. */
export function goingOnOf(interests: readonly Interest[]): Interest[] {
  return interests.filter((each) => afterObjection[each].goesOn !== null);
}

export function isInterest(name: string): name is Interest {
  return Object.hasOwn(afterObjection, name) && (!isHeldCategory(name) || mayObjectTo(name));
}

/** Both answers in one text, for the notices. */
export function answerTo(interest: Interest): string {
  const { stops, goesOn } = afterObjection[interest];
  return `If you object, ${[stops, goesOn].filter((each) => each !== null).join('; ')}.`;
}

function purposesOf(service: Service): ProcessingPurposeName[] {
  const names = Object.keys(processingPurposes) as ProcessingPurposeName[];
  return names.filter((name) => processingPurposes[name].services.includes(service));
}
