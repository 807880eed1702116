import type { Readable } from 'node:stream';
import { dayOf, type Clock } from '../words/dates.ts';
import type { Database } from '../store/engine/db.ts';
import type { Conflict } from '../store/certificates/conflicts.ts';
import type { ImportedCertificate } from '../store/certificates/staging.ts';
import { importCertificateLines, type ImportCounts } from '../store/certificates/import-certificates.ts';
import { readCertificateHeader, type CertificateHeader } from './certificate-header.ts';
import { readCertificateLine } from './certificate-line.ts';
import { csvLines, type CsvLine } from './csv-lines.ts';
import { accountFor } from './import-account.ts';
import { ImportRefused, ProblemList, shownProblems, type Problem } from './problems.ts';

export interface CertificateImport {
  readonly database: Database;
  readonly clock: Clock;
  readonly accountEmail: string;
  readonly input: Readable;
  /** Told every thousand lines read, and once more when all are read and storing begins. */
  readonly onProgress?: (progress: { readonly phase: 'reading' | 'storing'; readonly lines: number }) => void;
}

/**
 * Imports a certificate file into an account: all of it, or nothing. Bringing the same file again changes nothing.
 * @throws ImportRefused with the first twenty problems, by line and column name
 */
export async function importCertificates(order: CertificateImport): Promise<ImportCounts> {
  const { database, clock, accountEmail, input } = order;
  const accountId = await accountFor(database, accountEmail, 'certfusion');
  const now = clock();
  const problems = new ProblemList();
  const lines = csvLines(input);
  try {
    const header = await headerOf(lines);
    return await importCertificateLines({
      database,
      accountId,
      now,
      has: { description: header.at.has('description'), expiry: header.at.has('expires_on') },
      customColumns: header.custom,
      lines: soundLines({ header, lines, today: dayOf(now), problems, order }),
      mostConflicts: shownProblems,
      review: (conflicts) => {
        for (const conflict of conflicts) problems.add(problemOf(conflict, header));
        if (!problems.isEmpty) throw new ImportRefused('problems', problems.first());
      },
    });
  } finally {
    await lines.return(undefined);
    input.destroy();
  }
}

async function headerOf(lines: AsyncGenerator<CsvLine>): Promise<CertificateHeader> {
  const first = await lines.next();
  if (first.done) throw new ImportRefused('problems', [{ line: null, column: null, code: 'empty_file' }]);
  return readCertificateHeader(first.value.cells, first.value.line);
}

interface Reading {
  readonly header: CertificateHeader;
  readonly lines: AsyncGenerator<CsvLine>;
  readonly today: string;
  readonly problems: ProblemList;
  readonly order: CertificateImport;
}

/** Passes sound lines on and notes the problems of the others; stops reading once there are enough to show. */
async function* soundLines({ header, lines, today, problems, order }: Reading): AsyncGenerator<ImportedCertificate> {
  let count = 0;
  for await (const line of lines) {
    const certificate = readCertificateLine(header, line, today, problems);
    if (problems.isFull) return;
    count += 1;
    if (count % 1000 === 0) order.onProgress?.({ phase: 'reading', lines: count });
    if (certificate !== null) yield certificate;
  }
  order.onProgress?.({ phase: 'storing', lines: count });
}

function problemOf({ line, kind, otherLine, customColumn }: Conflict, header: CertificateHeader): Problem {
  const columns = { number_twice: 'public_number', revocation_undone: 'status', ends_before_issue: 'issued_on' } as const;
  const column =
    customColumn === null
      ? kind in columns
        ? columns[kind as keyof typeof columns]
        : null
      : (header.custom[customColumn]?.header ?? null);
  return { line, column, code: kind, ...(otherLine !== null && { otherLine }) };
}
