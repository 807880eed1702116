/** What can be wrong with a line of a file. The text completes "line N, COLUMN: …" and never holds a value. */
export const problemTexts = {
  not_utf8: 'is not UTF-8 text',
  empty_file: 'has no header',
  quotes: 'has quotation marks in the wrong place',
  line_too_long: 'is too long',
  cell_count: 'does not have as many cells as the header',
  column_unknown: 'is not a column of this file',
  column_missing: 'is a column that this file needs',
  column_twice: 'stands twice in the header',
  column_unnamed: 'needs a name of at most 100 characters after the colon',
  too_many_columns: 'has more than 100 custom columns',
  required: 'is empty',
  too_long: 'is too long',
  email: 'is not an e-mail address',
  date: 'is not a day written YYYY-MM-DD',
  ends_before_issue: 'is before the day of issue',
  status: 'is not one of valid, expired, revoked',
  not_expired: 'says expired, but the last day of validity has not passed',
  number_is_uuid: 'looks like a UUID',
  number_alphabet: "has a sign that no number has; use letters, digits, blanks and . , _ - / : # ( ) + ' ° №",
  number_twice: 'is the number of another line too',
  revocation_undone: 'says valid, but the certificate was revoked, and an import does not undo that',
  field_is_private: 'is a private field of this list; make it shareable on the page of the list first',
  field_is_shared: 'is a shareable field of this list; make it private on the page of the list first',
  field_of_both_kinds: 'is filled as custom: and as shared: in one list',
  product_type: 'is not one of single, wildcard, multi_domain',
  order_status: 'is not one of draft, awaiting_validation, awaiting_documents, issued, cancelled, rejected',
  vetting_status: 'is not one of not_required, pending, passed, failed',
  domain: 'has a name that is not a domain',
  too_many_domains: 'has more than 250 domains',
  country: 'is not a country code of two letters',
  organisation_on_dv: 'is for OV and EV only; an order that needs no vetting is DV',
  nothing_known: 'has neither a certificate in PEM form nor a header of TLS orders',
  private_key: 'is never stored; leave private keys out of the file',
  certificate_request: 'is never stored; leave certificate requests out of the file',
  not_a_certificate: 'is not a certificate',
  block_open: 'has a BEGIN line without its END',
  end_alone: 'has an END line without its BEGIN',
  block_too_long: 'is longer than a certificate can be',
  certificate_unreadable: 'is not a certificate that can be read',
  certificate_dates: 'has dates of validity outside the years 1900 to 9999',
} as const;

export type ProblemCode = keyof typeof problemTexts;

export interface Problem {
  /** Line of the file, from 1; null when it is about the whole file. */
  readonly line: number | null;
  /** The column's name in the header, or the name of a PEM block; null when it is about the whole line. */
  readonly column: string | null;
  readonly code: ProblemCode;
  /** Another line that this is about. */
  readonly otherLine?: number;
}

export const shownProblems = 20;

/** The first problems of a file, counted no further than what is shown. */
export class ProblemList {
  readonly #found: Problem[] = [];

  add(problem: Problem): void {
    this.#found.push(problem);
  }

  get isFull(): boolean {
    return this.#found.length >= shownProblems;
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  first(): Problem[] {
    return this.#found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, shownProblems);
  }
}

/** One line of fixed text for a person: where, and what is wrong. */
export function describeProblem({ line, column, code, otherLine }: Problem): string {
  const where = [line === null ? null : `line ${line}`, column].filter((part) => part !== null).join(', ');
  const other = otherLine === undefined ? '' : ` (line ${otherLine})`;
  return `${where === '' ? 'the file' : where}: ${problemTexts[code]}${other}`;
}

const refusals = {
  problems: 'Nothing was imported: the file has problems.',
  account_unknown: 'No account has this e-mail address.',
  service_missing: 'This account does not use this service.',
  service_deactivated: 'This account has deactivated this service.',
} as const;

/** Why an import changed nothing. `message` and `describeProblem` are fixed texts and column names, never values. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused';
  readonly code: keyof typeof refusals;
  readonly problems: readonly Problem[];

  constructor(code: keyof typeof refusals, problems: readonly Problem[] = []) {
    super(refusals[code]);
    this.code = code;
    this.problems = problems;
  }
}
