import { asc, eq, sql, type SQL } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { isLockTimeout } from '../engine/patience.ts';
import { apps } from '../schema/index.ts';

/** For how long a change of an app waits for its calls in flight; they take milliseconds, unless somebody keeps them open. */
const callsMs = 2_000;

/**
 * Serializes the changes of an app, waits for its calls in flight, and makes later ones see the change: the ledger holds the row for
 * key share. False when a call was still held open after two seconds: then the change goes on, for later calls, without having waited,
 * and `awaitCalls` waits for the rest once it is committed. Lock several apps in the order of their ids.
 */
export async function lockApp({ tx, appId }: { tx: Orm; appId: string }): Promise<boolean> {
  const itself = eq(apps.id, appId);
  if (await lockedInTime(tx, itself)) return true;
  await tx.select({ id: apps.id }).from(apps).where(itself).for('no key update');
  return false;
}

/** After a change was committed without having waited: waits for the calls that were in flight, two seconds at most. */
export async function awaitCalls({ orm, appId }: { orm: Orm; appId: string }): Promise<void> {
  await orm.transaction((tx) => lockedInTime(tx, eq(apps.id, appId)));
}

/** For rows that are about to be deleted: waits for the calls in flight of all apps of an account, the revoked ones too. */
export async function lockEveryApp({ tx, accountId }: { tx: Orm; accountId: string }): Promise<void> {
  await tx.select({ id: apps.id }).from(apps).where(eq(apps.accountId, accountId)).orderBy(asc(apps.id)).for('update');
}

async function lockedInTime(tx: Orm, which: SQL): Promise<boolean> {
  try {
    await tx.transaction(async (inner) => {
      const before = await setLockTimeout(inner, `${callsMs}ms`);
      await inner.select({ id: apps.id }).from(apps).where(which).for('update');
      await setLockTimeout(inner, before);
    });
    return true;
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    return false;
  }
}

/** For the rest of the transaction, or until its savepoint is undone. Answers what it was. */
async function setLockTimeout(tx: Orm, to: string): Promise<string> {
  const [row] = await tx
    .select({ was: sql<string>`l.was`, now: sql<string>`l.now` })
    .from(sql`(select current_setting('lock_timeout') as was, set_config('lock_timeout', ${to}, true) as now) l`);
  return row?.was ?? '0';
}
