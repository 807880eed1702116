import type { Orm } from '../store/engine/db.ts';
import { forgetOtherLogs, lockLogs, saveLog, type KnownLog, type KnownLogs } from '../store/rights/deletion-logs.ts';
import { allTombstones } from '../store/rights/tombstones.ts';
import { closing, endOf, howToBegin, linesAfter, openLog, readLog, writeWhole, type LogFile } from './deletions-file.ts';
import { deletionsIn, LogRefused, type DeletionsLog, type Noted, type Place } from './deletions-log.ts';
import { isBuried } from './tombstones.ts';

interface Settling extends LogFile {
  readonly orm: Orm;
  /** It was just replayed, so it becomes one of this database's own, though the restored backup doesn't know it. */
  readonly takesOn?: boolean;
  /** The log belongs into the folder of an embedded database, which the version before served without one until it deleted something. */
  readonly isOfFolder?: boolean;
}

/**
 * Reads the log as it should be beside this database, begins it beside a new one, and chains that of the version before.
 * @throws LogRefused when it knows less than the database has noted in it, is another one, or can't be written
 */
export async function settleLog({ orm, takesOn = false, isOfFolder = false, ...log }: Settling): Promise<DeletionsLog> {
  return orm.transaction(async (tx) => {
    const known = await lockLogs({ tx });
    await (await openLog(log.file)).close();
    const found = await readLog(log);
    if (!found && isOfFolder && known.isOlder && !(await hasNoted(tx))) return begin({ tx, ...log });
    if (!found) return beginBesideNew({ tx, known, ...log });
    if (found.id === null) return chain({ tx, known, found, ...log });
    if (!takesOn || known.logs.some(({ id }) => id === found.id)) mustHold(known, found);
    await saveLog({ tx, id: found.id, ...found.end });
    return found;
  });
}

/** Chains the log of the version before; leaves any other as it is. Answers how many records it holds. @throws LogRefused */
export async function chainOldLog({ orm, ...log }: LogFile & { readonly orm: Orm }): Promise<number | null> {
  const found = await readLog(log);
  return found?.id === null ? (await settleLog({ orm, ...log })).end.records : null;
}

/** @throws LogRefused for a log that knows less than the database has noted in it */
export async function mayReplay({ orm, log }: { readonly orm: Orm; readonly log: DeletionsLog }): Promise<void> {
  const known = await orm.transaction((tx) => lockLogs({ tx }));
  if (known.logs.some(({ id }) => id === log.id)) mustHold(known, log);
}

/** Appends records, on the disk when this resolves; writers of all instances take turns. @throws LogRefused */
export async function appendNoted({ tx, noted, ...log }: LogFile & { readonly tx: Orm; readonly noted: readonly Noted[] }): Promise<void> {
  const known = await lockLogs({ tx });
  const found = await openLog(log.file);
  const isEmpty = await found.stat().then(({ size }) => size === 0);
  await found.close();
  if (isEmpty) await beginBesideNew({ tx, known, ...log });
  const handle = await openLog(log.file);
  try {
    const { id, place, size, isEnded } = await endOf(handle, log.key);
    if (!isEmpty) mustReach(known, id, place);
    const { lines, end } = linesAfter(place, noted, log.key);
    await handle.truncate(size);
    await handle.appendFile(`${isEnded ? '' : '\n'}${lines.join('')}`);
    await handle.sync();
    await saveLog({ tx, id, ...end });
  } finally {
    await handle.close();
  }
}

/** Begins a log beside a database that isn't new, where the old one is lost or a further instance needs its own. @throws LogRefused */
export async function beginLog({ tx, isFurther, ...log }: LogFile & { readonly tx: Orm; readonly isFurther: boolean }): Promise<void> {
  await lockLogs({ tx });
  const handle = await openLog(log.file);
  const { size } = await closing(handle, () => handle.stat());
  if (size > 0) throw new LogRefused('is not empty. Move it away first, and keep it.');
  const { id, end } = await writeWhole({ ...log, noted: [] });
  await saveLog({ tx, id, ...end });
  if (!isFurther) await forgetOtherLogs({ tx, id });
}

async function beginBesideNew({ tx, known, ...log }: LogFile & { readonly tx: Orm; readonly known: KnownLogs }): Promise<DeletionsLog> {
  if (known.isOlder || known.logs.length > 0) throw new LogRefused(`is missing or empty, and this database is not new. ${howToBegin}`);
  return begin({ tx, ...log });
}

async function hasNoted(tx: Orm): Promise<boolean> {
  return (await allTombstones({ orm: tx })).some(({ kind }) => isBuried(kind));
}

async function begin({ tx, ...log }: LogFile & { readonly tx: Orm }): Promise<DeletionsLog> {
  const { id, end } = await writeWhole({ ...log, noted: [] });
  await saveLog({ tx, id, ...end });
  return { id, noted: [], end, chainAt: (records) => (records === 0 ? end.chain : null), isCut: false };
}

interface Found extends LogFile {
  readonly tx: Orm;
  readonly known: KnownLogs;
  readonly found: DeletionsLog;
}

async function chain({ tx, known, found, ...log }: Found): Promise<DeletionsLog> {
  if (known.logs.length > 0) throw new LogRefused(`is a log of the version before, and this database has a newer one. ${howToBegin}`);
  const noted = new Set(deletionsIn(found.noted).map(({ hash, deletedAt }) => `${hash} ${deletedAt.getTime()}`));
  // What retention ends is noted after it has happened, an erasure before.
  const lacking = (await allTombstones({ orm: tx })).filter(
    ({ kind, hash, deletedAt }) =>
      !kind.startsWith('account_') && !noted.has(`${Buffer.from(hash).toString('hex')} ${deletedAt.getTime()}`),
  );
  if (lacking.length > 0) throw new LogRefused(`lacks ${lacking.length} deletions that this database has noted in it. ${howToBegin}`);
  const { id, end } = await writeWhole({ ...log, noted: found.noted });
  await saveLog({ tx, id, ...end });
  return { ...found, id, end };
}

/** @throws LogRefused unless the log is one that the database knows, and goes at least as far; the first that is met is taken on */
function mustHold(known: KnownLogs, { id, end, chainAt }: DeletionsLog): void {
  const own = mustReach(known, id ?? '', end);
  if (own && !chainAt(own.records)?.equals(Buffer.from(own.chain)))
    throw new LogRefused(`is not what this database has noted in it up to record ${own.records}. ${howToBegin}`);
}

function mustReach({ logs }: KnownLogs, id: string, end: Place): KnownLog | undefined {
  const own = logs.find((log) => log.id === id);
  if (!own && logs.length > 0)
    throw new LogRefused(`is not the log that this database knows. ${howToBegin}; after a restore: certveil restore replay`);
  if (own && own.records > end.records)
    throw new LogRefused(`knows ${end.records} records, and this database has noted ${own.records} in it. ${howToBegin}`);
  if (own && own.records === end.records && !end.chain.equals(Buffer.from(own.chain)))
    throw new LogRefused(`is not what this database has noted in it up to record ${own.records}. ${howToBegin}`);
  return own;
}
