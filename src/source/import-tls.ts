import { Readable } from 'node:stream';
import type { Database } from '../store/engine/db.ts';
import type { ImportCounts } from '../store/certificates/import-certificates.ts';
import { importTlsCertificateRows, type ImportedTlsCertificate } from '../store/tls/import-certificates.ts';
import { importTlsOrderRows } from '../store/tls/import-orders.ts';
import { csvLines } from './csv-lines.ts';
import { accountFor } from './import-account.ts';
import { ImportRefused, ProblemList } from './problems.ts';
import { looksLikeTlsOrders, readTlsOrderHeader } from './tls-order-header.ts';
import { soundTlsOrders } from './tls-order-line.ts';
import { pemBlocks, type PemBlock } from './tls-pem.ts';
import type { ReadX509 } from './tls-x509.ts';

export interface TlsImport {
  readonly database: Database;
  readonly accountEmail: string;
  readonly input: Readable;
  /** Told every thousand records read, and once more when all are read and storing begins. */
  readonly onProgress?: (progress: { readonly phase: 'reading' | 'storing'; readonly records: number }) => void;
}

export interface TlsImportCounts extends ImportCounts {
  readonly what: 'certificates' | 'orders';
}

/**
 * Imports certificates (PEM) or orders (CSV) of TLS into an account: all of the file, or nothing. Every certificate of a chain is kept,
 * authorities' too. Bringing the same file again changes nothing.
 * @throws ImportRefused with the first twenty problems, by line and by column or block
 */
export async function importTls(order: TlsImport): Promise<TlsImportCounts> {
  const accountId = await accountFor(order.database, order.accountEmail, 'certumssl');
  const { firstLine, input } = await withFirstLine(order.input);
  try {
    return looksLikeTlsOrders(firstLine)
      ? { what: 'orders', ...(await importOrders(order, accountId, input)) }
      : { what: 'certificates', ...(await importCertificates(order, accountId, input)) };
  } finally {
    input.destroy();
    order.input.destroy();
  }
}

async function importCertificates({ database, onProgress }: TlsImport, accountId: string, input: Readable): Promise<ImportCounts> {
  const problems = new ProblemList();
  let records = 0;
  async function* certificates(): AsyncGenerator<ImportedTlsCertificate> {
    const { readX509 } = await import('./tls-x509.ts');
    for await (const block of pemBlocks(input)) {
      records += 1;
      const certificate = certificateOf(block, readX509, problems);
      if (problems.isFull) return;
      if (records % 1000 === 0) onProgress?.({ phase: 'reading', records });
      if (certificate !== null) yield certificate;
    }
    if (records === 0) problems.add({ line: null, column: null, code: 'nothing_known' });
    onProgress?.({ phase: 'storing', records });
  }
  return importTlsCertificateRows({ database, accountId, certificates: certificates(), review: () => refuseOver(problems) });
}

function certificateOf(block: PemBlock, readX509: (der: Uint8Array) => ReadX509, problems: ProblemList): ImportedTlsCertificate | null {
  if ('problem' in block) {
    problems.add(block.problem);
    return null;
  }
  const read = readX509(block.der);
  if ('certificate' in read) return { line: block.line, ...read.certificate };
  problems.add({ line: block.line, column: 'CERTIFICATE', code: read.problem });
  return null;
}

async function importOrders({ database, onProgress }: TlsImport, accountId: string, input: Readable): Promise<ImportCounts> {
  const problems = new ProblemList();
  const lines = csvLines(input);
  try {
    const first = await lines.next();
    if (first.done) throw new ImportRefused('problems', [{ line: null, column: null, code: 'empty_file' }]);
    const header = readTlsOrderHeader(first.value.cells, first.value.line);
    return await importTlsOrderRows({
      database,
      accountId,
      hasOrganisation: header.at.has('organisation_name') || header.at.has('organisation_country'),
      orders: soundTlsOrders({ header, lines, problems, ...(onProgress && { onProgress }) }),
      review: (twice) => {
        for (const { line, otherLine } of twice) problems.add({ line, column: 'order_number', code: 'number_twice', otherLine });
        refuseOver(problems);
      },
    });
  } finally {
    await lines.return(undefined);
  }
}

function refuseOver(problems: ProblemList): void {
  if (!problems.isEmpty) throw new ImportRefused('problems', problems.first());
}

const peekedBytes = 64 * 1024;

/** The first line that isn't blank, and the whole input with it. */
async function withFirstLine(input: Readable): Promise<{ firstLine: string; input: Readable }> {
  const source = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const seen: Buffer[] = [];
  let text = '';
  while (!/[\r\n]/.test(text.trimStart()) && text.length < peekedBytes) {
    const next = await source.next();
    if (next.done) break;
    seen.push(next.value);
    text += next.value.toString('latin1');
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield* seen;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  }
  const firstLine = text.split(/[\r\n]/).find((line) => line.trim() !== '') ?? '';
  return { firstLine, input: Readable.from(whole()) };
}
