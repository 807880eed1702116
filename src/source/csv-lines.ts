import { isUtf8 } from 'node:buffer';
import { pipeline, Transform, type Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ImportRefused, type ProblemCode } from './problems.ts';

export interface CsvLine {
  /** Where the record begins in the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const longestRecordBytes = 1024 * 1024;
const newline = 0x0a;

/** Reads CSV as a stream: UTF-8 with or without a byte order mark, any line end, empty lines skipped. @throws ImportRefused */
export async function* csvLines(input: Readable): AsyncGenerator<CsvLine> {
  // Counted while parsing: when a record is broken, those before it may not have been read yet, and are dropped.
  let next = 1;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: longestRecordBytes,
    on_record: (cells: string[]) => {
      const line = String(next);
      next += 1 + cells.reduce((sum, cell) => sum + lineEndsIn(cell), 0);
      return [line, ...cells];
    },
  });
  // The parser is destroyed with the error of whichever part fails, and the loop below throws it.
  const records: AsyncIterable<string[]> = pipeline(input, onlyUtf8(), parser, () => undefined);
  try {
    for await (const [line, ...cells] of records) if (cells.length > 1 || cells[0] !== '') yield { line: Number(line), cells };
  } catch (error) {
    if (error instanceof CsvError) throw new ImportRefused('problems', [{ line: next, column: null, code: problemOf(error) }]);
    throw error;
  }
}

function problemOf(error: CsvError): ProblemCode {
  return error.code === 'CSV_MAX_RECORD_SIZE' ? 'line_too_long' : 'quotes';
}

function lineEndsIn(cell: string): number {
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}

/** Passes whole lines on, and stops at the first that is not UTF-8: the CSV parser would replace its bytes silently. */
function onlyUtf8(): Transform {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  const check = (bytes: Buffer): ImportRefused | null => {
    if (isUtf8(bytes)) {
      line += countNewlines(bytes);
      return null;
    }
    return new ImportRefused('problems', [{ line: line + firstBadLine(bytes), column: null, code: 'not_utf8' }]);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(newline) + 1;
      rest = bytes.subarray(end);
      const refused = rest.length > longestRecordBytes ? tooLong(line + countNewlines(bytes)) : check(bytes.subarray(0, end));
      if (refused) done(refused);
      else done(null, bytes.subarray(0, end));
    },
    flush(done) {
      const refused = check(rest);
      if (refused) done(refused);
      else done(null, rest);
    },
  });
}

function tooLong(line: number): ImportRefused {
  return new ImportRefused('problems', [{ line, column: null, code: 'line_too_long' }]);
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) count += 1;
  return count;
}

function firstBadLine(bytes: Buffer): number {
  let start = 0;
  for (let lines = 0; ; lines += 1) {
    const end = bytes.indexOf(newline, start) + 1;
    if (end === 0 || !isUtf8(bytes.subarray(start, end))) return lines;
    start = end;
  }
}
