import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Orm } from './db.ts';
import { DirectoryUnusable, hasCode, makeDirectory } from './embedded.ts';
import { opensPurposeKeys } from './purpose-keys.ts';

const current = 'data.key';
const coming = 'data.key.next';

/** The installation's DATA_KEY when embedded: made once, readable by its owner only. */
export async function embeddedDataKey({ directory }: { directory: string }): Promise<Buffer> {
  await makeDirectory(directory);
  try {
    await writeKey(directory, current, randomBytes(32));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const key = await readKey(directory, current);
  if (key === null) throw new DirectoryUnusable(`holds no ${current}`);
  return key;
}

/** Writes the key that is to come beside the one that holds, so that a crash between file and database loses neither. */
export async function keepComingKey({ directory, key }: { directory: string; key: Buffer }): Promise<void> {
  await writeKey(directory, coming, key);
}

/** After a rotation, or one that was interrupted: the file holds the key that opens the database. Answers that key. */
export async function settleDataKey({ directory, orm, dataKey }: { directory: string; orm: Orm; dataKey: Buffer }): Promise<Buffer> {
  const next = await readKey(directory, coming);
  if (next === null) return dataKey;
  if (!(await opensPurposeKeys({ orm, dataKey: next }))) {
    await rm(join(directory, coming));
    return dataKey;
  }
  await rename(join(directory, coming), join(directory, current));
  return next;
}

async function writeKey(directory: string, name: string, key: Buffer): Promise<void> {
  await writeFile(join(directory, name), `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
}

async function readKey(directory: string, name: string): Promise<Buffer | null> {
  try {
    const key = Buffer.from(await readFile(join(directory, name), 'utf8'), 'base64');
    if (key.length !== 32) throw new DirectoryUnusable(`holds a ${name} that is not 32 bytes`);
    return key;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
