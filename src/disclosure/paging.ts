import type { Position } from './cursors.ts';

/** Cuts the row that was read beyond the page; its being there says that another page follows. */
export function pageOf<Row>({ rows, limit, position }: { rows: readonly Row[]; limit: number; position: (row: Row) => Position }): {
  records: readonly Row[];
  next: Position | null;
} {
  const records = rows.slice(0, limit);
  const last = records.at(-1);
  return { records, next: rows.length > limit && last !== undefined ? position(last) : null };
}

/** The same for a bounded scan, whose last row may be a stop: no record, only how far it came. */
export function boundedPageOf<Row extends object, Stop extends object>({
  rows,
  limit,
  isStop,
  position,
}: {
  rows: readonly (Row | Stop)[];
  limit: number;
  isStop: (row: Row | Stop) => row is Stop;
  position: (row: Row | Stop) => Position;
}): { records: readonly Row[]; next: Position | null } {
  const found = rows.filter((row): row is Row => !isStop(row));
  const stop = rows.find(isStop);
  const page = pageOf({ rows: found, limit, position });
  return stop ? { records: page.records, next: position(stop) } : page;
}
