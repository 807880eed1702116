import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/settings.ts';
import { overdueEvents } from '../jobs/verification.ts';
import { retentionClasses } from '../policy/retention.ts';
import type { Logger } from '../watch/log.ts';
import type { Clock } from '../words/dates.ts';
import { readLog, type LogFile } from '../rights/deletions-file.ts';
import { beginLog, mayReplay, settleLog } from '../rights/deletions-known.ts';
import { deletionsIn, LogRefused, type DeletionsLog } from '../rights/deletions-log.ts';
import { missingDeletions, noteDeletions } from '../rights/deletions.ts';
import { replayDeletions } from '../rights/replay.ts';
import { makeRights } from '../rights/requests.ts';
import { forgotten } from '../rights/unfinished-erasures.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { readable } from './read-file.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase, type OpenDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

const cut = 'The last line was cut short, as by a crash: nothing was deleted by it, and it counts for nothing.';

/** `certveil restore replay FILE` and `certveil restore begin`. */
export function restoreCommands(program: Command, terminal: Terminal): void {
  const { config, clock, print } = terminal;
  const restore = program.command('restore').description('after a backup was restored, before it serves');

  restore
    .command('replay')
    .description('erase again what was erased since the backup, and end every token and sign-in; may be run again')
    .argument('<file>', 'the DELETIONS_LOG')
    .option('--empty', 'the log holds no deletion, and that is right')
    .action((file: string, { empty }: { empty?: true }) => replay(terminal, { file, mayBeEmpty: empty === true }));

  restore
    .command('begin')
    .description(
      'begin DELETIONS_LOG beside a database that is not new, with all deletions that this database knows; never before a replay, if the database was restored',
    )
    .option('--further', 'for one more instance with a disk of its own; without it the earlier logs are taken for lost and count no more')
    .action(async ({ further }: { further?: true }) => {
      const { deletionsLog: file } = config();
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
        await orm.transaction((tx) => beginLog({ tx, file, key, isFurther: further === true }));
        await noteDeletions({ orm, file, key });
        const { noted } = await settleLog({ orm, file, key });
        print(`DELETIONS_LOG is begun and holds ${noted.length} deletions.`);
      });
    });
}

async function replay({ config, clock, print }: Terminal, { file, mayBeEmpty }: { file: string; mayBeEmpty: boolean }): Promise<void> {
  await readable(file);
  await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
    const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
    const log = await logToReplay({ orm, file, key });
    const deletions = deletionsIn(log?.noted ?? []);
    if (deletions.length === 0 && !mayBeEmpty)
      throw new UsageError('The file holds no deletion. If that is right, as it was never needed, pass --empty.');
    if (log?.isCut) print(cut);
    const { missing, erased, held, tokens } = await replayDeletions({ orm, clock, key, deletions });
    print(`${deletions.length} deletions read, ${missing} unknown to this database, ${erased} erased again`);
    if (held > 0) print(`${held} forbidden by a legal hold: lift it and run this again`);
    print(`${tokens} tokens, sign-ins and links ended`);
    const { deletionsLog } = config();
    await settleLog({ orm, file: deletionsLog, key, takesOn: true });
    await noteDeletions({ orm, file: deletionsLog, key });
  });
}

async function logToReplay(log: LogFile & { orm: OpenDatabase['database']['orm'] }): Promise<DeletionsLog | null> {
  try {
    const found = await readLog(log);
    if (found) await mayReplay({ orm: log.orm, log: found });
    return found;
  } catch (error) {
    throw error instanceof LogRefused ? new UsageError(`The file ${error.message}`, { cause: error }) : error;
  }
}

/**
 * A restored backup doesn't serve what was deleted since. An erasure that this database has confirmed and can't finish is no such
 * deletion: the server starts, and tries it again at each sweep. @throws UsageError, LogRefused that say what to run
 */
export async function refuseForgotten(
  { database: { orm, engine }, dataKey }: OpenDatabase,
  { dataDir, deletionsLog: file }: Pick<Config, 'dataDir' | 'deletionsLog'>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
  const isOfFolder = engine === 'pglite' && file === join(dataDir, 'deletions.log');
  const known = await settleLog({ orm, file, key, isOfFolder });
  if (known.isCut) log.warn(`DELETIONS_LOG: ${cut}`);
  const missing = async (noted: DeletionsLog['noted']) => missingDeletions({ orm, deletions: deletionsIn(noted) });
  if ((await missing(known.noted)).length > 0) {
    // An erasure that a crash cut short is noted and confirmed: it is finished here, or marked in the file as not done.
    const failed = (err: unknown) => log.error({ job: 'requests', err }, 'a confirmed erasure failed; it is tried again at the next sweep');
    await makeRights({ orm, clock, key, deletionsLog: file }).settle(failed);
    const lost = await forgotten({ orm, key, deletions: await missing((await settleLog({ orm, file, key })).noted) });
    if (lost.length > 0)
      throw new UsageError(
        `DELETIONS_LOG holds ${lost.length} deletions that this database lacks. After a restore run: certveil restore replay ${file}. If the file was written beside another database, set DELETIONS_LOG to one of this database's own.`,
      );
  }
  await noteDeletions({ orm, file, key });
}

/** A restored backup may hold activity that is long due: where the first sweep couldn't delete it, nothing is served (CF-22). @throws UsageError */
export async function refuseOverdue({ orm }: OpenDatabase['database']): Promise<void> {
  const overdue = await overdueEvents({ orm });
  if (overdue > 0)
    throw new UsageError(
      `${overdue} openings of verification links are older than ${retentionClasses.verification_activity.period} and could not be deleted, for the reason logged above (CF-22).`,
    );
}
