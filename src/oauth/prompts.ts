import { errors, interactionPolicy } from 'oidc-provider';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { findPerson } from '../store/accounts/accounts.ts';
import { boundParameters } from './authorization-bounds.ts';
import { dashboardClientId } from './clients.ts';

/** When a person is asked: to sign in without a living account, and to consent at every authorization of an app. Without an active service there is nothing to consent to (CS-32). */
export function promptPolicy({ orm, clock }: { orm: Orm; clock: Clock }): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const accountGone = new interactionPolicy.Check(
    'account_gone',
    'End-User authentication is required',
    'login_required',
    (ctx) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined,
  );
  const bounded = new interactionPolicy.Check('bounded', 'the parameters have their lengths', 'invalid_request', (ctx) => {
    boundParameters(ctx);
    return false;
  });
  const explicitConsent = new interactionPolicy.Check(
    'explicit_consent',
    'consent is required at every authorization',
    'consent_required',
    (ctx) => ctx.oidc.client?.clientId !== dashboardClientId && !ctx.oidc.result?.consent,
  );
  const nothingToConsentTo = new interactionPolicy.Check('no_active_service', 'no service is active', 'access_denied', async (ctx) => {
    const accountId = ctx.oidc.account?.accountId;
    if (ctx.oidc.client?.clientId === dashboardClientId || accountId === undefined) return false;
    if ((await findPerson({ orm, accountId, now: clock() }))?.isDeactivated)
      throw new errors.AccessDenied('no service of this account is active');
    return false;
  });
  policy.get('consent')?.checks.add(nothingToConsentTo);
  policy.get('login')?.checks.add(bounded);
  policy.get('login')?.checks.add(accountGone);
  policy.get('consent')?.checks.add(explicitConsent);
  return policy;
}
