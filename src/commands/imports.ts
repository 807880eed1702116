import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { importCertificates } from '../ingest/import-certificates.ts';
import { UsageError } from './explain.ts';
import { withDatabase } from './open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil import certificates FILE --account EMAIL`. */
export function importCommands(program: Command, { config, clock, print, progress }: Terminal): void {
  program
    .command('import')
    .description('bring data in')
    .command('certificates')
    .description('certificates from a CSV file: all of it, or nothing; bringing it again changes nothing')
    .argument('<file>', 'CSV with a header, UTF-8')
    .requiredOption('--account <email>', 'the account that issued them')
    .action(async (file: string, options: { account: string }) => {
      await readable(file);
      await withDatabase({ config: config(), clock }, async ({ database }) => {
        const counts = await importCertificates({
          database,
          clock,
          accountEmail: options.account,
          input: createReadStream(file),
          onProgress: ({ phase, lines }) => progress(phase === 'reading' ? `${lines} lines read` : `${lines} lines read, storing`),
        });
        print(`${counts.added} added, ${counts.updated} updated, ${counts.unchanged} unchanged`);
      });
    });
}

async function readable(file: string): Promise<void> {
  try {
    await access(file);
  } catch (cause) {
    throw new UsageError('The file cannot be read.', { cause });
  }
}
