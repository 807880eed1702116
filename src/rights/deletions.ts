import { readFile } from 'node:fs/promises';
import type { Orm } from '../store/db.ts';
import { allTombstones } from '../store/writes/tombstones.ts';
import { appendDeletions, isBuried, type Buried } from './tombstones.ts';

/** A deletion as DELETIONS_LOG notes it. */
export interface Deletion {
  readonly kind: Buried;
  /** Hexadecimal. */
  readonly hash: string;
  readonly deletedAt: Date;
}

const record = /\{"kind":"(\w+)","hash":"([0-9a-f]{64})","(not_)?deleted_at":"([0-9T:.Z-]{24})"\}/g;

/**
 * What the file holds, without what it marks as not done; a record that a crash cut short counts for nothing, since nothing is deleted
 * before its record is whole.
 */
export async function readDeletions(file: string): Promise<Deletion[]> {
  const text = await textOf(file);
  const deletions = new Map<string, Deletion>();
  for (const [, kind = '', hash = '', not, at = ''] of text.matchAll(record)) {
    if (!isBuried(kind)) continue;
    if (not === undefined) deletions.set(`${hash} ${at}`, { kind, hash, deletedAt: new Date(at) });
    else deletions.delete(`${hash} ${at}`);
  }
  return [...deletions.values()];
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** The deletions that the file knows of and the database doesn't, as after the restore of a backup. */
export async function missingDeletions({ orm, deletions }: { orm: Orm; deletions: readonly Deletion[] }): Promise<Deletion[]> {
  if (deletions.length === 0) return [];
  const known = new Map((await allTombstones({ orm })).map(({ hash, deletedAt }) => [hexOf(hash), deletedAt.getTime()]));
  return deletions.filter(({ hash, deletedAt }) => (known.get(hash) ?? -1) < deletedAt.getTime());
}

/** Appends to the file what the database knows of and the file doesn't: nothing, unless a process ended between the two. */
export async function noteDeletions({ orm, file }: { orm: Orm; file: string }): Promise<void> {
  const noted = new Map<string, number>();
  for (const { hash, deletedAt } of await readDeletions(file)) noted.set(hash, Math.max(noted.get(hash) ?? 0, deletedAt.getTime()));
  const missing = (await allTombstones({ orm })).filter(({ hash, deletedAt }) => (noted.get(hexOf(hash)) ?? -1) < deletedAt.getTime());
  const moments = new Set(missing.map(({ deletedAt }) => deletedAt.getTime()));
  for (const moment of moments) {
    const tombstones = missing.flatMap(({ kind, hash, deletedAt }) =>
      deletedAt.getTime() === moment && isBuried(kind) ? [{ kind, hash }] : [],
    );
    await appendDeletions({ file, tombstones, now: new Date(moment) });
  }
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}
