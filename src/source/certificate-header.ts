import { cleanText, isLongerThan } from '../words/text.ts';
import { ImportRefused, type Problem } from './problems.ts';

const neededColumns = ['list', 'recipient_name', 'recipient_email', 'title', 'public_number', 'issued_on'] as const;
const optionalColumns = ['expires_on', 'status', 'description'] as const;
const knownColumns: readonly string[] = [...neededColumns, ...optionalColumns];
const mostCustomColumns = 100;

export type NamedColumn = (typeof neededColumns)[number] | (typeof optionalColumns)[number];

export interface CustomColumnAt {
  readonly name: string;
  readonly shared: boolean;
  readonly at: number;
  /** As it stands in the header, for messages. */
  readonly header: string;
}

export interface CertificateHeader {
  readonly cellCount: number;
  /** Where a column stands; undefined for an optional one that the file doesn't have. */
  readonly at: ReadonlyMap<NamedColumn, number>;
  readonly custom: readonly CustomColumnAt[];
}

/** Reads the header of a certificate file. @throws ImportRefused that names unknown, missing and doubled columns */
export function readCertificateHeader(cells: readonly string[], line: number): CertificateHeader {
  const at = new Map<NamedColumn, number>();
  const custom: CustomColumnAt[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const header = cleanText(cell, 120);
    if (seen.has(header)) problems.push({ line, column: header, code: 'column_twice' });
    seen.add(header);
    const customColumn = customColumnOf(header, index);
    if (isNamedColumn(header)) at.set(header, index);
    else if (customColumn === null) problems.push({ line, column: header, code: 'column_unknown' });
    else if (customColumn.name === '' || isLongerThan(customColumn.name, 100))
      problems.push({ line, column: header, code: 'column_unnamed' });
    else custom.push(customColumn);
  }
  for (const column of neededColumns) if (!at.has(column)) problems.push({ line, column, code: 'column_missing' });
  if (custom.length > mostCustomColumns) problems.push({ line, column: null, code: 'too_many_columns' });
  if (problems.length > 0) throw new ImportRefused('problems', problems.slice(0, 20));
  return { cellCount: cells.length, at, custom };
}

function isNamedColumn(header: string): header is NamedColumn {
  return knownColumns.includes(header);
}

function customColumnOf(header: string, at: number): CustomColumnAt | null {
  const match = /^(custom|shared):(.*)$/u.exec(header);
  return match ? { name: (match[2] ?? '').trim(), shared: match[1] === 'shared', at, header } : null;
}
