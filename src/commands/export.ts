import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { makeHandles } from '../disclosure/handles.ts';
import { exportJson, type ExportDeps } from '../rights/export.ts';
import { loadPurposeKeys } from '../store/engine/purpose-keys.ts';
import { accountWith } from '../store/rights/staff-requests.ts';
import { UsageError } from '../boot/explain.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil export`: for requests that come by post or e-mail. */
export function exportCommand(program: Command, { config, clock, print }: Terminal): void {
  program
    .command('export')
    .description('what is held about an account, as JSON, for the person alone')
    .requiredOption('--account <email>', 'whose data')
    .option('--to <file>', 'a new file; without it the export is printed')
    .action(async ({ account, to }: { account: string; to?: string }) => {
      await withDatabase({ config: config(), clock }, async ({ database: { orm }, dataKey }) => {
        const accountId = await accountWith({ orm, email: account });
        if (accountId === null) throw new UsageError('There is no account with this e-mail address.');
        const { columns: key, handles } = await loadPurposeKeys({ orm, dataKey, clock });
        const names = makeHandles(handles.bytes)({ account: accountId });
        const nameRecord: ExportDeps['nameRecord'] = (kind, id) => names.encode(kind, id);
        const pieces = exportJson({ orm, clock, key, accountId, nameRecord });
        if (to === undefined) return pipeline(Readable.from(pieces), process.stdout, { end: false });
        await write(pieces, to);
        print('Written. Hand it to the person only, and delete it after.');
      });
    });
}

async function write(pieces: AsyncGenerator<string>, to: string): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), createWriteStream(to, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause && cause.syscall === 'open') {
      throw new UsageError('The file cannot be made, or exists.', { cause });
    }
    throw cause;
  }
}
