import { z } from 'zod';
import type { DataClass } from '../classes.ts';
import { isDay } from '../../words/dates.ts';
import type { Scope } from '../scopes.ts';

export const handleKinds = ['cert', 'rcp', 'lst', 'tls', 'ord', 'req', 'app', 'msg'] as const;
export type HandleKind = (typeof handleKinds)[number];

/** Dashboard pages that an app may be told the address of, and what each shows. */
export const dashboardPages = { certificates: 'cert', requests: 'req' } as const satisfies Record<string, HandleKind>;

/** Shapes that the guard knows and that a field may carry by its nature; any other in the same value stays one. */
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
  /** A certificate's number: what keeps to its alphabet leaves as it stands. */
  readonly number?: true;
  /** The value inside is a record's id; it leaves as a handle of this kind. */
  readonly handle?: HandleKind;
  /** The value inside is a record's id; it leaves as the address of its dashboard page. */
  readonly dashboardPage?: keyof typeof dashboardPages;
  /** The value inside is a page's position; it leaves as an encrypted cursor. */
  readonly cursor?: true;
  /** When this field is granted it stands in place of that one. */
  readonly replaces?: string;
  readonly allows?: readonly GuardKind[];
}

export const fieldPolicies = z.registry<FieldPolicy>();

export function field<Schema extends z.ZodType>(schema: Schema, policy: FieldPolicy): Schema {
  fieldPolicies.add(schema, policy);
  return schema;
}

export const nameLength = 200;
export const descriptionLength = 2000;
export const emailLength = 254;
export const text = () => z.string();
export const count = () => z.int().min(0);
export const day = () => z.string().refine(isDay).meta({ format: 'date' });
export const handle = (kind: HandleKind) => z.string().regex(new RegExp(`^${kind}_[0-9a-hjkmnp-tv-z]{26}$`));
