import type { Command } from 'commander';
import { services, type Service } from '../policy/classes.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { addAccount, disableAccount, listAccounts } from '../store/accounts/new-account.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';

/** `certveil account add|list|disable`. */
export function accountCommands(program: Command, terminal: Terminal): void {
  const { config, clock, print } = terminal;
  const account = program.command('account').description('account owners: add, list, disable');

  account
    .command('add')
    .description('make an account; prints a one-time link to set its password')
    .argument('<email>')
    .requiredOption('--name <name>', 'display name')
    .option('--services <list>', 'services that the account uses', services.join(','))
    .action(async (email: string, options: { name: string; services: string }) => {
      const chosen = options.services.split(',').map(serviceOf);
      const { publicUrl, mailServer } = config();
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { columns: key } = await loadPurposeKeys({ orm, dataKey, clock });
        const mail = mailServer ? { mail: { key, publicUrl } } : {};
        const { linkToken } = await addAccount({ orm, clock, email, displayName: options.name, services: chosen, ...mail });
        print(`${publicUrl}/password/${linkToken}`);
        print('This link sets the password once, within 24 hours.');
        if (mailServer) print('The server mails it too.');
      });
    });

  account
    .command('list')
    .description('list the accounts')
    .action(async () => {
      await withDatabase({ config: config(), clock }, async ({ database: { orm } }) => {
        for (const each of await listAccounts({ orm })) {
          const using = each.services.map(({ service, status }) => `${service} ${status}`).join(', ');
          print([each.email, each.displayName, using, ...(each.disabled ? ['disabled'] : [])].join('\t'));
        }
      });
    });

  account
    .command('disable')
    .description('end an account’s sign-in and every token of its apps')
    .argument('<email>')
    .action(async (email: string) => {
      await withDatabase({ config: config(), clock }, async ({ database: { orm } }) => {
        if (!(await disableAccount({ orm, clock, email }))) throw new UsageError('There is no enabled account with this e-mail address.');
        print('Disabled. Its apps get no answer from their next call on.');
      });
    });
}

function serviceOf(text: string): Service {
  const found = services.find((each) => each === text.trim());
  if (!found) throw new UsageError(`--services must be one or both of ${services.join(',')}`);
  return found;
}
