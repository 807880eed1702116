import type { Command } from 'commander';
import { demoOwners, demoPassword, makeDemo } from '../demo/make-demo.ts';
import { isEmpty } from '../store/accounts/new-account.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil demo`: demo data into an empty database. */
export function demoCommand(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('demo')
    .description('make the demo data in an empty database')
    .action(async () => {
      await withDatabase({ config: config(), clock }, async ({ database, dataKey }) => {
        if (!(await isEmpty({ orm: database.orm })))
          throw new UsageError('The database already has accounts; demo data goes into an empty one.');
        await makeDemo({ database, dataKey, clock });
        print(`Demo data was made. Sign in as ${demoOwners.join(' or ')}, password: ${demoPassword}`);
      });
    });
}
