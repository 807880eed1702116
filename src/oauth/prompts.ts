import { interactionPolicy } from 'oidc-provider';
import { dashboardClientId } from './clients.ts';

/** When a person is asked: to sign in without a living account, and to consent at every authorization of an app. */
export function promptPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const accountGone = new interactionPolicy.Check(
    'account_gone',
    'End-User authentication is required',
    'login_required',
    (ctx) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined,
  );
  const explicitConsent = new interactionPolicy.Check(
    'explicit_consent',
    'consent is required at every authorization',
    'consent_required',
    (ctx) => ctx.oidc.client?.clientId !== dashboardClientId && !ctx.oidc.result?.consent,
  );
  policy.get('login')?.checks.add(accountGone);
  policy.get('consent')?.checks.add(explicitConsent);
  return policy;
}
