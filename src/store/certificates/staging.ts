import { shownNumber } from '../../policy/shapes/public-number.ts';
import { isShown, shown, shownVersion, withoutAddress } from '../../policy/shapes/shown.ts';
import { emailKey, emailTermsOf, maskEmail, nameKey, termsOf } from '../../words/text.ts';
import type { BulkTransaction, Cell } from '../engine/bulk.ts';

/** One checked line of a certificate file. */
export interface ImportedCertificate {
  readonly line: number;
  readonly list: string;
  readonly recipientName: string;
  readonly recipientEmail: string;
  readonly title: string;
  readonly description: string | null;
  readonly publicNumber: string;
  readonly issuedOn: string;
  readonly expiresOn: string | null;
  readonly status: 'valid' | 'expired' | 'revoked' | null;
  /** In the order of the file's custom columns; null is an empty cell. */
  readonly customValues: readonly (string | null)[];
}

export interface CustomColumn {
  readonly name: string;
  readonly shared: boolean;
}

const stagedColumns = {
  line: 'integer',
  list_name: 'text',
  list_key: 'text',
  list_is_shown: 'boolean',
  name: 'text',
  name_key: 'text',
  identity_key: 'text',
  email: 'text',
  email_masked: 'text',
  email_key: 'text',
  title: 'text',
  description: 'text',
  public_number: 'text',
  issued_on: 'date',
  expires_on: 'date',
  status: 'text',
  title_terms: 'text[]',
  name_terms: 'text[]',
  number_terms: 'text[]',
  email_terms: 'text[]',
  custom_values: 'text[]',
} as const;

/** Streams checked lines into a table that the transaction drops, with their search keys. */
export async function stage(
  bulk: BulkTransaction,
  columns: readonly CustomColumn[],
  lines: AsyncIterable<ImportedCertificate>,
): Promise<void> {
  const typed = Object.entries(stagedColumns).map(([name, type]) => `${name} ${type}${type === 'text' ? ' collate "C"' : ''}`);
  await bulk.run(`select set_config('certveil.shown', $1, true)`, [String(shownVersion)]);
  await bulk.run(`create temp table import_rows (${typed.join(', ')}) on commit drop`);
  await bulk.run('create temp table import_columns (at integer, name text collate "C", shared boolean) on commit drop');
  await bulk.run(
    `insert into import_columns select at, name, shared = 'yes' from unnest($1::text[], $2::text[]) with ordinality as given(name, shared, at)`,
    [columns.map(({ name }) => name), columns.map(({ shared }) => (shared ? 'yes' : 'no'))],
  );
  await bulk.insert('import_rows', stagedColumns, cellsOf(lines));
  await bulk.run('create index on import_rows (public_number, line)');
  await bulk.run('analyze import_rows');
}

async function* cellsOf(lines: AsyncIterable<ImportedCertificate>): AsyncGenerator<readonly Cell[]> {
  const titleTerms = lastFew((title) => termsOf(shown(title)));
  const listKey = lastFew((name) => nameKey(shown(name)));
  const listIsShown = lastFew(isShown);
  for await (const line of lines) {
    const address = line.recipientEmail;
    const name = shown(line.recipientName, { address });
    yield [
      line.line,
      line.list,
      listKey(line.list),
      listIsShown(line.list),
      line.recipientName,
      nameKey(name),
      nameKey(line.recipientName),
      line.recipientEmail,
      maskEmail(line.recipientEmail),
      emailKey(line.recipientEmail),
      line.title,
      line.description,
      line.publicNumber,
      line.issuedOn,
      line.expiresOn,
      line.status,
      titleTerms(withoutAddress(line.title, address)),
      termsOf(name),
      termsOf(shownNumber(line.publicNumber)),
      emailTermsOf(line.recipientEmail),
      line.customValues,
    ];
  }
}

/** Remembers the answers for the texts that files repeat, a few hundred at most. */
function lastFew<Answer>(answer: (text: string) => Answer): (text: string) => Answer {
  const known = new Map<string, Answer>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= 500) known.clear();
    const made = answer(text);
    known.set(text, made);
    return made;
  };
}
