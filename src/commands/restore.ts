import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { overdueEvents } from '../jobs/verification.ts';
import type { Logger } from '../log.ts';
import type { Clock } from '../policy/dates.ts';
import { missingDeletions, noteDeletions, readDeletions } from '../rights/deletions.ts';
import { replayDeletions } from '../rights/replay.ts';
import { makeRights } from '../rights/requests.ts';
import { forgotten } from '../rights/under-way.ts';
import { loadPurposeKeys } from '../store/purpose-keys.ts';
import { readable } from './file.ts';
import { UsageError } from './explain.ts';
import { withDatabase, type OpenDatabase } from './open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil restore replay FILE`. */
export function restoreCommands(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('restore')
    .description('after a backup was restored, before it serves')
    .command('replay')
    .description('erase again what was erased since the backup, and end every token and sign-in; may be run again')
    .argument('<file>', 'the DELETIONS_LOG')
    .action(async (file: string) => {
      await readable(file);
      const deletions = await readDeletions(file);
      const { deletionsLog } = config();
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
        const { missing, erased, held, tokens } = await replayDeletions({ orm, clock, key, deletions });
        await noteDeletions({ orm, file: deletionsLog });
        print(`${deletions.length} deletions read, ${missing} unknown to this database, ${erased} erased again`);
        if (held > 0) print(`${held} forbidden by a legal hold: lift it and run this again`);
        print(`${tokens} tokens, sign-ins and links ended`);
      });
    });
}

/**
 * A restored backup doesn't serve what was deleted since. An erasure that this database has confirmed and can't finish is no such
 * deletion: the server starts, and tries it again at each sweep. @throws UsageError that says what to run
 */
export async function refuseForgotten(
  { database: { orm }, dataKey }: OpenDatabase,
  { deletionsLog }: Pick<Config, 'deletionsLog'>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  const missing = async () => missingDeletions({ orm, deletions: await readDeletions(deletionsLog) });
  if ((await missing()).length > 0) {
    const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
    // An erasure that a crash cut short is noted and confirmed: it is finished here, or marked in the file as not done.
    const failed = (err: unknown) => log.error({ job: 'requests', err }, 'a confirmed erasure failed; it is tried again at the next sweep');
    await makeRights({ orm, clock, key, deletionsLog }).settle(failed);
    const lost = await forgotten({ orm, key, deletions: await missing() });
    if (lost.length > 0)
      throw new UsageError(
        `DELETIONS_LOG holds ${lost.length} deletions that this database lacks. After a restore run: certveil restore replay ${deletionsLog}. If the file was written beside another database, set DELETIONS_LOG to one of this database's own.`,
      );
  }
  await noteDeletions({ orm, file: deletionsLog });
}

/** A restored backup may hold activity that is long due: where the first sweep couldn't delete it, nothing is served (CF-22). @throws UsageError */
export async function refuseOverdue({ orm }: OpenDatabase['database']): Promise<void> {
  const overdue = await overdueEvents({ orm });
  if (overdue > 0)
    throw new UsageError(
      `${overdue} openings of verification links are older than 12 months and could not be deleted, for the reason logged above (CF-22).`,
    );
}
