import { isDay } from '../words/dates.ts';
import { domainKey } from '../policy/domains.ts';
import { cleanText, isLongerThan } from '../words/text.ts';
import { mostOrderDomains, orderStatuses, productTypes, validationLevelOf, vettingStatuses } from '../policy/tls.ts';
import type { ImportedTlsOrder } from '../store/tls/import-orders.ts';
import type { CsvLine } from './csv-lines.ts';
import type { ProblemCode, ProblemList } from './problems.ts';
import type { TlsOrderColumn, TlsOrderHeader } from './tls-order-header.ts';

const longest = { text: 200, orderNumber: 100, domains: 70_000 } as const;

export interface TlsOrderReading {
  readonly header: TlsOrderHeader;
  readonly lines: AsyncGenerator<CsvLine>;
  readonly problems: ProblemList;
  readonly onProgress?: (progress: { readonly phase: 'reading' | 'storing'; readonly records: number }) => void;
}

/** Passes sound lines on and notes the problems of the others; stops reading once there are enough to show. */
export async function* soundTlsOrders({ header, lines, problems, onProgress }: TlsOrderReading): AsyncGenerator<ImportedTlsOrder> {
  let records = 0;
  for await (const line of lines) {
    const order = readTlsOrderLine(header, line, problems);
    if (problems.isFull) return;
    records += 1;
    if (records % 1000 === 0) onProgress?.({ phase: 'reading', records });
    if (order !== null) yield order;
  }
  onProgress?.({ phase: 'storing', records });
}

/** Checks one line; notes every problem that it has and returns null when there is one. */
function readTlsOrderLine(header: TlsOrderHeader, { line, cells }: CsvLine, problems: ProblemList): ImportedTlsOrder | null {
  if (cells.length !== header.cellCount) {
    problems.add({ line, column: null, code: 'cell_count' });
    return null;
  }
  let sound = true;
  const object = (column: TlsOrderColumn, code: ProblemCode): void => {
    sound = false;
    problems.add({ line, column, code });
  };
  const text = (column: TlsOrderColumn, atMost: number): string => {
    const at = header.at.get(column);
    const raw = at === undefined ? '' : (cells[at] ?? '');
    const cleaned = cleanText(raw, raw.length);
    if (isLongerThan(cleaned, atMost)) object(column, 'too_long');
    return cleaned;
  };
  const needed = (column: TlsOrderColumn, atMost: number): string => {
    const found = text(column, atMost);
    if (found === '') object(column, 'required');
    return found;
  };
  const word = <Word extends string>(column: TlsOrderColumn, words: readonly [Word, ...Word[]], code: ProblemCode): Word => {
    const given = needed(column, longest.text);
    const known = words.find((each) => each === given);
    if (known === undefined && given !== '') object(column, code);
    return known ?? words[0];
  };
  const orderNumber = needed('order_number', longest.orderNumber);
  const productType = word('product_type', productTypes, 'product_type');
  const domains = domainsOf(needed('domains', longest.domains), (code) => object('domains', code));
  const status = word('status', orderStatuses, 'order_status');
  const orderedOn = needed('ordered_on', longest.text);
  const vettingStatus = word('vetting_status', vettingStatuses, 'vetting_status');
  const organisationName = text('organisation_name', longest.text) || null;
  const organisationCountry = text('organisation_country', longest.text) || null;
  const validationLevel = validationLevelOf(vettingStatus);
  if (orderedOn !== '' && !isDay(orderedOn)) object('ordered_on', 'date');
  if (organisationCountry !== null && !/^[A-Z]{2}$/.test(organisationCountry)) object('organisation_country', 'country');
  if (sound && validationLevel === 'DV') {
    if (organisationName !== null) object('organisation_name', 'organisation_on_dv');
    if (organisationCountry !== null) object('organisation_country', 'organisation_on_dv');
  }
  const order = { line, orderNumber, productType, validationLevel, domains, status, orderedOn, vettingStatus };
  return sound ? { ...order, organisationName, organisationCountry } : null;
}

function domainsOf(text: string, object: (code: ProblemCode) => void): string[] {
  const keys = text.split(' ').flatMap((each) => (each === '' ? [] : [domainKey(each)]));
  if (keys.includes(null)) object('domain');
  if (keys.length > mostOrderDomains) object('too_many_domains');
  return [...new Set(keys.filter((each) => each !== null))];
}
