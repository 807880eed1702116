import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { UsageError } from './explain.ts';

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
