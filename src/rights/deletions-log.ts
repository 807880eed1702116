import { createHmac } from 'node:crypto';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { isBuried, type Buried } from './tombstones.ts';

/** A deletion as DELETIONS_LOG notes it. */
export interface Deletion {
  readonly kind: Buried;
  /** Hexadecimal. */
  readonly hash: string;
  readonly deletedAt: Date;
}

/** What one line says: a deletion, or that one noted before wasn't done. */
export interface Noted extends Deletion {
  readonly done: boolean;
}

/** Where a log ends, or how far somebody knows it. */
export interface Place {
  readonly records: number;
  /** HMAC-SHA256 over the line's own content and the chain of the line before it. */
  readonly chain: Buffer;
}

export interface DeletionsLog {
  /** Null for a log of the version before, whose lines aren't chained. */
  readonly id: string | null;
  readonly noted: readonly Noted[];
  readonly end: Place;
  /** The chain after so many records. */
  readonly chainAt: (records: number) => Buffer | null;
  /** A crash cut the last line short. Nothing was deleted by it, since that waits for the whole line. */
  readonly isCut: boolean;
}

/** A file can't be used as a log of deletions; the message goes on after the file's name. */
export class LogRefused extends Error {
  override readonly name = 'LogRefused';
}

const header = /^\{"log":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","of":"([0-9a-f]{64})"\}$/;
const chained = /^(\{"n":([1-9][0-9]*),(.*)),"chain":"([0-9a-f]{64})"\}$/;
const content = /^"kind":"([a-z_]+)","hash":"([0-9a-f]{64})","(not_)?deleted_at":"([0-9T:.Z-]{24})"$/;
const [hex, digit] = ['[0-9a-f]', '[0-9]'];
const recordParts = [
  ...Array.from('"kind":"'),
  '[a-z_]+',
  ...Array.from('","hash":"'),
  ...many(hex, 64),
  ...Array.from('","'),
  '(?:not_)?',
  ...Array.from('deleted_at":"'),
  ...many('[0-9T:.Z-]', 24),
  '"',
];
const cutHeader = beginningOf([
  ...Array.from('{"log":"'),
  ...many('[0-9a-f-]', 36),
  ...Array.from('","of":"'),
  ...many(hex, 64),
  ...Array.from('"}'),
]);
const cutRecord = beginningOf(['{', ...recordParts]);
const cutChained = beginningOf([
  ...Array.from('{"n":'),
  `${digit}+`,
  ',',
  ...recordParts,
  ...Array.from(',"chain":"'),
  ...many(hex, 64),
  ...Array.from('"}'),
]);

/** The first line of a log: its own id, and a name of the key under which its hashes mean something. A restored backup has the same. */
export function headerOf(id: string, key: PurposeKey): string {
  return JSON.stringify({ log: id, of: ofKey(key) });
}

export function startOf(headerLine: string, key: PurposeKey): Place {
  return { records: 0, chain: mac(key, headerLine) };
}

/** The next line, without its end, and the place after it. */
export function lineAfter(
  { records, chain }: Place,
  { kind, hash, deletedAt, done }: Noted,
  key: PurposeKey,
): { line: string; place: Place } {
  const says = JSON.stringify({ n: records + 1, kind, hash, [done ? 'deleted_at' : 'not_deleted_at']: deletedAt.toISOString() });
  const next = mac(key, chain, says);
  return { line: `${says.slice(0, -1)},"chain":"${next.toString('hex')}"}`, place: { records: records + 1, chain: next } };
}

/** The id in a log's first line; null for another line. @throws LogRefused for a log of another database */
export function idIn(line: string, key: PurposeKey): string | null {
  const [, id, of] = header.exec(line) ?? [];
  if (id === undefined) return null;
  if (of !== ofKey(key)) throw new LogRefused('is the log of another database. Set DELETIONS_LOG to one of this database’s own.');
  return id;
}

/** What a line of a chained log says, and where it ends: null unless it is one, whole. Whether it follows from the line before is for `follows`. */
export function recordIn(line: string): { noted: Noted; place: Place } | null {
  const [, , records = '', says = '', chain = ''] = chained.exec(line) ?? [];
  const noted = notedIn(says);
  return noted && { noted, place: { records: Number(records), chain: Buffer.from(chain, 'hex') } };
}

export function follows(before: Place, { noted, place }: { noted: Noted; place: Place }, key: PurposeKey): boolean {
  const expected = lineAfter(before, noted, key).place;
  return expected.records === place.records && expected.chain.equals(place.chain);
}

/** The beginning of a record, as a crash leaves it. */
export function isCutRecord(text: string): boolean {
  return cutChained.test(text);
}

/** Understands every line, or refuses the file: only a last line that was cut short counts for nothing. Null when nothing was begun. @throws LogRefused */
export function parseLog(bytes: Buffer, key: PurposeKey): DeletionsLog | null {
  const lines = bytes.toString('latin1').split('\n');
  const last = lines.pop() ?? '';
  const first = lines[0] ?? last;
  if (lines.length === 0 && cutHeader.test(last) && !header.test(last)) return null;
  const id = idIn(first, key);
  return id === null ? unchained(lines, last) : inChain({ id, lines, last, key });
}

function inChain({ id, lines, last, key }: { id: string; lines: string[]; last: string; key: PurposeKey }): DeletionsLog {
  const [first = last, ...rest] = lines;
  const places = [startOf(first, key)];
  const noted: Noted[] = [];
  const add = (line: string): boolean => {
    const record = recordIn(line);
    const before = places.at(-1);
    if (!record || !before || !follows(before, record, key)) return false;
    places.push(record.place);
    noted.push(record.noted);
    return true;
  };
  for (const [at, line] of rest.entries()) if (!add(line)) throw notUnderstood(at + 2);
  const isWhole = lines.length === 0 || last === '' || add(last);
  if (!isWhole && !isCutRecord(last)) throw notUnderstood(lines.length + 1);
  return { id, noted, end: places.at(-1) ?? startOf(first, key), chainAt: (records) => places[records]?.chain ?? null, isCut: !isWhole };
}

/** The version before wrote on behind a line that was cut short, so a line may hold more than one record, and what is left of others. */
function unchained(lines: readonly string[], last: string): DeletionsLog {
  const noted: Noted[] = [];
  let isCut = false;
  for (const [at, line] of [...lines, last].entries()) {
    const isLast = at === lines.length;
    if (isLast && line === '') break;
    for (const text of line.split(/(?=\{"kind")/)) {
      const says = text.startsWith('{') && text.endsWith('}') ? notedIn(text.slice(1, -1)) : null;
      isCut = says === null;
      if (says) noted.push(says);
      else if (!cutRecord.test(text)) throw notUnderstood(at + 1);
    }
    if (isCut && !isLast) throw notUnderstood(at + 1);
  }
  return { id: null, noted, end: { records: noted.length, chain: Buffer.alloc(0) }, chainAt: () => null, isCut };
}

/** The deletions that stand, without what is marked as not done. */
export function deletionsIn(noted: readonly Noted[]): Deletion[] {
  const standing = new Map<string, Deletion>();
  for (const { done, ...deletion } of noted) {
    const name = `${deletion.hash} ${deletion.deletedAt.toISOString()}`;
    if (done) standing.set(name, deletion);
    else standing.delete(name);
  }
  return [...standing.values()];
}

function notedIn(says: string): Noted | null {
  const [, kind = '', hash = '', not, at = ''] = content.exec(says) ?? [];
  const deletedAt = new Date(at);
  if (!isBuried(kind) || Number.isNaN(deletedAt.getTime()) || deletedAt.toISOString() !== at) return null;
  return { kind, hash, deletedAt, done: not === undefined };
}

function notUnderstood(line: number): LogRefused {
  return new LogRefused(
    `is damaged: line ${line} is not as it was written. Put back the file as it was, byte for byte; if that can’t be done: certveil restore begin --help`,
  );
}

function ofKey(key: PurposeKey): string {
  return mac(key, 'log of deletions').toString('hex');
}

function mac(key: PurposeKey, ...parts: readonly (string | Buffer)[]): Buffer {
  const hmac = createHmac('sha256', key.bytes);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Matches whatever the parts begin with, up to all of them. */
function beginningOf(parts: readonly string[]): RegExp {
  const source = parts.reduceRight((rest, part) => `(?:${part.length === 1 ? part.replace(/[{}"]/, '\\$&') : part}${rest})?`, '');
  return new RegExp(`^${source}$`);
}

function many(part: string, times: number): string[] {
  return Array.from({ length: times }, () => part);
}
