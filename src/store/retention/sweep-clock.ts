import { eq, sql } from 'drizzle-orm';
import type { Clock } from '../../words/dates.ts';
import type { Orm } from '../engine/db.ts';
import { sweepClock } from '../schema/index.ts';
import { takeTurn } from '../engine/turns.ts';

/** How far the server's clock may be from the database's. */
const mostApartMs = 300_000;

/** What the database's clock says; tests move it along with their own. */
export type DatabaseClock = (orm: Orm) => Promise<Date>;

export const databaseClock: DatabaseClock = async (orm) => {
  const [row] = await orm.select({ now: sql<string>`c.now::text` }).from(sql`(select clock_timestamp() as now) c`);
  if (!row) throw new Error('the database says no time');
  return new Date(row.now);
};

/** The server's clock and the database's are too far apart for anything to be deleted by them. */
export class ClocksDiffer extends Error {
  override readonly name = 'ClocksDiffer';
  readonly aheadMs: number;

  constructor(aheadMs: number) {
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    super(`the clock of this machine is ${seconds} seconds ${aheadMs > 0 ? 'ahead of' : 'behind'} the database’s; set it, and start again`);
    this.aheadMs = aheadMs;
  }
}

export interface Clocks {
  readonly orm: Orm;
  readonly clock: Clock;
  /** The default asks the database. */
  readonly databaseClock?: DatabaseClock;
}

/** Answers what the database's clock says. @throws ClocksDiffer */
export async function compareClocks({ orm, clock, databaseClock: ask = databaseClock }: Clocks): Promise<Date> {
  const databaseAt = await ask(orm);
  const aheadMs = clock().getTime() - databaseAt.getTime();
  if (!(Math.abs(aheadMs) <= mostApartMs)) throw new ClocksDiffer(aheadMs);
  return databaseAt;
}

declare const compared: unique symbol;

/** The moment by which a sweep deletes: it stands still, and only `beginSweep` makes it. */
export type SweepClock = Clock & { readonly [compared]: true };

/**
 * The moment for a sweep: neither later than the server's clock nor than the database's, and no further after the last sweep's than
 * the database's clock has run since. Kept in the database, for the next sweep of whichever instance. @throws ClocksDiffer
 */
export async function beginSweep(clocks: Clocks): Promise<SweepClock> {
  const databaseAt = await compareClocks(clocks);
  const now = await clocks.orm.transaction(async (tx) => {
    await takeTurn({ tx, name: 'sweep clock' });
    const [last] = await tx.select().from(sweepClock).where(eq(sweepClock.name, 'sweep'));
    const bounds = [clocks.clock(), databaseAt, ...(last ? [after(last.sweptTo, databaseAt.getTime() - last.databaseAt.getTime())] : [])];
    const to = { sweptTo: new Date(Math.min(...bounds.map((each) => each.getTime()))), databaseAt };
    await tx
      .insert(sweepClock)
      .values({ name: 'sweep', ...to })
      .onConflictDoUpdate({ target: sweepClock.name, set: to });
    return to.sweptTo;
  });
  // The brand stands for the comparison above.
  return (() => now) as SweepClock;
}

/** The moment by which the last sweep deleted. @throws Error before the first */
export async function sweptTo({ orm }: { orm: Orm }): Promise<Date> {
  const [last] = await orm.select({ at: sweepClock.sweptTo }).from(sweepClock).where(eq(sweepClock.name, 'sweep'));
  if (!last) throw new Error('nothing was swept yet');
  return last.at;
}

function after(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}
