import { takeBulkTurn } from '../engine/turns.ts';
import type { Day } from '../../words/dates.ts';
import type { Database } from '../engine/db.ts';
import { inBulkTransaction, type BulkTransaction, type Cell } from '../engine/bulk.ts';
import type { ImportCounts } from '../certificates/import-certificates.ts';
import { linkOrders } from './link-orders.ts';
import { stampOfService } from '../visibility/standing-restrictions.ts';

/** One checked line of a file of orders. */
export interface ImportedTlsOrder {
  readonly line: number;
  readonly orderNumber: string;
  readonly productType: string;
  readonly validationLevel: 'DV' | 'unknown';
  readonly domains: readonly string[];
  readonly status: string;
  readonly orderedOn: Day;
  readonly vettingStatus: string;
  readonly organisationName: string | null;
  readonly organisationCountry: string | null;
}

export interface TlsOrderRun {
  readonly database: Database;
  readonly accountId: string;
  /** Without the file's columns of the organisation, what is stored of it stays. */
  readonly hasOrganisation: boolean;
  readonly orders: AsyncIterable<ImportedTlsOrder>;
  /** Called with the numbers that stand twice, once all are read and before anything is stored; throws to refuse the file. */
  readonly review: (twice: readonly { readonly line: number; readonly otherLine: number }[]) => void;
}

const staged = {
  line: 'integer',
  order_number: 'text',
  product_type: 'text',
  validation_level: 'text',
  domains: 'text[]',
  status: 'text',
  ordered_on: 'date',
  vetting_status: 'text',
  organisation_name: 'text',
  organisation_country: 'text',
} as const;

/** Brings orders into an account in one transaction: all of them, or none. An order's number names it when it comes again. */
export async function importTlsOrderRows(run: TlsOrderRun): Promise<ImportCounts> {
  return inBulkTransaction(run.database, async (bulk) => {
    const typed = Object.entries(staged).map(([name, type]) => `${name} ${type}${type === 'text' ? ' collate "C"' : ''}`);
    await bulk.run(`create temp table import_orders (${typed.join(', ')}) on commit drop`);
    await bulk.insert('import_orders', staged, cellsOf(run.orders));
    run.review(await twiceIn(bulk));
    await bulk.run('analyze import_orders');
    await takeBulkTurn({ bulk, accountId: run.accountId });
    const counts = await store(bulk, run);
    await linkOrders(bulk, run.accountId);
    return counts;
  });
}

async function twiceIn(bulk: BulkTransaction): Promise<{ line: number; otherLine: number }[]> {
  const rows = await bulk.run<{ line: number; earlier: number }>(
    `select line, earlier from (select line, lag(line) over (partition by order_number order by line) as earlier from import_orders) s
     where earlier is not null order by line limit 20`,
  );
  return rows.map(({ line, earlier }) => ({ line, otherLine: earlier }));
}

const columns = 'product_type, domains, status, ordered_on, vetting_status, validation_level, organisation_name, organisation_country';

/** An order that a certificate has shown to be OV or EV stays so, as long as it needs vetting. */
async function store(bulk: BulkTransaction, { accountId, hasOrganisation }: TlsOrderRun): Promise<ImportCounts> {
  const organisation = (column: string): string =>
    hasOrganisation ? `s.${column}` : `case when s.validation_level <> 'DV' then o.${column} end as ${column}`;
  await bulk.run(
    `create temp table import_order_targets on commit drop as
     select o.id, s.order_number, s.product_type, s.domains, s.status, s.ordered_on, s.vetting_status,
            case when s.validation_level = 'unknown' and o.validation_level in ('OV', 'EV') then o.validation_level
                 else s.validation_level end as validation_level,
            ${organisation('organisation_name')}, ${organisation('organisation_country')}
     from import_orders s left join tls_orders o on o.account_id = $1::uuid and o.order_number = s.order_number`,
    [accountId],
  );
  const updated = await bulk.run(
    `update tls_orders o
     set (${columns}) = (select ${columns.replaceAll(/\w+/g, 't.$&')})
     from import_order_targets t
     where o.id = t.id and (${columns.replaceAll(/\w+/g, 't.$&')}) is distinct from (${columns.replaceAll(/\w+/g, 'o.$&')})
     returning 1`,
  );
  const added = await bulk.run(
    `insert into tls_orders (account_id, order_number, ${columns}, hidden_at)
     select a.id, t.order_number, ${columns.replaceAll(/\w+/g, 't.$&')}, coalesce(a.hidden_at, $2::timestamptz)
     from import_order_targets t join accounts a on a.id = $1::uuid where t.id is null
     returning 1`,
    [accountId, await stampOfService(bulk, accountId, 'certumssl')],
  );
  const [read] = await bulk.run<{ count: number }>('select count(*)::integer as count from import_orders');
  return { added: added.length, updated: updated.length, unchanged: (read?.count ?? 0) - added.length - updated.length };
}

async function* cellsOf(orders: AsyncIterable<ImportedTlsOrder>): AsyncGenerator<readonly Cell[]> {
  for await (const each of orders) {
    yield [
      each.line,
      each.orderNumber,
      each.productType,
      each.validationLevel,
      each.domains,
      each.status,
      each.orderedOn,
      each.vettingStatus,
      each.organisationName,
      each.organisationCountry,
    ];
  }
}
