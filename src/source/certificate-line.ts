import { isDay } from '../words/dates.ts';
import { isPlausibleEmail } from '../policy/shapes/email-address.ts';
import { hasNumberAlphabet, looksLikeUuid } from '../policy/shapes/public-number.ts';
import { cleanText, isLongerThan } from '../words/text.ts';
import type { ImportedCertificate } from '../store/certificates/staging.ts';
import type { CsvLine } from './csv-lines.ts';
import type { CertificateHeader, NamedColumn } from './certificate-header.ts';
import type { ProblemCode, ProblemList } from './problems.ts';

const longest = { text: 200, description: 2000, publicNumber: 100, email: 254 } as const;
const statuses = ['valid', 'expired', 'revoked'] as const;

/** Checks one line; notes every problem that it has and returns null when there is one. */
export function readCertificateLine(
  header: CertificateHeader,
  { line, cells }: CsvLine,
  today: string,
  problems: ProblemList,
): ImportedCertificate | null {
  if (cells.length !== header.cellCount) {
    problems.add({ line, column: null, code: 'cell_count' });
    return null;
  }
  let sound = true;
  const object = (column: string, code: ProblemCode): void => {
    sound = false;
    problems.add({ line, column, code });
  };
  const text = (column: string, at: number | undefined, atMost: number): string => {
    const raw = at === undefined ? '' : (cells[at] ?? '');
    const cleaned = cleanText(raw, raw.length);
    if (isLongerThan(cleaned, atMost)) object(column, 'too_long');
    return cleaned;
  };
  const optional = (column: NamedColumn, atMost: number): string | null => text(column, header.at.get(column), atMost) || null;
  const needed = (column: NamedColumn, atMost: number): string => {
    const found = text(column, header.at.get(column), atMost);
    if (found === '') object(column, 'required');
    return found;
  };
  const certificate: ImportedCertificate = {
    line,
    list: needed('list', longest.text),
    recipientName: needed('recipient_name', longest.text),
    recipientEmail: needed('recipient_email', longest.email),
    title: needed('title', longest.text),
    description: optional('description', longest.description),
    publicNumber: needed('public_number', longest.publicNumber),
    issuedOn: needed('issued_on', longest.text),
    expiresOn: optional('expires_on', longest.text),
    status: statusOf(optional('status', longest.text), object),
    customValues: header.custom.map(({ at, header: name }) => text(name, at, longest.text) || null),
  };
  checkMeaning(certificate, today, object);
  return sound ? certificate : null;
}

function statusOf(word: string | null, object: (column: string, code: ProblemCode) => void): ImportedCertificate['status'] {
  const status = statuses.find((each) => each === word) ?? null;
  if (word !== null && status === null) object('status', 'status');
  return status;
}

function checkMeaning(certificate: ImportedCertificate, today: string, object: (column: string, code: ProblemCode) => void): void {
  const { recipientEmail, publicNumber, issuedOn, expiresOn, status } = certificate;
  if (recipientEmail !== '' && !isPlausibleEmail(recipientEmail)) object('recipient_email', 'email');
  if (looksLikeUuid(publicNumber)) object('public_number', 'number_is_uuid');
  else if (publicNumber !== '' && !hasNumberAlphabet(publicNumber)) object('public_number', 'number_alphabet');
  if (issuedOn !== '' && !isDay(issuedOn)) object('issued_on', 'date');
  if (expiresOn !== null && !isDay(expiresOn)) object('expires_on', 'date');
  else if (expiresOn !== null && isDay(issuedOn) && expiresOn < issuedOn) object('expires_on', 'ends_before_issue');
  if (status === 'expired' && (expiresOn === null || expiresOn >= today)) object('status', 'not_expired');
}
