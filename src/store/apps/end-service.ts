import { and, eq } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import { isScope, scopes } from '../../policy/scopes.ts';
import type { Orm } from '../engine/db.ts';
import { memberships } from '../schema/index.ts';
import { lockApp } from './app-locks.ts';
import { liveAppIds, markRevoked } from './apps.ts';
import { activeGrants, endGrants, narrowGrant } from './grants.ts';

interface Ending {
  readonly tx: Orm;
  readonly accountId: string;
  readonly now: Date;
}

export interface Revoked {
  readonly revoked: number;
  /** The apps of which a call was still held open: `awaitCalls` waits for it after the commit. */
  readonly inFlight: readonly string[];
}

/** Revokes every app of an account within a transaction; calls in flight are withheld. */
export async function revokeEveryApp({ tx, accountId, now }: Ending): Promise<Revoked> {
  const ids = await liveAppIds({ orm: tx, accountId });
  const inFlight: string[] = [];
  for (const appId of ids) if (!(await lockApp({ tx, appId }))) inFlight.push(appId);
  for (const appId of ids) {
    await markRevoked({ tx, appId, now });
    await endGrants({ tx, appId, now });
  }
  return { revoked: ids.length, inFlight };
}

/** Marks a service deactivated (CS-32): its clocks stand, its scopes leave every grant; with the last active service every app is revoked. False when it wasn't active. */
export async function deactivateService({ tx, accountId, service, now }: Ending & { service: Service }): Promise<boolean> {
  for (const appId of await liveAppIds({ orm: tx, accountId })) await lockApp({ tx, appId });
  const [ended] = await tx
    .update(memberships)
    .set({ status: 'deactivated' })
    .where(and(eq(memberships.accountId, accountId), eq(memberships.service, service), eq(memberships.status, 'active')))
    .returning({ service: memberships.service });
  if (!ended) return false;
  const left = await tx
    .select({ service: memberships.service })
    .from(memberships)
    .where(and(eq(memberships.accountId, accountId), eq(memberships.status, 'active')));
  if (left.length === 0) await revokeEveryApp({ tx, accountId, now });
  else await narrowToOthers({ tx, accountId, service, now });
  return true;
}

async function narrowToOthers({ tx, accountId, service, now }: Ending & { service: Service }): Promise<void> {
  for (const appId of await liveAppIds({ orm: tx, accountId })) {
    for (const grant of await activeGrants({ tx, appId })) {
      const kept = grant.scopes.filter((scope) => !isScope(scope) || scopes[scope].service !== service);
      if (kept.length < grant.scopes.length) await narrowGrant({ tx, grant: { ...grant, scopes: kept }, now });
    }
  }
}
