import type { Command } from 'commander';
import { chainOldLog } from '../rights/deletions-known.ts';
import { readInstallation } from '../store/engine/installation.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

interface Flags {
  readonly asCopy?: true;
  readonly endRollOut?: true;
}

/** `certveil migrate`. */
export function migrateCommand(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('migrate')
    .description('bring the database up to date, and put back roles, functions, grants and policies')
    .option('--as-copy', 'this is a copy beside its original: give it an id and roles of its own')
    .option('--end-roll-out', 'no instance of the version before runs any more: end what its role may do')
    .action((flags: Flags) =>
      withDatabase({ config: config(), clock, migration: { ...flags, repair: true } }, async ({ database, dataKey }) => {
        const settings = config();
        const { tombstones: key } = await loadPurposeKeys({ orm: database.orm, dataKey, clock });
        const chained = await chainOldLog({ orm: database.orm, file: settings.deletionsLog, key });
        if (chained !== null) print(`DELETIONS_LOG is chained: ${chained} records.`);
        const { names, isRolledOut } = await readInstallation(database.statement);
        print('The database is up to date.');
        if (database.engine === 'pglite') return;
        if (database.toolsLogin === null)
          print(`For TOOLS_DATABASE_URL make a login that is a member of ${names.tools} and of nothing else.`);
        if (!isRolledOut) print('When no instance of the version before runs any more: certveil migrate --end-roll-out');
      }),
    );
}
