import { Option, type Command } from 'commander';
import type { Config } from '../config/settings.ts';
import { services, type Service } from '../policy/classes.ts';
import { dayOf, isDay, type Clock } from '../words/dates.ts';
import { countryName } from '../policy/notices/section.ts';
import { processingPurposeNames, transferSafeguards, type ProcessingPurposeName, type TransferSafeguard } from '../policy/processing.ts';
import { cleanText } from '../words/text.ts';
import type { Orm } from '../store/engine/db.ts';
import { publishNotices } from '../store/notices/notices.ts';
import { endProcessor, endTransfer, recordProcessor, recordTransfer } from '../store/notices/registers.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import { outsideCommand } from './lawful-disclosures.ts';
import type { Terminal } from './terminal.ts';

interface ProcessorOptions {
  readonly service: Service;
  readonly name: string;
  readonly purpose?: ProcessingPurposeName;
  readonly country?: string;
  readonly agreementOn?: string;
  readonly end?: true;
}

interface TransferOptions {
  readonly service: Service;
  readonly channel: string;
  readonly country: string;
  readonly safeguard?: TransferSafeguard;
  readonly end?: true;
}

/** `certveil register processor|transfer`: what the notices say of them changes with it, as a new version (CF-26). */
export function registerCommands(program: Command, terminal: Terminal): Command {
  const register = program.command('register').description('records that staff keep: processors, transfers, disclosures outside the apps');
  const service = () => new Option('--service <service>', 'whose notice names it').choices(services).makeOptionMandatory();

  register
    .command('processor')
    .description('a service provider under an agreement on confidentiality')
    .addOption(service())
    .requiredOption('--name <name>', 'its name')
    .addOption(new Option('--purpose <purpose>', 'what it works for').choices(processingPurposeNames))
    .option('--country <country>', 'two letters, such as DE')
    .option('--agreement-on <day>', 'the day of the agreement; without one it gets no data')
    .option('--end', 'it gets no data any more')
    .action((options: ProcessorOptions) => changing(terminal, (orm, today) => changeProcessor(orm, today, options)));

  register
    .command('transfer')
    .description('a country in which data may be handled, and what protects it there')
    .addOption(service())
    .requiredOption('--channel <channel>', 'through what, such as "Support by phone"')
    .requiredOption('--country <country>', 'two letters, such as CN')
    .addOption(new Option('--safeguard <safeguard>', 'what protects it').choices(Object.keys(transferSafeguards)))
    .option('--end', 'it doesn’t happen any more')
    .action((options: TransferOptions) => changing(terminal, (orm, today) => changeTransfer(orm, today, options)));
  outsideCommand(register, terminal);
  return register;
}

async function changing({ config, clock, print }: Terminal, change: (orm: Orm, today: string) => Promise<string>): Promise<void> {
  const settings = config();
  await withDatabase({ config: settings, clock }, async ({ database: { orm } }) => {
    print(await change(orm, dayOf(clock())));
    await publish(orm, settings, clock);
    print('The notice says so from today on.');
  });
}

async function publish(orm: Orm, config: Config, clock: Clock): Promise<void> {
  await publishNotices({ orm, clock, ...config });
}

async function changeProcessor(orm: Orm, today: string, options: ProcessorOptions): Promise<string> {
  const { service, purpose, agreementOn, end } = options;
  const name = given('--name', options.name);
  if (end) {
    if (!(await endProcessor({ orm, service, name, today }))) throw new UsageError('There is no such processor.');
    return 'Ended.';
  }
  if (!purpose) throw new UsageError('--purpose is needed.');
  if (agreementOn === undefined || !isDay(agreementOn) || agreementOn > today) {
    throw new UsageError('--agreement-on must be the day of a signed agreement, written YYYY-MM-DD.');
  }
  await recordProcessor({ orm, today, service, name, purpose, country: countryOf(options.country), agreementOn });
  return 'Recorded.';
}

async function changeTransfer(orm: Orm, today: string, options: TransferOptions): Promise<string> {
  const { service, safeguard, end } = options;
  const place = { service, channel: given('--channel', options.channel), country: countryOf(options.country) };
  if (end) {
    if (!(await endTransfer({ orm, today, ...place }))) throw new UsageError('There is no such transfer.');
    return 'Ended.';
  }
  if (!safeguard) throw new UsageError('--safeguard is needed: without one no data may go there.');
  await recordTransfer({ orm, today, ...place, safeguard });
  return 'Recorded.';
}

function given(option: string, text: string): string {
  const clean = cleanText(text, 200);
  if (clean === '') throw new UsageError(`${option} must hold text.`);
  return clean;
}

function countryOf(text: string | undefined): string {
  if (text === undefined || countryName(text) === undefined) throw new UsageError('--country must be the two letters of a country.');
  return text;
}
