import { lt } from 'drizzle-orm';
import { RateLimiterDrizzle, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Orm } from './db.ts';
import { rateLimits } from '../schema/index.ts';

export interface SharedLimit {
  readonly orm: Orm;
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** Counts for every instance. Who is over the limit is remembered here, so that an attack doesn't load the database. */
export function sharedLimiter({ orm, name, points, seconds }: SharedLimit): RateLimiterAbstract {
  return new RateLimiterDrizzle({
    storeClient: orm,
    schema: rateLimits,
    keyPrefix: name,
    points,
    duration: seconds,
    inMemoryBlockOnConsumed: points + 1,
    clearExpiredByTimeout: false,
  });
}

/** Deletes counts that have run out. */
export async function deleteExpiredLimits({ orm, now }: { orm: Orm; now: Date }): Promise<void> {
  await orm.delete(rateLimits).where(lt(rateLimits.expire, now));
}
