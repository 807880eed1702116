import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { isLongerThan } from '../words/text.ts';
import { UsageError } from '../boot/explain.ts';
import type { Terminal } from './terminal.ts';

/** @throws UsageError unless it is a file that can be read */
export async function readable(file: string): Promise<void> {
  const problem = 'The file cannot be read.';
  try {
    await access(file, constants.R_OK);
    if (!(await stat(file)).isDirectory()) return;
  } catch (cause) {
    throw new UsageError(problem, { cause });
  }
  throw new UsageError(problem);
}

const longestValue = 500;

/** A value that shall not stand on the command line, where history and process lists show it: from a file, or from standard input for `-`. */
export async function valueFrom(file: string, { input }: Pick<Terminal, 'input'>): Promise<string> {
  if (file !== '-') await readable(file);
  const value = (file === '-' ? await input() : await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  if (value.trim() === '') throw new UsageError('The value is empty.');
  if (/[\r\n\0]/.test(value)) throw new UsageError('The value must be one line of text.');
  if (isLongerThan(value, longestValue)) throw new UsageError(`The value is longer than ${longestValue} characters.`);
  return value;
}
