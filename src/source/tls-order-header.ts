import { cleanText } from '../words/text.ts';
import { ImportRefused, type Problem } from './problems.ts';

const neededColumns = ['order_number', 'product_type', 'domains', 'status', 'ordered_on', 'vetting_status'] as const;
const optionalColumns = ['organisation_name', 'organisation_country'] as const;
const columns = [...neededColumns, ...optionalColumns] as const;

export type TlsOrderColumn = (typeof columns)[number];

export interface TlsOrderHeader {
  readonly cellCount: number;
  /** Where a column stands; undefined for an optional one that the file doesn't have. */
  readonly at: ReadonlyMap<TlsOrderColumn, number>;
}

/** Is this the first line of a file of orders, rather than of certificates? */
export function looksLikeTlsOrders(firstLine: string): boolean {
  return firstLine.split(/[,;\t]/).some((cell) => columnOf(cell.replace(/[^a-z_]/g, '')) !== null);
}

/** Reads the header of a file of orders. @throws ImportRefused that names unknown, missing and doubled columns */
export function readTlsOrderHeader(cells: readonly string[], line: number): TlsOrderHeader {
  const at = new Map<TlsOrderColumn, number>();
  const problems: Problem[] = [];
  for (const [index, cell] of cells.entries()) {
    const name = cleanText(cell, 120);
    const column = columnOf(name);
    if (column === null) problems.push({ line, column: name, code: 'column_unknown' });
    else if (at.has(column)) problems.push({ line, column, code: 'column_twice' });
    else at.set(column, index);
  }
  for (const column of neededColumns) if (!at.has(column)) problems.push({ line, column, code: 'column_missing' });
  if (problems.length > 0) throw new ImportRefused('problems', problems.slice(0, 20));
  return { cellCount: cells.length, at };
}

function columnOf(name: string): TlsOrderColumn | null {
  return columns.find((each) => each === name) ?? null;
}
