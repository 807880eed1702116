import type { Command } from 'commander';
import { eraseMinor } from '../rights/minors.ts';
import { loadPurposeKeys } from '../store/purpose-keys.ts';
import { waitingMessages } from '../store/writes/contact-messages.ts';
import { recipientsWith } from '../store/writes/recipient-rights.ts';
import { accountWith } from '../store/writes/staff-requests.ts';
import { UsageError } from './explain.ts';
import { withDatabase } from './open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil contact list` and `certveil minor confirm`. */
export function contactCommands(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('contact')
    .description('what people wrote at /contact')
    .command('list')
    .description('print what waits for an answer, the oldest first')
    .action(async () => {
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { columns } = await loadPurposeKeys({ orm, dataKey, clock });
        const waiting = await waitingMessages({ orm, key: columns });
        if (waiting.length === 0) return print('No message waits.');
        for (const { kind, channel, from, signedIn, body, receivedAt } of waiting)
          print(`${receivedAt.toISOString()}\t${kind}\t${channel}\t${from ?? 'no sender'}${signedIn ? ' (signed in)' : ''}\n${body}\n`);
      });
    });

  program
    .command('minor')
    .description('reports of people under 18')
    .command('confirm')
    .description('delete at once what is held of somebody under 18; this can’t be undone')
    .requiredOption('--account <email>', 'the account that is theirs, or that holds their record')
    .option('--recipient <email>', 'somebody to whom this account issued certificates')
    .action(async ({ account, recipient }: { account: string; recipient?: string }) => {
      const settings = config();
      await withDatabase({ config: settings, clock }, async ({ database: { orm }, dataKey }) => {
        const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
        const accountId = await accountWith({ orm, email: account });
        if (accountId === null) throw new UsageError('There is no account with this e-mail address.');
        const recipientIds = recipient === undefined ? null : await recipientsWith({ orm, accountId, email: recipient });
        if (recipientIds?.length === 0) throw new UsageError('The account has no recipient with this e-mail address.');
        const outcomes = await eraseMinor({ orm, clock, key, deletionsLog: settings.deletionsLog }, { accountId, recipientIds });
        if (outcomes === null) throw new UsageError('A legal hold forbids it. Lift it first.');
        print('Deleted.');
        for (const { kept = [] } of outcomes)
          for (const { category, reason, promise, until } of kept) print(`Stays: ${category} until ${until} (${reason}, ${promise})`);
      });
    });
}
