import { Provider } from 'oidc-provider';
import type { Orm } from '../store/engine/db.ts';
import { isConnectedClient } from '../store/apps/unused-clients.ts';
import { boundOf, type Bounds } from './bounds.ts';
import { isPinned } from './known-clients.ts';
import { LimitReached } from './limit-reached.ts';
import { secondsForNetwork, type CountRefusal, type Limits } from '../http/limits.ts';
import type { FetchClientDocument } from '../http/safe-fetch.ts';

export interface FetchesDeps {
  readonly orm: Orm;
  readonly limits: Limits;
  readonly bounds?: Bounds;
  readonly countRefusal?: CountRefusal;
  readonly fetchClientDocument: FetchClientDocument;
}

/**
 * Every fetch of a client's document or keys, within bounds: those of clients that nobody has connected are counted by network, so many
 * are under way in a process, and what is under way already is waited for. @throws LimitReached
 */
export function limitFetches(deps: FetchesDeps): FetchClientDocument {
  const underWay = new Map<string, Promise<Response>>();
  const counts = { fetches: 0, fetches_connected: 0 };
  const begin = async (url: string): Promise<Response> => {
    const name = (await isOfConnected(deps, url)) ? 'fetches_connected' : 'fetches';
    if (name === 'fetches') await countForNetwork(deps.limits);
    if (counts[name] >= boundOf(deps.bounds ?? {}, name)) {
      deps.countRefusal?.(name);
      throw new LimitReached('try_later', 5);
    }
    counts[name] += 1;
    try {
      return await deps.fetchClientDocument(url);
    } finally {
      counts[name] -= 1;
    }
  };
  return async (input) => {
    const url = String(input);
    const others = underWay.get(url);
    if (others) {
      const answer = await others.catch(unlessLimited);
      if (answer) return answer.clone();
    }
    const answer = begin(url);
    underWay.set(url, answer);
    try {
      return (await answer).clone();
    } finally {
      if (underWay.get(url) === answer) underWay.delete(url);
    }
  };
}

/** Another's limit is not this one's. */
function unlessLimited(error: unknown): null {
  if (error instanceof LimitReached) return null;
  throw error;
}

/** By its document's address, or because the request that runs is such a client's. */
async function isOfConnected({ orm }: FetchesDeps, url: string): Promise<boolean> {
  const clientId = Provider.ctx?.oidc?.client?.clientId;
  return isPinned(url) || isConnectedClient({ orm, clientIds: clientId === undefined ? [url] : [url, clientId] });
}

/** Without a request of its own the fetch belongs to an authorization that was counted when it began. */
async function countForNetwork(limits: Limits): Promise<void> {
  const request = Provider.ctx?.req;
  const seconds = request ? await secondsForNetwork(limits, 'fetch_client', request) : 0;
  if (seconds > 0) throw new LimitReached('rate_limited', seconds);
}
