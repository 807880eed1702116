import { errors, type Interaction, type Provider } from 'oidc-provider';
import type { Exchange } from '../http/exchange.ts';
import type { Clock } from '../words/dates.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/engine/db.ts';
import { findPerson, recordActivity, type Person } from '../store/accounts/accounts.ts';
import { heldByApp } from '../store/apps/grants.ts';
import { describeApp, type AppDescription } from './clients.ts';
import { decide, type ConsentForm, type Decided } from './consent.ts';
import type { Grants } from './grants.ts';
import { lookAlikeOf, type LookAlike } from './look-alikes.ts';
import { acrOf } from './endings.ts';
import type { Passwords } from '../sign-in/passwords.ts';
import { keepShown, pageNameOf } from './shown.ts';
import type { SignInTries } from '../sign-in/tries.ts';

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
  | {
      readonly kind: 'sign_in';
      readonly id: string;
      readonly app: AppDescription | null;
      /** What the app could be taken for; null for nothing. */
      readonly lookAlike: LookAlike | null;
      readonly again: Person | null;
    }
  | {
      readonly kind: 'consent';
      readonly id: string;
      readonly app: AppDescription;
      readonly lookAlike: LookAlike | null;
      /** Names what this page says of the app: its form sends it back. */
      readonly page: string;
      readonly scopes: readonly Scope[];
      readonly person: Person;
      /** What this app holds already; null when it isn't connected. */
      readonly held: { readonly scopes: readonly string[]; readonly fields: readonly string[] } | null;
    };

export type SignInOutcome =
  | { readonly kind: 'signed_in'; readonly location: string }
  | { readonly kind: 'wrong' | 'limited' | 'other_account' };

export interface Interactions {
  /** What the page that is made now asks. Null when it expired, is another browser's, or cookies are off. */
  asked(exchange: Exchange): Promise<Asked | null>;
  signIn(exchange: Exchange, form: { readonly email: string; readonly password: string }): Promise<SignInOutcome | null>;
  /** Whether the password is that of the person who is signed in; the tries count like those of a sign-in. */
  confirm(exchange: Exchange, form: { readonly email: string; readonly password: string }): Promise<'right' | 'wrong' | 'limited'>;
  /** Records the person's decision and answers where to go on. Allowing nothing is denying. */
  decide(exchange: Exchange, form: ConsentForm): Promise<Decided | null>;
}

export function makeInteractions(deps: InteractionDeps): Interactions {
  return {
    asked: async (exchange) => {
      const details = await detailsOf(deps, exchange);
      const asked = details && (await describe(deps, details));
      if (details && asked?.kind === 'consent' && isRead(exchange)) await keepShown({ ...deps, details, app: asked.app });
      return asked;
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

/** A page is made for these; a form names the one that it stood on. */
function isRead({ req }: Exchange): boolean {
  return req.method === 'GET';
}

async function detailsOf({ provider }: InteractionDeps, { req, res }: Exchange): Promise<Interaction | null> {
  try {
    return await provider.interactionDetails(req, res);
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return null;
    throw error;
  }
}

async function describe({ provider, orm, clock, scopes }: InteractionDeps, details: Interaction): Promise<Asked | null> {
  const { client_id: clientId, redirect_uri: redirectUri, scope } = details.params;
  const client = typeof clientId === 'string' ? await provider.Client.find(clientId) : undefined;
  // An address that was taken out of the document meanwhile gets no answer.
  if (!client || typeof redirectUri !== 'string' || !client.redirectUriAllowed(redirectUri)) return null;
  const accountId = details.session?.accountId;
  const person = accountId === undefined ? null : await findPerson({ orm, accountId, now: clock() });
  const app = client.responseTypeAllowed('code') ? describeApp({ client, redirectUri }) : null;
  const lookAlike = app && (await lookAlikeOf({ orm, app, clientId: client.clientId, accountId: person?.accountId ?? null }));
  if (details.prompt.name === 'login') return { kind: 'sign_in', id: details.uid, app, lookAlike, again: person };
  if (details.prompt.name !== 'consent' || !person || !app) return null;
  const asked = typeof scope === 'string' ? scope.split(' ') : [];
  const held = await heldByApp({ orm, accountId: person.accountId, clientId: client.clientId });
  const wanted = scopes.filter((each) => asked.includes(each));
  return { kind: 'consent', id: details.uid, app, lookAlike, page: pageNameOf(app), scopes: wanted, person, held };
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
