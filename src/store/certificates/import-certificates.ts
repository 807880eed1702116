import { takeBulkTurn } from '../engine/turns.ts';
import type { Database } from '../engine/db.ts';
import { inBulkTransaction, type BulkTransaction } from '../engine/bulk.ts';
import { findConflicts, type Conflict } from './conflicts.ts';
import { stage, type CustomColumn, type ImportedCertificate } from './staging.ts';
import { mergeCustomValues, mergeTerms } from './merge-details.ts';
import { mergeCertificates, mergeRecipients, type Merge } from './merge.ts';

export interface ImportCounts {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
}

export interface ImportRun extends Merge {
  readonly database: Database;
  readonly customColumns: readonly CustomColumn[];
  readonly lines: AsyncIterable<ImportedCertificate>;
  readonly mostConflicts: number;
  /** Called once all lines are read and before anything is stored; throws to refuse the file. */
  readonly review: (conflicts: readonly Conflict[]) => void;
}

/**
 * Brings a file's lines into an account in one transaction: all of them, or none.
 * A public number names the record when it comes again; two imports of one account wait for each other.
 */
export async function importCertificateLines(run: ImportRun): Promise<ImportCounts> {
  return inBulkTransaction(run.database, async (bulk) => {
    await stage(bulk, run.customColumns, run.lines);
    await takeBulkTurn({ bulk, accountId: run.accountId });
    run.review(await findConflicts(bulk, run.accountId, run.has.expiry, run.mostConflicts));
    await mergeRecipients(bulk, run);
    await mergeCertificates(bulk, run);
    await mergeCustomValues(bulk);
    await mergeTerms(bulk, run);
    return countLines(bulk);
  });
}

async function countLines(bulk: BulkTransaction): Promise<ImportCounts> {
  const [counts] = await bulk.run<ImportCounts>(`
    select count(*) filter (where is_new)::integer as added,
           count(*) filter (where is_updated and not is_new)::integer as updated,
           count(*) filter (where not is_updated and not is_new)::integer as unchanged
    from (
      select t.is_new, t.is_changed or n.is_respelled or t.certificate_id in (select id from import_edited) as is_updated
      from import_targets t join import_recipients n on n.id = t.recipient_id
    ) lines`);
  return counts ?? { added: 0, updated: 0, unchanged: 0 };
}
