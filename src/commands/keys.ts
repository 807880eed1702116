import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { SettingError } from '../config/settings.ts';
import { keepComingKey, settleDataKey } from '../store/engine/embedded-key.ts';
import { rewrapPurposeKeys } from '../store/engine/purpose-keys.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil keys rotate`. */
export function keyCommands(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('keys')
    .description('the keys that protect the database')
    .command('rotate')
    .description('wrap every key by DATA_KEY_NEXT instead of DATA_KEY; when embedded without DATA_KEY, a new key is made')
    .action(async () => {
      const settings = config();
      const { dataDir: directory, nextDataKey } = settings;
      const isFile = settings.dataKey === null;
      const next = nextDataKey ?? (isFile ? randomBytes(32) : null);
      if (next === null) throw new SettingError('DATA_KEY_NEXT must be set to the new key');
      await withDatabase({ config: settings, clock }, async ({ database: { orm }, dataKey }) => {
        if (isFile && !next.equals(dataKey)) await keepComingKey({ directory, key: next });
        const isNew = await rewrapPurposeKeys({ orm, dataKey, next });
        if (isFile) await settleDataKey({ directory, orm, dataKey });
        if (!isNew) return print('The new key holds already.');
        print('Every key is wrapped by the new key. Servers that run go on.');
        print(isFile ? 'DATA_DIR holds it.' : 'From the next start on set DATA_KEY to what DATA_KEY_NEXT is now, and delete the old key.');
      });
    });
}
