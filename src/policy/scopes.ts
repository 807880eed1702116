import type { Service } from './classes.ts';

interface ScopePolicy {
  /** The line on the consent page. */
  readonly line: string;
  /** Ticked when the consent page opens. */
  readonly ticked: boolean;
  /** The service it belongs to; null for both. */
  readonly service: Service | null;
}

export const scopes = {
  'account:read': { line: 'your display name, the state of your services, your quota, your masked e-mail', ticked: true, service: null },
  'account:email': { line: 'your full e-mail address', ticked: false, service: null },
  'certificates:read': {
    line: 'certificate titles, descriptions, numbers, dates, status, list names, recipient names',
    ticked: true,
    service: 'certfusion',
  },
  'certificates:custom': { line: 'custom fields that you declared shareable', ticked: false, service: 'certfusion' },
  'recipients:read': { line: 'recipient names, masked e-mails, certificate counts', ticked: true, service: 'certfusion' },
  'recipients:email': { line: 'recipients’ full e-mail addresses', ticked: false, service: 'certfusion' },
  'analytics:read': { line: 'monthly totals of views and downloads of a list', ticked: true, service: 'certfusion' },
  'tls:read': { line: 'domain names, validity, issuer, type, organisation, orders', ticked: true, service: 'certumssl' },
  'tls:contacts': { line: 'which contact fields of a domain are public, not their content', ticked: false, service: 'certumssl' },
  'privacy:read': { line: 'what is held about you, for how long, requests that this app filed', ticked: true, service: null },
  'privacy:write': { line: 'file privacy requests for you to confirm; opt you out of marketing', ticked: false, service: null },
  'apps:read': { line: 'what this app was told, when it was connected', ticked: true, service: null },
  'apps:others': { line: 'the other apps connected to your account', ticked: false, service: null },
  'apps:disconnect': { line: 'let this app disconnect itself', ticked: true, service: null },
} as const satisfies Record<string, ScopePolicy>;

export type Scope = keyof typeof scopes;

export const allScopes = Object.keys(scopes) as Scope[];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopes, text);
}

/** The scopes of an installation, in the order of the consent page. */
export function scopesOf(installed: readonly Service[]): Scope[] {
  return allScopes.filter((scope) => {
    const { service } = scopes[scope];
    return service === null || installed.includes(service);
  });
}
