import type { Logger } from '../watch/log.ts';
import type { Orm } from '../store/engine/db.ts';
import { countOpenInteractions } from '../store/apps/open-interactions.ts';
import { countUnusedClients } from '../store/apps/unused-clients.ts';

export type WatchBound = (limit: string, count: () => Promise<number | null>) => void;

interface Watching {
  readonly orm: Orm;
  readonly log: Logger;
  readonly watchBound?: WatchBound;
}

/** What a scrape is told; nothing while the database doesn't answer, which `/readyz` says. */
export function watchBounds({ orm, log, watchBound }: Watching): void {
  const counts = {
    unused_clients: () => countUnusedClients({ orm }),
    open_interactions: () => countOpenInteractions({ orm, of: 'strangers' }),
    open_interactions_connected: () => countOpenInteractions({ orm, of: 'connected' }),
  };
  for (const [limit, count] of Object.entries(counts)) {
    watchBound?.(limit, async () => {
      try {
        return await count();
      } catch (error) {
        log.warn({ err: error }, 'what is bounded could not be counted');
        return null;
      }
    });
  }
}
