import type { Position } from './cursors.ts';

/** What a page of at most twenty records may weigh as JSON, its cursor included; a longer page that much more. */
const pageBytes = 7_900;
const pageRecords = 20;

const mostBytes = 99_000;

export interface Page<Record> {
  readonly records: readonly Record[];
  readonly next: Position | null;
}

interface Paging<Row, Record> {
  readonly limit: number;
  readonly position: (row: Row) => Position;
  /** What a row becomes in the answer. */
  readonly record: (row: Row) => Record;
}

/**
 * Cuts the row that was read beyond the page; its being there says that another page follows. A page of long texts is shorter than
 * `limit`, and always one record at least.
 */
export function pageOf<Row, Record>({ rows, limit, position, record }: Paging<Row, Record> & { rows: readonly Row[] }): Page<Record> {
  const within = rows.slice(0, limit);
  const records = fitting(within.map(record), {
    bytes: Math.max(pageBytes, (pageBytes / pageRecords) * limit),
    beside: (count) => cursorBytes(position(within[count - 1] as Row)),
  });
  const last = within[records.length - 1];
  return { records, next: rows.length > records.length && last !== undefined ? position(last) : null };
}

/** The same for a bounded scan, whose last row may be a stop: no record, only how far it came. */
export function boundedPageOf<Row extends object, Stop extends object, Record>({
  rows,
  isStop,
  ...paging
}: {
  rows: readonly (Row | Stop)[];
  isStop: (row: Row | Stop) => row is Stop;
  limit: number;
  position: (row: Row | Stop) => Position;
  record: (row: Row) => Record;
}): Page<Record> {
  const found = rows.filter((row): row is Row => !isStop(row));
  const stop = rows.find(isStop);
  const page = pageOf({ rows: found, ...paging });
  return stop && page.next === null ? { records: page.records, next: paging.position(stop) } : page;
}

/** As many of the first records as weigh no more as JSON, and one at least. */
export function fitting<Record>(
  records: readonly Record[],
  { bytes, beside = () => 0 }: { bytes: number; beside?: (count: number) => number },
): readonly Record[] {
  let weight = 0;
  const end = records.findIndex((each, at) => {
    weight += jsonBytes(each) + 1;
    return at > 0 && weight + beside(at + 1) > bytes;
  });
  return end === -1 ? records : records.slice(0, end);
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Nonce, tag, expiry and position in base64. */
function cursorBytes(position: Position): number {
  return Math.ceil((jsonBytes(position) + 48) / 3) * 4 + 64;
}

/** An answer goes out as text and as structure: both together stay under 100 kB. */
export function isTooHeavy(text: string): boolean {
  return text.length > mostBytes / 8 && Buffer.byteLength(text) + jsonBytes(text) > mostBytes;
}
