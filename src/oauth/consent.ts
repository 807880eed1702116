import type { Interaction, Provider } from 'oidc-provider';
import type { Clock } from '../words/dates.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/engine/db.ts';
import { recordActivity } from '../store/accounts/accounts.ts';
import type { Grants } from './grants.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Asked } from './interaction.ts';
import { resourceOf } from './metadata.ts';
import { keepShown, wasShown } from './shown.ts';

export type Decided =
  | { readonly kind: 'go_on'; readonly location: string }
  /** The app isn't what the person saw any more: they are to see it first. */
  | { readonly kind: 'changed'; readonly asked: Asked & { readonly kind: 'consent' } };

export interface ConsentForm {
  readonly allow: boolean;
  readonly scopes: readonly string[];
  /** The `page` that the form stood on; null when it doesn't say. */
  readonly page: string | null;
}

export interface ConsentDeps {
  readonly provider: Provider;
  readonly orm: Orm;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly grants: Grants;
}

interface Decision {
  readonly exchange: Exchange;
  readonly details: Interaction;
  readonly asked: Asked & { readonly kind: 'consent' };
  readonly form: ConsentForm;
}

/** Records the person's decision. Allowing nothing is denying. */
export async function decide(deps: ConsentDeps, { exchange, details, asked, form }: Decision): Promise<Decided> {
  const { provider } = deps;
  if (form.allow && !(await wasShown({ ...deps, details, app: asked.app }, form.page))) {
    await keepShown({ ...deps, details, app: asked.app });
    return { kind: 'changed', asked };
  }
  const allowed = asked.scopes.filter((each) => form.scopes.includes(each));
  await recordActivity({ orm: deps.orm, accountId: asked.person.accountId, now: deps.clock() });
  if (!form.allow || allowed.length === 0 || asked.person.isDeactivated) {
    const denied = { error: 'access_denied', error_description: 'the account owner declined' };
    return {
      kind: 'go_on',
      location: await provider.interactionResult(exchange.req, exchange.res, denied, { mergeWithLastSubmission: false }),
    };
  }
  const grantId = await grant(deps, { details, asked, allowed });
  return { kind: 'go_on', location: await provider.interactionResult(exchange.req, exchange.res, { consent: { grantId } }) };
}

type Allowed = Pick<Decision, 'details' | 'asked'> & { readonly allowed: readonly Scope[] };

/** A fresh grant of the authorization server, and ours beside it, one to one. */
async function grant({ provider, grants, publicUrl }: ConsentDeps, { details, asked, allowed }: Allowed): Promise<string> {
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
