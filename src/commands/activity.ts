import { Option, type Command } from 'commander';
import { certificatesNumbered, inspectActivity, inspectionPurposes, type InspectionPurpose } from '../store/verification/inspections.ts';
import { cleanText } from '../words/text.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import { staffNameOf, staffOption } from './staff.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly purpose: InspectionPurpose;
  readonly certificate: string;
  readonly account?: string;
  readonly staff: string;
}

/** `certveil activity inspect`: for fraud and abuse alone, and itself recorded (CF-20, CS-13). */
export function activityCommands(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('activity')
    .description('the log of verification links')
    .command('inspect')
    .description('print who opened a certificate’s link; that you looked is recorded')
    .addOption(new Option('--purpose <purpose>', 'what for').choices(inspectionPurposes).makeOptionMandatory())
    .requiredOption('--certificate <number>', 'its public number')
    .option('--account <email>', 'whose certificate, where two accounts use the number')
    .addOption(staffOption())
    .action(async ({ purpose, certificate, account, staff }: Options) => {
      const staffName = staffNameOf(staff);
      await withDatabase({ config: config(), clock }, async ({ database: { orm } }) => {
        const [found, other] = await certificatesNumbered({ orm, publicNumber: certificate, email: account ?? null });
        if (!found) throw new UsageError('There is no certificate with this number.');
        if (other) throw new UsageError('Two accounts use this number: name one with --account.');
        const events = await inspectActivity({ orm, now: clock(), staffName, purpose, certificateId: found.id });
        for (const { at, kind, ip, userAgent, referrer } of events) {
          print([at.toISOString(), kind, ip ?? '-', cleanText(userAgent ?? '-', 500), cleanText(referrer ?? '-', 500)].join('\t'));
        }
        print(`${events.length} ${events.length === 1 ? 'entry' : 'entries'}. This look was recorded.`);
      });
    });
}
