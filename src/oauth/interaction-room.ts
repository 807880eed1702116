import { Provider, type AdapterPayload } from 'oidc-provider';
import type { Clock } from '../words/dates.ts';
import type { Orm } from '../store/engine/db.ts';
import { makeRoomForInteraction } from '../store/apps/open-interactions.ts';
import { isConnectedClient } from '../store/apps/unused-clients.ts';
import { boundOf, type Bounds } from './bounds.ts';
import { dashboardClientId } from './clients.ts';
import { isPinned } from './known-clients.ts';
import { LimitReached, noteReached } from './limit-reached.ts';
import { secondsForNetwork, type CountRefusal, type Limits } from '../http/limits.ts';

export interface InteractionRoomDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly bounds?: Bounds;
  readonly countRefusal?: CountRefusal;
}

const sparedMs = 120_000;

/**
 * Counts an authorization that begins: by person where somebody is signed in, else by network and against what the installation holds.
 * Answers its client where that is connected already, and null for a stranger's. @throws LimitReached
 */
export function makeInteractionRoom(deps: InteractionRoomDeps): (payload: AdapterPayload) => Promise<string | null> {
  const { orm, clock, limits, bounds = {}, countRefusal } = deps;
  return async ({ session, params }) => {
    const clientId = await connectedOne(orm, params?.['client_id']);
    const accountId = session?.accountId;
    const request = Provider.ctx?.req;
    // Only a request of the library begins one; pages write their result into it.
    if (!request) return clientId;
    const seconds = await (accountId === undefined
      ? secondsForNetwork(limits, 'authorize', request)
      : limits.secondsToWait('authorize', accountId));
    if (seconds > 0) throw noteReached(new LimitReached('rate_limited', seconds));
    if (accountId !== undefined) return clientId;
    const [name, of] =
      clientId === null ? (['open_interactions', 'strangers'] as const) : (['open_interactions_connected', 'connected'] as const);
    const spared = new Date(clock().getTime() - sparedMs);
    const dropped = await makeRoomForInteraction({ orm, of, most: boundOf(bounds, name), spared });
    if (dropped !== 0) countRefusal?.(name);
    if (dropped === null) throw noteReached(new LimitReached('try_later', sparedMs / 1000));
    return clientId;
  };
}

async function connectedOne(orm: Orm, clientId: unknown): Promise<string | null> {
  if (typeof clientId !== 'string') return null;
  const known = clientId === dashboardClientId || isPinned(clientId) || (await isConnectedClient({ orm, clientIds: [clientId] }));
  return known ? clientId : null;
}
