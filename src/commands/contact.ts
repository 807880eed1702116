import { InvalidArgumentError, Option, type Command } from 'commander';
import { makeHandles, type Handles } from '../disclosure/handles.ts';
import { eraseMinor } from '../rights/minors.ts';
import { contactKindsFor, type ContactKind } from '../policy/contact-form.ts';
import { retentionClasses } from '../policy/retention.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { readMessages, resolveMessage, waitingMessageIds } from '../store/accounts/contact-messages.ts';
import { recipientsWith } from '../store/visibility/recipient-rights.ts';
import { accountWith } from '../store/rights/staff-requests.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import { staffNameOf, staffOption } from './staff.ts';
import type { Terminal } from './terminal.ts';

/** Messages belong to nobody in particular, so staff share one set of names for them. */
const messagesOf = (handleKey: Buffer): Handles => makeHandles(handleKey)({ account: 'contact messages' });

/** `certveil contact list|resolve` and `certveil minor confirm`. */
export function contactCommands(program: Command, terminal: Terminal): void {
  const { config, clock, print } = terminal;
  const contact = program.command('contact').description('what people wrote at /contact');

  contact
    .command('list')
    .description('print what waits for an answer: about people under 18 first, then security, then the oldest')
    .addOption(new Option('--kind <kind>', 'only these').choices(contactKindsFor({ signedIn: true })))
    .addOption(new Option('--limit <count>', 'at most so many; it says of how many').argParser(countOf))
    .action((asked: Asked) => listMessages(terminal, asked));

  contact
    .command('resolve')
    .description(`a message was answered: it leaves the list, and its ${retentionClasses.support.period} begin`)
    .argument('<message>', 'as `contact list` names it')
    .addOption(staffOption())
    .action(async (name: string, options: { staff: string }) => {
      const staffName = staffNameOf(options.staff);
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { handles } = await loadPurposeKeys({ orm, dataKey, clock });
        const messageId = messagesOf(handles.bytes).decode('msg', name);
        if (messageId === null || !(await resolveMessage({ orm, messageId, staffName, now: clock() })))
          throw new UsageError('No message of this name waits.');
        print('Resolved.');
      });
    });

  program
    .command('minor')
    .description('reports of people under 18')
    .command('confirm')
    .description('delete at once what is held of somebody under 18; this can’t be undone')
    .requiredOption('--account <email>', 'the account that is theirs, or that holds their record')
    .addOption(staffOption())
    .option('--recipient <email>', 'somebody to whom this account issued certificates')
    .action(async ({ account, recipient, staff }: { account: string; recipient?: string; staff: string }) => {
      const settings = config();
      const staffName = staffNameOf(staff);
      await withDatabase({ config: settings, clock }, async ({ database: { orm }, dataKey }) => {
        const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
        const accountId = await accountWith({ orm, email: account });
        if (accountId === null) throw new UsageError('There is no account with this e-mail address.');
        const recipientIds = recipient === undefined ? null : await recipientsWith({ orm, accountId, email: recipient });
        if (recipientIds?.length === 0) throw new UsageError('The account has no recipient with this e-mail address.');
        const outcomes = await eraseMinor({ orm, clock, key, deletionsLog: settings.deletionsLog }, { accountId, recipientIds, staffName });
        if (outcomes === null) throw new UsageError('A legal hold forbids it. Lift it first.');
        print('Deleted.');
        for (const { kept = [] } of outcomes)
          for (const { category, reason, promise, until } of kept) print(`Stays: ${category} until ${until} (${reason}, ${promise})`);
      });
    });
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

interface Asked {
  readonly kind?: ContactKind;
  readonly limit?: number;
}

async function listMessages({ config, clock, print }: Terminal, { kind, limit }: Asked): Promise<void> {
  await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
    const { columns, handles } = await loadPurposeKeys({ orm, dataKey, clock });
    const names = messagesOf(handles.bytes);
    const waiting = await waitingMessageIds({ orm, ...(kind && { kind }) });
    if (waiting.length === 0) return print('No message waits.');
    const ids = waiting.slice(0, limit);
    for await (const message of readMessages({ orm, key: columns, ids })) {
      const sender = `${message.from ?? 'no sender'}${message.signedIn ? ' (signed in)' : ''}`;
      const heading = [names.encode('msg', message.messageId), message.receivedAt.toISOString(), message.kind, message.channel, sender];
      print(`${heading.join('\t')}\n${message.body}\n`);
    }
    if (ids.length < waiting.length) print(`${ids.length} of ${waiting.length} messages.`);
  });
}
