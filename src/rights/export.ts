import type { Clock } from '../words/dates.ts';
import { exportName, exportTables, exportedTables, type ExportTable } from '../policy/export.ts';
import type { HandleKind } from '../policy/fields/field.ts';
import type { Orm } from '../store/engine/db.ts';
import { exportRows, valueKind, type ExportedRow, type ExportValue, type KeyedRow, type ValueKind } from '../store/rights/export-rows.ts';
import type { PurposeKey } from '../store/engine/purpose-keys.ts';
import { openText, placeOf } from '../store/engine/sealing.ts';

export interface ExportDeps {
  readonly orm: Orm;
  readonly clock: Clock;
  /** `PurposeKeys.columns`. */
  readonly key: PurposeKey;
  readonly accountId: string;
  /** Names a record for its owner. */
  readonly nameRecord: (kind: HandleKind, id: string) => string;
}

const pageSize = 2_000;

/** What is held about an account, as JSON in pieces (CS-41, CS-45): a page of rows in memory. Hidden records are in it: it is their owner's own. */
export async function* exportJson(deps: ExportDeps): AsyncGenerator<string> {
  const head = { format: 'certveil-export-1', made_at: deps.clock().toISOString(), left_out: leftOut() };
  yield `${JSON.stringify(head).slice(0, -1)},"data":{`;
  for (const [at, table] of exportedTables.entries()) {
    yield `${at === 0 ? '' : ','}\n"${table.table}":[`;
    let separator = '\n';
    for await (const rows of pagesOf(deps, table)) {
      yield separator + rows.map((row) => JSON.stringify(row)).join(',\n');
      separator = ',\n';
    }
    yield ']';
  }
  yield '}}\n';
}

/** One category as rows of text under a header; null for an unknown category. */
export function exportCategory(deps: ExportDeps, category: string): { header: string[]; pages: AsyncGenerator<string[][]> } | null {
  const table = exportedTables.find((each) => each.table === category);
  if (!table) return null;
  const header = namesOf(table);
  return { header, pages: cellsOf(deps, table, header) };
}

export const exportCategories: readonly string[] = exportedTables.map(({ table }) => table);

/** The JSON Schema (2020-12) of `exportJson`. */
export function exportSchema(): object {
  const data = Object.fromEntries(exportedTables.map((table) => [table.table, { type: 'array', items: closed(propertiesOf(table)) }]));
  const reason = closed({ category: { type: 'string' }, column: { type: 'string' }, why: { type: 'string' } });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...closed({
      format: { const: 'certveil-export-1' },
      made_at: { type: 'string', format: 'date-time' },
      left_out: { type: 'array', items: reason },
      data: closed(data),
    }),
  };
}

const kinds: Readonly<Record<ValueKind, object>> = {
  text: { type: ['string', 'null'] },
  number: { type: ['number', 'null'] },
  boolean: { type: ['boolean', 'null'] },
  day: { type: ['string', 'null'], format: 'date' },
  instant: { type: ['string', 'null'], format: 'date-time' },
  texts: { type: ['array', 'null'], items: { type: 'string' } },
  json: {},
};

function propertiesOf({ table, columns }: ExportTable): Record<string, object> {
  const chosen = columns.filter(({ as }) => as !== 'left_out');
  return Object.fromEntries(chosen.map((each) => [exportName(each), kinds[valueKind(table, each)]]));
}

function closed(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function leftOut() {
  return exportTables.flatMap(({ table, columns }) =>
    columns.flatMap((each) => (each.as === 'left_out' ? [{ category: table, column: each.column, why: each.why }] : [])),
  );
}

function namesOf({ columns }: ExportTable): string[] {
  return columns.filter(({ as }) => as !== 'left_out').map(exportName);
}

async function* pagesOf(deps: ExportDeps, table: ExportTable): AsyncGenerator<ExportedRow[]> {
  const { orm, clock, accountId } = deps;
  const now = clock();
  for (let after: readonly string[] | null = null, full = true; full;) {
    const page: KeyedRow[] = await exportRows({ orm, table, accountId, now, after, limit: pageSize });
    if (page.length > 0) yield page.map((each) => readable(deps, table, each));
    after = page.at(-1)?.key ?? after;
    full = page.length === pageSize;
  }
}

function readable({ key, accountId, nameRecord }: ExportDeps, { table, columns }: ExportTable, { id, row }: KeyedRow): ExportedRow {
  const values: Record<string, ExportValue> = { ...row };
  for (const each of columns) {
    const name = exportName(each);
    const value = row[name];
    if (typeof value !== 'string') continue;
    if (each.as === 'record') values[name] = nameRecord(each.kind, value);
    if (each.as === 'sealed') {
      const place = placeOf(`${table}.${name}_sealed`, table === 'accounts' ? accountId : id);
      values[name] = openText(key, Buffer.from(value, 'hex'), place);
    }
  }
  return values;
}

async function* cellsOf(deps: ExportDeps, table: ExportTable, header: readonly string[]): AsyncGenerator<string[][]> {
  for await (const rows of pagesOf(deps, table)) yield rows.map((row) => header.map((name) => cell(row[name] ?? null)));
}

function cell(value: ExportValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
