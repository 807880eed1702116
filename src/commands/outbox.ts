import type { Command } from 'commander';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { waitingMail } from '../store/mail/outbox.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil outbox`: the mail that waits. */
export function outboxCommand(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('outbox')
    .description('print the mail that waits to be sent; one-time links stand in it, so keep it to yourself')
    .action(async () => {
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { columns } = await loadPurposeKeys({ orm, dataKey, clock });
        const waiting = await waitingMail({ orm, key: columns, now: clock() });
        if (waiting.length === 0) return print('No mail waits.');
        for (const { to, subject, text, createdAt, attempts } of waiting) {
          print(`To: ${to}\nSubject: ${subject}\nSince: ${createdAt.toISOString()}, attempts: ${attempts}\n\n${text}`);
        }
        print('Links in these mails work for whoever opens them.');
      });
    });
}
