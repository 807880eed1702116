import { Option, type Command } from 'commander';
import { services } from '../policy/classes.ts';
import { erasureGrounds, refusalReasons, regionNames, requestKinds, staffChannels } from '../policy/requests.ts';
import { recipientFields } from '../store/certificates/recipient-corrections.ts';
import { staffFields } from '../store/accounts/staff-corrections.ts';
import {
  add,
  advance,
  correctionOf,
  list,
  opened,
  refuse,
  withdraw,
  type AddOptions,
  type AdvanceOptions,
  type RefuseOptions,
  type StepOptions,
} from './request-desk.ts';
import { staffOption } from './staff.ts';
import type { Terminal } from './terminal.ts';

/** `certveil request add|list|advance|refuse|withdraw`. */
export function requestCommands(program: Command, terminal: Terminal): void {
  const request = program.command('request').description('privacy requests: file what came by post, e-mail or phone, and move them on');
  const account = () => new Option('--account <email>', 'whose account').makeOptionMandatory();
  const choice = (flags: string, says: string, choices: readonly string[]) => new Option(flags, says).choices(choices);

  request
    .command('list')
    .description('requests that wait, the first due first; or all of an account, with each step')
    .option('--account <email>')
    .action((options: { account?: string }) => opened(terminal, (desk) => list(desk, options.account)));

  request
    .command('add')
    .description('file a request; its clock runs from the day on which it came')
    .addOption(account())
    .addOption(staffOption())
    .addOption(choice('--kind <kind>', 'what is asked for', requestKinds).makeOptionMandatory())
    .addOption(choice('--service <service>', 'of which service', services).makeOptionMandatory())
    .addOption(choice('--channel <channel>', 'how it came', staffChannels).makeOptionMandatory())
    .option('--received-on <day>', 'when it came, YYYY-MM-DD; today unless told')
    .option('--recipient <email>', 'somebody to whom this account issued certificates, who has no sign-in')
    .addOption(choice('--region <region>', 'where the person lives', regionNames))
    .addOption(choice('--ground <ground>', 'why it should be erased', Object.keys(erasureGrounds)))
    .action((options: AddOptions) => opened(terminal, (desk) => add(desk, options)));

  request
    .command('advance')
    .description('the identity is proved, or what you looked into is done')
    .argument('<request>', 'as `request list` names it')
    .addOption(account())
    .addOption(staffOption())
    .addOption(choice('--field <field>', 'of a correction: which field', [...staffFields, ...recipientFields]))
    .option('--value-file <file>', 'of a correction: a file that holds the right value, or - for standard input')
    .option('--place <countries...>', 'of help with a complaint: where they live, work or were wronged, two letters each')
    .action(async (name: string, { field, valueFile, ...options }: AdvanceOptions) => {
      const correction = await correctionOf({ ...(field && { field }), ...(valueFile !== undefined && { valueFile }) }, terminal);
      await opened(terminal, (desk) => advance(desk, name, { ...options, correction }));
    });

  request
    .command('refuse')
    .description('refuse a request; prints what to tell the person, with where they can complain')
    .argument('<request>')
    .addOption(account())
    .addOption(staffOption())
    .addOption(choice('--reason <reason>', 'why', Object.keys(refusalReasons)).makeOptionMandatory())
    .option('--place <countries...>', 'where they live, work or were wronged, two letters each')
    .action((name: string, options: RefuseOptions) => opened(terminal, (desk) => refuse(desk, name, options)));

  request
    .command('withdraw')
    .description('what a recipient asked for is taken back; lifts a restriction')
    .argument('<request>')
    .addOption(account())
    .addOption(staffOption())
    .action((name: string, options: StepOptions) => opened(terminal, (desk) => withdraw(desk, name, options)));
}
