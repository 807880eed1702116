import { SettingError } from '../config/settings.ts';
import { describeProblem, ImportRefused } from '../source/problems.ts';
import { DirectoryInUse, DirectoryUnusable } from '../store/engine/embedded.ts';
import { NoInstallation } from '../store/engine/installation.ts';
import { MissingRights, NewerDatabase, TablesInUse } from '../store/rules/migrate.ts';
import { AccountRefused } from '../store/accounts/new-account.ts';
import { LogRefused } from '../rights/deletions-log.ts';
import { WrongDataKey } from '../store/engine/purpose-keys.ts';
import { ClocksDiffer } from '../store/retention/sweep-clock.ts';
import { DatabaseDiffers } from '../store/rules/verify.ts';

/** A command was given something that it can't use; the message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const connectionCodes = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'CONNECT_TIMEOUT', 'ECONNRESET', 'EAI_AGAIN'];
const refusedCodes: Readonly<Record<string, string>> = {
  '28P01': 'DATABASE_URL: the database refuses the password',
  '28000': 'DATABASE_URL: the database refuses the login',
  '57P03': 'DATABASE_URL: the database is starting or stopping',
  '3D000': 'DATABASE_URL: there is no such database',
  '42501': 'DATABASE_URL: the login may not do what is needed; it must own the database and have CREATEROLE',
};

/** What an operator reads when a command ends: one line where one will do; null for what nobody foresaw. */
export function explain(error: unknown): string | null {
  if (error instanceof SettingError || error instanceof UsageError || error instanceof AccountRefused || error instanceof ClocksDiffer)
    return error.message;
  if (error instanceof DirectoryInUse) return 'DATA_DIR is in use by a running server. Stop it first.';
  if (error instanceof DirectoryUnusable) return `DATA_DIR ${error.message}`;
  if (error instanceof LogRefused) return `DELETIONS_LOG ${error.message}`;
  if (error instanceof WrongDataKey) return 'DATA_KEY does not open the keys in this database';
  if (error instanceof NewerDatabase) return 'The database was migrated by a newer version of certveil. Run that version.';
  if (error instanceof TablesInUse) return 'The tables were in use for too long. End what holds them, such as an import, and try again.';
  if (error instanceof NoInstallation)
    return 'database_rules holds no id of the installation that can be used. `certveil migrate --as-copy` gives the database a new one.';
  if (error instanceof MissingRights)
    return [
      'The login may not create roles, or they are of another login. If this database is a copy beside its original, run',
      '`certveil migrate --as-copy`. Otherwise, as an administrator of the database, run once:',
      error.sql,
    ].join('\n');
  if (error instanceof DatabaseDiffers)
    return [
      'The database differs from the policy (`certveil migrate` puts back roles, functions, triggers, grants and policies; of the rest a line says what is wrong):',
      ...error.differences.map((each) => `  ${each}`),
    ].join('\n');
  if (error instanceof ImportRefused) return [error.message, ...error.problems.map((each) => `  ${describeProblem(each)}`)].join('\n');
  const code = codeOf(error);
  if (code === 'EADDRINUSE') return 'PORT is in use by another process';
  if (code === 'EACCES') return 'PORT, HOST or DATA_DIR may not be used by this user';
  if (connectionCodes.includes(code)) return 'DATABASE_URL: the database does not answer';
  return refusedCodes[code] ?? null;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
