import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import {
  follows,
  headerOf,
  idIn,
  isCutRecord,
  lineAfter,
  LogRefused,
  parseLog,
  recordIn,
  startOf,
  type DeletionsLog,
  type Noted,
  type Place,
} from './deletions-log.ts';

/** DELETIONS_LOG, and `PurposeKeys.tombstones`, which its lines are chained by. */
export interface LogFile {
  readonly file: string;
  readonly key: PurposeKey;
}

const notWritten = 'cannot be written. Set DELETIONS_LOG to a file, in a directory, that this user may write.';
export const howToBegin =
  'Put it back, whole; if it is lost for good, or the version before never began one: certveil restore begin --help';

/** The whole log; null where none was begun. @throws LogRefused for what isn't one */
export async function readLog({ file, key }: LogFile): Promise<DeletionsLog | null> {
  try {
    return parseLog(await readFile(file), key);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a whole log in the place of the file: either all of it is there afterwards, or the file is as it was. */
export async function writeWhole({
  file,
  key,
  noted,
}: LogFile & { readonly noted: readonly Noted[] }): Promise<{ id: string; end: Place }> {
  const id = randomUUID();
  const head = headerOf(id, key);
  const { lines, end } = linesAfter(startOf(head, key), noted, key);
  const beside = `${file}.new`;
  try {
    const handle = await open(beside, 'w', 0o600);
    await handle.writeFile(`${head}\n${lines.join('')}`);
    await closing(handle, () => handle.sync());
    await rename(beside, file);
    const directory = await open(dirname(file), 'r');
    await closing(directory, () => directory.sync());
  } catch (cause) {
    throw new LogRefused(notWritten, { cause });
  }
  return { id, end };
}

export function linesAfter(place: Place, noted: readonly Noted[], key: PurposeKey): { lines: string[]; end: Place } {
  let end = place;
  const lines = noted.map((each) => {
    const next = lineAfter(end, each, key);
    end = next.place;
    return `${next.line}\n`;
  });
  return { lines, end };
}

/** For reading and appending. @throws LogRefused */
export async function openLog(file: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    handle = await open(file, 'a+', 0o600);
  } catch (cause) {
    throw new LogRefused(notWritten, { cause });
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new LogRefused('is no file that keeps what is written. Set DELETIONS_LOG to one.');
}

const longestHeader = 256;
const lastLines = 2_048;

export interface End {
  readonly id: string;
  readonly place: Place;
  /** Without a last line that was cut short. */
  readonly size: number;
  readonly isEnded: boolean;
}

/** Where the next record goes, from the first line and the last ones; the whole file is looked at when a server starts. */
export async function endOf(handle: FileHandle, key: PurposeKey): Promise<End> {
  const { size } = await handle.stat();
  const [head = ''] = (await textAt(handle, 0, longestHeader)).split('\n');
  const id = idIn(head, key);
  if (id === null) throw new LogRefused('is no log, or one of the version before, which certveil migrate chains.');
  const from = Math.max(0, size - lastLines);
  const lines = (await textAt(handle, from, lastLines)).split('\n');
  const last = lines.pop() ?? '';
  let place: Place | null = from === 0 ? startOf(head, key) : null;
  for (const line of lines.slice(1)) {
    const record = recordIn(line);
    if (!record || (place && !follows(place, record, key))) throw new LogRefused(`is damaged at its end. ${howToBegin}`);
    place = record.place;
  }
  if (!place) throw new LogRefused(`is damaged at its end. ${howToBegin}`);
  if (last === '' || last === head) return { id, place, size, isEnded: last === '' };
  const whole = recordIn(last);
  if (whole && follows(place, whole, key)) return { id, place: whole.place, size, isEnded: false };
  if (!isCutRecord(last)) throw new LogRefused(`is damaged at its end. ${howToBegin}`);
  return { id, place, size: size - last.length, isEnded: true };
}

async function textAt(handle: FileHandle, from: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
  return buffer.toString('latin1', 0, bytesRead);
}

/** Closes a file after the work, however it ends. */
export async function closing<Result>(handle: FileHandle, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    await handle.close();
  }
}
