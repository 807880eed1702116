import type { Service } from '../policy/classes.ts';
import type { Database } from '../store/engine/db.ts';
import { findImportAccount } from '../store/accounts/import-account.ts';
import { ImportRefused } from './problems.ts';

/** The id of the account that a file is for. @throws ImportRefused when it is unknown or doesn't use the service */
export async function accountFor(database: Database, email: string, service: Service): Promise<string> {
  const account = await findImportAccount({ orm: database.orm, email, service });
  if (account === null) throw new ImportRefused('account_unknown');
  if (account.status === null) throw new ImportRefused('service_missing');
  if (account.status !== 'active') throw new ImportRefused('service_deactivated');
  return account.id;
}
