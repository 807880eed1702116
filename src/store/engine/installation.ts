import { randomInt } from 'node:crypto';
import { roleNames, type RoleNames } from './role-names.ts';
import type { Statement } from './db.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const length = 8;
/** The row of `database_rules` that lets the version before run on. */
export const versionBefore = 'version before';
const form = /^installation ([a-z0-9]{8})$/;

/** The name of the row of `database_rules` that holds a new id. */
export function newInstallation(): string {
  return `installation ${Array.from({ length }, () => letters[randomInt(letters.length)]).join('')}`;
}

/** The database has no id, as before the first `migrate`. */
export class NoInstallation extends Error {
  override readonly name = 'NoInstallation';
}

export interface Installation {
  readonly names: RoleNames;
  /** Whether the tools' role of the version before may still call what that version calls. */
  readonly isRolledOut: boolean;
}

export function isInstallation(name: string): boolean {
  return form.test(name);
}

interface Row {
  readonly name: string;
}

/** Of the rows of `database_rules`, whose names hold the id. @throws NoInstallation */
export function installationOf(rows: readonly Row[]): Installation {
  const id = rows.map(({ name }) => form.exec(name)?.[1]).find((found) => found !== undefined);
  if (id === undefined) throw new NoInstallation('the database has no installation');
  return { names: roleNames(id), isRolledOut: !rows.some(({ name }) => name === versionBefore) };
}

/** @throws NoInstallation */
export async function readInstallation(statement: Statement): Promise<Installation> {
  return installationOf(
    await statement<Row>("select name from public.database_rules where name like 'installation %' or name = $1", [versionBefore]),
  );
}
