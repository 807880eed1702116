import type { Scope } from '../../policy/scopes.ts';
import { staysOpen } from './open-when-deactivated.ts';

interface Place {
  readonly path: string;
  readonly label: string;
  /** Only where the installation has this scope, which says that its service runs. */
  readonly scope?: Scope;
}

/** The pages that a signed-in person can go to. */
const navigation = [
  { path: '/dashboard', label: 'Connected apps' },
  { path: '/dashboard/disclosures', label: 'Disclosures' },
  { path: '/dashboard/lists', label: 'Lists', scope: 'certificates:read' },
  { path: '/dashboard/domains', label: 'Domains', scope: 'tls:contacts' },
  { path: '/dashboard/data', label: 'Your data' },
  { path: '/dashboard/requests', label: 'Privacy requests' },
  { path: '/dashboard/account', label: 'Account' },
] as const satisfies readonly Place[];

export type PagePath = (typeof navigation)[number]['path'];

export const places: readonly Place[] = navigation;

/** Who is signed in, and the scopes of the installation. */
export interface Visitor {
  readonly displayName: string;
  readonly scopes?: readonly Scope[];
  /** Every service of theirs is deactivated: what is closed to them isn't offered. */
  readonly isDeactivated?: boolean;
}

/** Whether a page is there for somebody. */
export function mayGoTo({ path, scope }: Place, { scopes, isDeactivated }: Visitor): boolean {
  return (!scope || scopes?.includes(scope) === true) && (isDeactivated !== true || staysOpen('GET', path));
}
