import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Interaction, type Provider } from 'oidc-provider';
import type { Clock } from '../policy/dates.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/db.ts';
import { findPerson, recordActivity, type Person } from '../store/writes/accounts.ts';
import { heldByApp } from '../store/writes/grants.ts';
import { describeApp, type AppDescription } from './clients.ts';
import type { Grants } from './grants.ts';
import { resourceOf } from './metadata.ts';
import { acrOf } from './endings.ts';
import type { Passwords } from './passwords.ts';
import type { SignInTries } from './sign-in-tries.ts';

/** One HTTP request and its answer, as Node has them. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

export interface InteractionDeps {
  readonly provider: Provider;
  readonly orm: Orm;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly scopes: readonly Scope[];
  readonly grants: Grants;
  readonly passwords: Passwords;
  readonly tries: SignInTries;
}

/** What a person is asked while an authorization waits for them. */
export type Asked =
  | { readonly kind: 'sign_in'; readonly id: string; readonly app: AppDescription | null; readonly again: Person | null }
  | {
      readonly kind: 'consent';
      readonly id: string;
      readonly app: AppDescription;
      readonly scopes: readonly Scope[];
      readonly person: Person;
      /** What this app holds already; null when it isn't connected. */
      readonly held: { readonly scopes: readonly string[]; readonly fields: readonly string[] } | null;
    };

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly location: string }
  | { readonly kind: 'wrong' | 'limited' | 'other_account' };

export interface Interactions {
  /** Null when it expired, is another browser's, or cookies are off. */
  asked(exchange: Exchange): Promise<Asked | null>;
  signIn(exchange: Exchange, form: { readonly email: string; readonly password: string }): Promise<SignInOutcome | null>;
  /** Whether the password is that of the person who is signed in; the tries count like those of a sign-in. */
  confirm(exchange: Exchange, form: { readonly email: string; readonly password: string }): Promise<'right' | 'wrong' | 'limited'>;
  /** Records the person's decision and answers where to go on. Allowing nothing is denying. */
  decide(exchange: Exchange, form: { readonly allow: boolean; readonly scopes: readonly string[] }): Promise<string | null>;
}

export function makeInteractions(deps: InteractionDeps): Interactions {
  return {
    asked: async (exchange) => {
      const details = await detailsOf(deps, exchange);
      return details && describe(deps, details);
    },
    signIn: async (exchange, form) => {
      const details = await detailsOf(deps, exchange);
      return details?.prompt.name === 'login' ? signIn(deps, { exchange, details, form }) : null;
    },
    confirm: async (exchange, form) => {
      const checked = await deps.tries.attempt({ exchange, email: form.email, isSignedIn: true }, () => deps.passwords.check(form));
      return typeof checked === 'string' ? checked : 'right';
    },
    decide: async (exchange, form) => {
      const details = await detailsOf(deps, exchange);
      const asked = details && (await describe(deps, details));
      return details && asked?.kind === 'consent' ? decide(deps, { exchange, details, asked, form }) : null;
    },
  };
}

async function detailsOf({ provider }: InteractionDeps, { req, res }: Exchange): Promise<Interaction | null> {
  try {
    return await provider.interactionDetails(req, res);
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return null;
    throw error;
  }
}

async function describe({ provider, orm, scopes }: InteractionDeps, details: Interaction): Promise<Asked | null> {
  const { client_id: clientId, redirect_uri: redirectUri, scope } = details.params;
  const client = typeof clientId === 'string' ? await provider.Client.find(clientId) : undefined;
  if (!client || typeof redirectUri !== 'string') return null;
  const accountId = details.session?.accountId;
  const person = accountId === undefined ? null : await findPerson({ orm, accountId });
  const app = client.responseTypeAllowed('code') ? describeApp({ client, redirectUri }) : null;
  if (details.prompt.name === 'login') return { kind: 'sign_in', id: details.uid, app, again: person };
  if (details.prompt.name !== 'consent' || !person || !app) return null;
  const asked = typeof scope === 'string' ? scope.split(' ') : [];
  const held = await heldByApp({ orm, accountId: person.accountId, clientId: client.clientId });
  return { kind: 'consent', id: details.uid, app, scopes: scopes.filter((each) => asked.includes(each)), person, held };
}

interface SignInForm {
  readonly exchange: Exchange;
  readonly details: Interaction;
  readonly form: { readonly email: string; readonly password: string };
}

async function signIn(
  { provider, orm, clock, passwords, tries }: InteractionDeps,
  { exchange, details, form }: SignInForm,
): Promise<SignInOutcome> {
  const checked = await tries.attempt({ exchange, email: form.email }, () => passwords.check(form));
  if (typeof checked === 'string') return { kind: checked };
  const { accountId, endings } = checked;
  const before = details.session?.accountId;
  if (before !== undefined && before !== accountId) return { kind: 'other_account' };
  const now = clock();
  await recordActivity({ orm, accountId, now });
  const login = { accountId, remember: false, ts: Math.floor(now.getTime() / 1000), amr: ['pwd'], acr: acrOf(endings) };
  return { kind: 'signed_in', location: await provider.interactionResult(exchange.req, exchange.res, { login }) };
}

interface Decision {
  readonly exchange: Exchange;
  readonly details: Interaction;
  readonly asked: Asked & { readonly kind: 'consent' };
  readonly form: { readonly allow: boolean; readonly scopes: readonly string[] };
}

async function decide(deps: InteractionDeps, { exchange, details, asked, form }: Decision): Promise<string> {
  const { provider } = deps;
  const allowed = asked.scopes.filter((each) => form.scopes.includes(each));
  await recordActivity({ orm: deps.orm, accountId: asked.person.accountId, now: deps.clock() });
  if (!form.allow || allowed.length === 0 || asked.person.isDeactivated) {
    const denied = { error: 'access_denied', error_description: 'the account owner declined' };
    return provider.interactionResult(exchange.req, exchange.res, denied, { mergeWithLastSubmission: false });
  }
  const grantId = await grant(deps, { details, asked, allowed });
  return provider.interactionResult(exchange.req, exchange.res, { consent: { grantId } });
}

type Allowed = Pick<Decision, 'details' | 'asked'> & { readonly allowed: readonly Scope[] };

/** A fresh grant of the authorization server, and ours beside it, one to one. */
async function grant({ provider, grants, publicUrl }: InteractionDeps, { details, asked, allowed }: Allowed): Promise<string> {
  const clientId = String(details.params['client_id']);
  const { accountId } = asked.person;
  const made = new provider.Grant({ accountId, clientId });
  const declined = asked.scopes.filter((each) => !allowed.includes(each));
  for (const resource of resourcesAsked(publicUrl, details.params['resource'])) {
    made.addResourceScope(resource, allowed.join(' '));
    if (declined.length > 0) made.rejectResourceScope(resource, declined.join(' '));
  }
  const oidcGrantId = await made.save();
  const { name, publisherDomain, redirectHost } = asked.app;
  await grants.recordConsent({ app: { accountId, clientId, name, publisherDomain, redirectHost }, oidcGrantId, scopes: allowed });
  return oidcGrantId;
}

/** The resource in the very forms that the client asked for, since the library compares them as text. */
function resourcesAsked(publicUrl: string, resource: unknown): string[] {
  const asked: unknown[] = Array.isArray(resource) ? resource : [resource];
  const named = asked.filter((each) => typeof each === 'string' && each !== '').map(String);
  return named.length > 0 ? named : [resourceOf(publicUrl)];
}
