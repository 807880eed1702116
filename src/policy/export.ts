import { tables, type TableName } from './tables/all.ts';
import type { Mark, TablePolicy } from './tables/table.ts';
import type { HandleKind } from './fields/field.ts';

/** For how many days a finished export can be downloaded. */
export const exportDays = 14;

/** How a column stands in an export: as itself, as the name of a record, opened from its seal; or left out, and why. */
export type ExportColumn =
  | { readonly column: string; readonly as: 'value' | 'sealed' }
  | { readonly column: string; readonly as: 'record'; readonly kind: HandleKind }
  | { readonly column: string; readonly as: 'left_out'; readonly why: string };

export interface ExportTable {
  readonly table: TableName;
  readonly owner: string;
  readonly columns: readonly ExportColumn[];
}

const othersLog = 'It is about those who opened verification links, not about you; monthly totals are in verification_months.';

/** Whole tables that are left out. */
const tablesLeftOut: Partial<Record<TableName, string>> = {
  verification_events: othersLog,
  certificate_terms: 'Search words, made from the certificates.',
  recipient_terms: 'Search words, made from the recipients.',
  tls_names: 'Search words, made from the TLS certificates.',
  issuance_counts: 'Counts by month, made from the certificates.',
  oauth_artifacts: 'Secrets and protocol state of sign-ins and apps; the apps and grants are in the export.',
  password_links: 'Secrets of one-time links.',
  outbox: 'Mail on its way to you; what it tells stands in the other categories.',
};

/** Single columns that are left out for a reason of their own. */
const columnsLeftOut: Readonly<Record<string, string>> = {
  'request_steps.staff_name': 'The name of somebody else.',
  'legal_holds.reason': 'Written for legal claims.',
  'external_disclosures.gag_reason': 'Written for legal claims.',
  'disclosures.writer_id': 'Its place in the ledger; the dashboard’s file of signed heads proves it.',
  'disclosures.seq': 'Its place in the ledger; the dashboard’s file of signed heads proves it.',
  'external_disclosures.writer_id': 'Its place in the ledger; the dashboard’s file of signed heads proves it.',
  'external_disclosures.seq': 'Its place in the ledger; the dashboard’s file of signed heads proves it.',
  'certificates.verification_code': 'It opens a recipient’s certificate; each certificate’s dashboard page shows its link.',
  'privacy_requests.record_id': 'An internal id.',
};

/** Columns that name a record: the dashboard's own handles, so that records can be put together again. */
const records: Readonly<Record<string, HandleKind>> = {
  'lists.id': 'lst',
  'recipients.id': 'rcp',
  'certificates.id': 'cert',
  'tls_orders.id': 'ord',
  'tls_certificates.id': 'tls',
  'apps.id': 'app',
  'privacy_requests.id': 'req',
  '.list_id': 'lst',
  '.recipient_id': 'rcp',
  '.certificate_id': 'cert',
  '.order_id': 'ord',
  '.app_id': 'app',
  '.request_id': 'req',
};

/** Internal, and yet of use to its person: a custom field is shown by its name. */
const shownInternal: readonly string[] = ['tls_orders.order_number', 'custom_values.field_id'];

/** Every table and column of the database that holds an account's rows: in the export, or left out with the reason (CS-41, CS-45, Decision 13). */
export const exportTables: readonly ExportTable[] = (Object.entries(tables) as [TableName, TablePolicy][]).flatMap(
  ([table, { owner, columns }]) =>
    owner === null ? [] : [{ table, owner, columns: Object.entries(columns).map(([column, mark]) => exportColumn(table, column, mark)) }],
);

/** The tables of which something is in the export: its categories. */
export const exportedTables: readonly ExportTable[] = exportTables.filter(({ columns }) => columns.some(({ as }) => as !== 'left_out'));

function exportColumn(table: TableName, column: string, [dataClass]: Mark): ExportColumn {
  const why = tablesLeftOut[table] ?? columnsLeftOut[`${table}.${column}`];
  if (why !== undefined) return { column, as: 'left_out', why };
  const kind = records[`${table}.${column}`] ?? records[`.${column}`];
  if (kind) return { column, as: 'record', kind };
  if (dataClass === 'secret') return { column, as: 'left_out', why: 'A secret that protects your account, or its hash.' };
  if (dataClass === 'internal' && !shownInternal.includes(`${table}.${column}`)) {
    return { column, as: 'left_out', why: 'An internal id, or a key for searching that is made from other columns.' };
  }
  return { column, as: column.endsWith('_sealed') ? 'sealed' : 'value' };
}

/** What stands in the export under a column's name. */
export function exportName({ column, as }: ExportColumn): string {
  return as === 'sealed' ? column.replace(/_sealed$/, '') : column;
}
