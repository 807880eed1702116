import type { Command } from 'commander';
import { cleanText } from '../words/text.ts';
import { liftHolds, placeHold } from '../store/rights/holds.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil hold add|lift`. */
export function holdCommands(program: Command, { config, clock, print }: Terminal): void {
  const hold = program.command('hold').description('legal holds: nothing of an account is deleted while one holds');

  hold
    .command('add')
    .description('keep everything of an account until the hold is lifted')
    .argument('<email>')
    .requiredOption('--reason <text>', 'the claim or order that asks for it')
    .action(async (email: string, options: { reason: string }) => {
      const reason = cleanText(options.reason, 500).trim();
      if (reason === '') throw new UsageError('--reason must say why');
      await withDatabase({ config: config(), clock }, async ({ database: { orm } }) => {
        if (!(await placeHold({ orm, email, reason, now: clock() }))) throw new UsageError('There is no account with this e-mail address.');
        print('Held. Nothing of this account is deleted until the hold is lifted.');
      });
    });

  hold
    .command('lift')
    .description('lift the holds of an account: what is due goes with the next sweep')
    .argument('<email>')
    .action(async (email: string) => {
      await withDatabase({ config: config(), clock }, async ({ database: { orm } }) => {
        const lifted = await liftHolds({ orm, email, now: clock() });
        if (lifted === 0) throw new UsageError('There is no hold on an account with this e-mail address.');
        print(`Lifted ${lifted}. What is due goes with the next sweep.`);
      });
    });
}
