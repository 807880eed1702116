import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { importCertificates } from '../source/import-certificates.ts';
import { importTls } from '../source/import-tls.ts';
import type { ImportCounts } from '../store/certificates/import-certificates.ts';
import { readable } from './read-file.ts';
import { withDatabase } from '../boot/open-database.ts';
import type { Terminal } from './terminal.ts';

/** `certveil import certificates|tls FILE --account EMAIL`. */
export function importCommands(program: Command, { config, clock, print, progress }: Terminal): void {
  const bring = program.command('import').description('bring data in');

  bring
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
        print(said(counts));
      });
    });

  bring
    .command('tls')
    .description('TLS certificates from a PEM file, or orders from a CSV file: all of it, or nothing; bringing it again changes nothing')
    .argument('<file>', 'PEM with one or many certificates, or CSV with a header, UTF-8')
    .requiredOption('--account <email>', 'the account that they belong to')
    .action(async (file: string, options: { account: string }) => {
      await readable(file);
      await withDatabase({ config: config(), clock }, async ({ database }) => {
        const counts = await importTls({
          database,
          accountEmail: options.account,
          input: createReadStream(file),
          onProgress: ({ phase, records }) => progress(phase === 'reading' ? `${records} read` : `${records} read, storing`),
        });
        print(`${counts.what}: ${said(counts)}`);
      });
    });
}

function said({ added, updated, unchanged }: ImportCounts): string {
  return `${added} added, ${updated} updated, ${unchanged} unchanged`;
}
