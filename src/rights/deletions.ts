import type { Orm } from '../store/engine/db.ts';
import { allTombstones } from '../store/rights/tombstones.ts';
import { readLog, type LogFile } from './deletions-file.ts';
import { appendNoted } from './deletions-known.ts';
import { deletionsIn, type Deletion } from './deletions-log.ts';
import { isBuried } from './tombstones.ts';

/** What the file holds, without what it marks as not done; nothing where it was never begun. @throws LogRefused for what isn't a log */
export async function readDeletions(log: LogFile): Promise<Deletion[]> {
  return deletionsIn((await readLog(log))?.noted ?? []);
}

/** The deletions that the file knows of and the database doesn't, as after the restore of a backup. */
export async function missingDeletions({ orm, deletions }: { orm: Orm; deletions: readonly Deletion[] }): Promise<Deletion[]> {
  if (deletions.length === 0) return [];
  const known = new Map((await allTombstones({ orm })).map(({ hash, deletedAt }) => [hexOf(hash), deletedAt.getTime()]));
  return deletions.filter(({ hash, deletedAt }) => (known.get(hash) ?? -1) < deletedAt.getTime());
}

/**
 * Appends to the file what the database knows of and the file doesn't: what another instance noted in a file of its own, or what
 * retention ended when a process died before it was noted. @throws LogRefused
 */
export async function noteDeletions({ orm, ...log }: LogFile & { readonly orm: Orm }): Promise<void> {
  const noted = new Map<string, number>();
  for (const { hash, deletedAt } of await readDeletions(log)) noted.set(hash, Math.max(noted.get(hash) ?? 0, deletedAt.getTime()));
  const missing = (await allTombstones({ orm })).flatMap(({ kind, hash, deletedAt }) =>
    isBuried(kind) && (noted.get(hexOf(hash)) ?? -1) < deletedAt.getTime() ? [{ kind, hash: hexOf(hash), deletedAt, done: true }] : [],
  );
  if (missing.length === 0) return;
  missing.sort((one, other) => one.deletedAt.getTime() - other.deletedAt.getTime());
  await orm.transaction((tx) => appendNoted({ tx, noted: missing, ...log }));
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}
