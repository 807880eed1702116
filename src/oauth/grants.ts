import type { Clock } from '../words/dates.ts';
import type { Scope } from '../policy/scopes.ts';
import type { Orm } from '../store/engine/db.ts';
import { appStatus, connectApp, markRevoked, moveApp, type AppIdentity, type AppName, type AppStatus } from '../store/apps/apps.ts';
import { awaitCalls, lockApp } from '../store/apps/app-locks.ts';
import { revokeEveryApp } from '../store/apps/end-service.ts';
import { activeGrants, addGrant, endGrants, narrowGrant, settleApp } from '../store/apps/grants.ts';

export interface GrantDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  /** The policy's field ids that scopes open. */
  readonly acceptedFieldsOf: (scopes: readonly Scope[]) => readonly string[];
  readonly policyVersion: string;
  /** Of the privacy notice that stands beside the consent; null while there is none. */
  /** The versions of the notices that the person consents under. */
  readonly noticeVersion?: () => Promise<string | null>;
}

export interface Consent {
  readonly app: AppIdentity;
  readonly oidcGrantId: string;
  readonly scopes: readonly Scope[];
}

export interface AppChange {
  readonly appId: string;
  readonly status: AppStatus;
}

/** What an account owner, or an app about itself, may do to a connection. Null means unknown or not yours: nobody can tell which. */
export interface Grants {
  /** Records a consent. Older grants of the app shrink to what the new one shares with them; none ever grows. */
  recordConsent(consent: Consent): Promise<{ readonly appId: string; readonly grantId: string }>;
  revokeApp(name: AppName): Promise<AppChange | null>;
  /** All of them, or none. Answers how many apps were revoked. */
  revokeAllApps(owner: { readonly accountId: string }): Promise<number>;
  pauseApp(name: AppName): Promise<AppChange | null>;
  /** An app whose grants have all ended meanwhile is revoked: only a new consent opens anything. */
  resumeApp(name: AppName): Promise<AppChange | null>;
  /** Keeps only the scopes named, of those that were granted. */
  narrowApp(change: AppName & { readonly scopes: readonly Scope[] }): Promise<AppChange | null>;
}

export function makeGrants(deps: GrantDeps): Grants {
  const { orm, clock } = deps;
  /** One transaction that waits for the app's calls in flight. */
  const change = async ({ accountId, appId }: AppName, work: (tx: Orm) => Promise<void>): Promise<AppChange | null> => {
    if (!isUuid(accountId) || !isUuid(appId)) return null;
    let waited = true;
    const changed = await orm.transaction(async (tx) => {
      if ((await appStatus({ orm: tx, accountId, appId })) === null) return null;
      waited = await lockApp({ tx, appId });
      await work(tx);
      const status = await appStatus({ orm: tx, accountId, appId });
      return status && { appId, status };
    });
    if (!waited) await awaitCalls({ orm, appId });
    return changed;
  };
  return {
    recordConsent: (consent) => recordConsent(deps, consent),
    revokeApp: (name) => change(name, (tx) => revoke({ tx, appId: name.appId, now: clock() })),
    revokeAllApps: async ({ accountId }) => {
      const { revoked, inFlight } = await orm.transaction((tx) => revokeEveryApp({ tx, accountId, now: clock() }));
      for (const appId of inFlight) await awaitCalls({ orm, appId });
      return revoked;
    },
    pauseApp: (name) => change(name, (tx) => moveApp({ tx, appId: name.appId, from: 'active', to: 'paused', now: clock() })),
    resumeApp: (name) => change(name, (tx) => resume({ tx, appId: name.appId, now: clock() })),
    narrowApp: ({ scopes, ...name }) =>
      change(name, (tx) => narrowTo({ tx, appId: name.appId, scopes, acceptedFields: deps.acceptedFieldsOf(scopes), now: clock() })),
  };
}

async function revoke({ tx, appId, now }: { tx: Orm; appId: string; now: Date }): Promise<void> {
  await markRevoked({ tx, appId, now });
  await endGrants({ tx, appId, now });
}

async function resume({ tx, appId, now }: { tx: Orm; appId: string; now: Date }): Promise<void> {
  await moveApp({ tx, appId, from: 'paused', to: 'active', now });
  await settleApp({ tx, appId, now });
}

async function recordConsent(
  { orm, clock, acceptedFieldsOf, policyVersion, noticeVersion: noticeVersionNow }: GrantDeps,
  { app, oidcGrantId, scopes }: Consent,
) {
  const now = clock();
  const acceptedFields = acceptedFieldsOf(scopes);
  const noticeVersion = (await noticeVersionNow?.()) ?? null;
  return orm.transaction(async (tx) => {
    const appId = await connectApp({ tx, app, now });
    const grantId = await addGrant({
      tx,
      now,
      grant: {
        accountId: app.accountId,
        appId,
        oidcGrantId,
        scopes,
        acceptedFields,
        policyVersion,
        noticeVersion,
        appName: app.name,
        publisherDomain: app.publisherDomain,
        redirectHost: app.redirectHost,
      },
    });
    await narrowTo({ tx, appId, scopes, acceptedFields, except: grantId, now });
    return { appId, grantId };
  });
}

interface Narrowing {
  readonly tx: Orm;
  readonly appId: string;
  readonly scopes: readonly string[];
  readonly acceptedFields: readonly string[];
  readonly except?: string;
  readonly now: Date;
}

async function narrowTo({ tx, appId, scopes, acceptedFields, except, now }: Narrowing): Promise<void> {
  for (const grant of await activeGrants({ tx, appId, ...(except !== undefined && { except }) })) {
    const kept = {
      ...grant,
      scopes: grant.scopes.filter((each) => scopes.includes(each)),
      acceptedFields: grant.acceptedFields.filter((each) => acceptedFields.includes(each)),
    };
    const shrinks = kept.scopes.length < grant.scopes.length || kept.acceptedFields.length < grant.acceptedFields.length;
    if (shrinks) await narrowGrant({ tx, grant: kept, now });
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
