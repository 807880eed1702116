import type { Command } from 'commander';
import { simulateRetention, sweepRetention } from '../jobs/retention.ts';
import { sweepMail } from '../jobs/mail.ts';
import { sweepOAuth } from '../oauth/sweep.ts';
import { dayOf, isDay } from '../words/dates.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { beginSweep } from '../store/retention/sweep-clock.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil retention run|simulate`. */
export function retentionCommands(program: Command, { config, clock, print }: Terminal): void {
  const retention = program.command('retention').description('delete what is due, or say what would be');

  retention
    .command('run')
    .description('delete now what is due; may be stopped and run again')
    .action(async () => {
      const { retention: periods, deletionsLog } = config();
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
        const errors: unknown[] = [];
        const failed = (error: unknown) => void errors.push(error);
        const moment = await beginSweep({ orm, clock });
        const deps = { orm, clock: moment, wall: clock, periods, key, deletionsLog };
        for (const { retention: name, deleted, held } of await sweepRetention(deps, { failed }))
          print(`${name}: ${deleted} deleted${held > 0 ? `, ${held} kept by a legal hold` : ''}`);
        const { deleted: mail } = await sweepMail({ orm, clock: moment });
        const { artifacts } = await sweepOAuth({ orm, clock: moment });
        print(`mail: ${mail} deleted`);
        print(`session, token: ${artifacts} deleted`);
        if (errors.length > 0) throw errors[0];
      });
    });

  retention
    .command('simulate')
    .description('say what would be deleted on a day, and why; changes nothing')
    .option('--at <day>', 'YYYY-MM-DD', dayOf(clock()))
    .action(async ({ at }: { at: string }) => {
      if (!isDay(at)) throw new UsageError('--at must be a day, YYYY-MM-DD');
      const { retention: periods, deletionsLog } = config();
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const { tombstones: key } = await loadPurposeKeys({ orm, dataKey, clock });
        for (const { retention: name, deleted, held, reason } of await simulateRetention({ orm, periods, key, deletionsLog }, at))
          print(`${name}: ${deleted} would go${held > 0 ? `, ${held} are kept by a legal hold` : ''}; ${reason}`);
      });
    });
}
