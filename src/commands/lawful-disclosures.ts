import { Option, type Command } from 'commander';
import { recordOutside } from '../disclosure/lawful-disclosure.ts';
import { tellOutside } from '../jobs/mail-lawful-disclosures.ts';
import { dayOf, isDay } from '../words/dates.ts';
import { exceptionCodes, type ExceptionCode } from '../policy/lawful-exceptions.ts';
import { cleanText } from '../words/text.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import type { OutsideDisclosure } from '../store/ledger/lawful-disclosures.ts';
import { accountWith } from '../store/rights/staff-requests.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly account: string;
  readonly code: ExceptionCode;
  readonly recipient: string;
  readonly fields: string;
  readonly records: string;
  readonly gagUntil?: string;
  readonly gagReason?: string;
}

/** `certveil register legal`: what left outside the tools, under one exception code (CS-02, CS-37 to CS-39). */
export function outsideCommand(register: Command, { config, clock, print }: Terminal): void {
  register
    .command('legal')
    .description('a disclosure outside the apps: it goes into the ledger, and the person is told unless the law forbids it')
    .requiredOption('--account <email>', 'whose data')
    .addOption(new Option('--code <code>', 'under which exception').choices(Object.keys(exceptionCodes)).makeOptionMandatory())
    .requiredOption('--recipient <name>', 'who got it')
    .requiredOption('--fields <names>', 'which fields, such as name,email')
    .option('--records <count>', 'of how many records', '1')
    .option('--gag-until <day>', 'the last day on which the person may not be told')
    .option('--gag-reason <reason>', 'which law or order forbids it')
    .action(async (options: Options) => {
      const settings = config();
      const said = checked(options, dayOf(clock()));
      await withDatabase({ config: settings, clock }, async ({ database: { orm }, dataKey }) => {
        const keys = await loadPurposeKeys({ orm, dataKey, clock });
        const accountId = await accountWith({ orm, email: options.account });
        if (accountId === null) throw new UsageError('There is no account with this e-mail address.');
        await recordOutside({ orm, key: keys.ledger, clock }, { ...said, accountId });
        await tellOutside({ orm, key: keys.columns, publicUrl: settings.publicUrl, clock });
        print('Recorded in the ledger.');
        print(said.gagUntil === null ? 'The person is told by mail and on the dashboard.' : `The person is told after ${said.gagUntil}.`);
      });
    });
}

function checked(options: Options, today: string): Omit<OutsideDisclosure, 'accountId'> {
  const { code, gagUntil = null, gagReason } = options;
  const recipient = cleanText(options.recipient, 200);
  if (recipient === '') throw new UsageError('--recipient must hold text.');
  const fieldNames = options.fields.split(',').map((each) => each.trim());
  if (!fieldNames.every((each) => /^[a-z][a-z0-9_]{0,60}$/.test(each))) {
    throw new UsageError('--fields must be names such as name,email: what kind of data, never the data.');
  }
  const recordCount = Number(options.records);
  if (!/^\d{1,9}$/.test(options.records) || recordCount === 0) throw new UsageError('--records must be a number from 1.');
  const reason = gagReason === undefined ? null : cleanText(gagReason, 200);
  if ((gagUntil === null) !== (reason === null) || reason === '') throw new UsageError('--gag-until and --gag-reason belong together.');
  if (gagUntil !== null && (!isDay(gagUntil) || gagUntil < today)) {
    throw new UsageError('--gag-until must be a day that isn’t over, written YYYY-MM-DD.');
  }
  return { code, recipient, fieldNames: [...new Set(fieldNames)], recordCount, gagUntil, gagReason: reason };
}
