import { sql, type SQL } from 'drizzle-orm';
import { addDays, type Day } from '../../words/dates.ts';
import { lastDueFrom, periodOf, type OperatorPeriods, type RetentionClass } from '../../policy/retention.ts';
import { endings } from '../../policy/retention-clocks.ts';

/** Per class the last day on which a clock may have started that has run out; a class without a period has none. */
export type Cutoffs = Readonly<Partial<Record<RetentionClass, Day>>>;

export function cutoffsAt(today: Day, operator: OperatorPeriods): Cutoffs {
  const cutoffs: Partial<Record<RetentionClass, Day>> = {};
  for (const ending of Object.values(endings)) {
    if (ending === 'stays' || !('clock' in ending)) continue;
    for (const clock of clocksOf(ending.clock)) {
      const period = periodOf(clock, operator);
      if (period !== null) cutoffs[clock] = lastDueFrom(period, today);
    }
  }
  return cutoffs;
}

function clocksOf(clock: RetentionClass): readonly RetentionClass[] {
  return clock === 'account_certumssl' ? ['account_certumssl', 'account_certfusion'] : [clock];
}

type UnitTable =
  | 'transactions'
  | 'support_messages'
  | 'contact_messages'
  | 'tls_certificates'
  | 'tls_orders'
  | 'certificates'
  | 'recipients'
  | 'disclosures'
  | 'external_disclosures'
  | 'grants'
  | 'apps'
  | 'privacy_requests'
  | 'legal_holds';

/** A table whose rows go one by one when their clock has run out. */
export interface RetentionUnit {
  readonly table: UnitTable;
  readonly key: readonly (readonly [column: string, type: 'uuid' | 'bigint'])[];
  /** Rows of other tables that go first: their column that names the unit's id. */
  readonly dependants: readonly (readonly [table: string, column: string])[];
  /** What else must hold of row `t`: above all that nothing which stays refers to it. */
  readonly only?: (cutoffs: Cutoffs) => SQL;
}

const id = [['id', 'uuid']] as const;

/** In an order that their references allow. */
export const retentionUnits: readonly RetentionUnit[] = [
  { table: 'transactions', key: id, dependants: [] },
  { table: 'support_messages', key: id, dependants: [] },
  { table: 'contact_messages', key: id, dependants: [] },
  { table: 'tls_certificates', key: id, dependants: [] },
  {
    table: 'tls_orders',
    key: id,
    dependants: [['order_contacts', 'order_id']],
    only: (cutoffs) =>
      sql`not exists (select from tls_certificates o where o.order_id = t.id and not ${isDue('tls_certificates', cutoffs, 'o')})`,
  },
  { table: 'certificates', key: id, dependants: [] },
  {
    table: 'recipients',
    key: id,
    dependants: [],
    only: (cutoffs) =>
      sql`not exists (select from certificates o where o.recipient_id = t.id and not ${isDue('certificates', cutoffs, 'o')})`,
  },
  {
    table: 'disclosures',
    key: [
      ['writer_id', 'uuid'],
      ['seq', 'bigint'],
    ],
    dependants: [],
  },
  { table: 'external_disclosures', key: id, dependants: [] },
  {
    table: 'privacy_requests',
    key: id,
    dependants: [['request_steps', 'request_id']],
    only: () =>
      sql`not (t.status = 'done' and t.effective_at is not null and t.lifted_at is null and t.kind in ('restriction', 'objection'))`,
  },
  {
    table: 'grants',
    key: id,
    dependants: [['consent_events', 'grant_id']],
    only: (cutoffs) =>
      sql`t.status = 'revoked' and not exists (select from disclosures o where o.grant_id = t.id and not ${isDue('disclosures', cutoffs, 'o')})`,
  },
  {
    table: 'apps',
    key: id,
    dependants: [['consent_events', 'app_id']],
    only: (cutoffs) => sql`not exists (select from grants o where o.app_id = t.id and not ${isDue('grants', cutoffs, 'o')})
      and not exists (select from disclosures o where o.app_id = t.id and not ${isDue('disclosures', cutoffs, 'o')})
      and not exists (select from privacy_requests o where o.app_id = t.id and not ${isDue('privacy_requests', cutoffs, 'o')})`,
  },
  { table: 'legal_holds', key: id, dependants: [] },
];

/** The class by whose clock a unit's rows go. */
export function classOf(table: UnitTable): RetentionClass {
  return endings[table].clock;
}

/** Whether the clock of a row has run out; the policy names its columns. */
export function isDue(table: UnitTable, cutoffs: Cutoffs, row: 't' | 'o' = 't'): SQL {
  const cutoff = cutoffs[classOf(table)];
  if (cutoff === undefined) return sql`false`;
  const { unit } = endings[table];
  const start = startOf(table, row);
  const due = unit === 'day' ? sql`${start} <= ${cutoff}::date` : sql`${start} < ${`${addDays(cutoff, 1)}T00:00:00Z`}::timestamptz`;
  return sql`coalesce(${due}, false)`;
}

/** The day on which the clock of a row started. */
export function startDay(table: UnitTable): SQL {
  const start = startOf(table, 't');
  return endings[table].unit === 'day' ? start : sql`(${start} at time zone 'UTC')::date`;
}

function startOf(table: UnitTable, row: 't' | 'o'): SQL {
  const columns = endings[table].from.map((column) => `${row}.${column}`);
  return sql.raw(columns.length === 1 ? String(columns[0]) : `least(${columns.join(', ')})`);
}

/** Whether a legal hold keeps whatever is held of the row's account. */
export const isHeld: SQL = sql`coalesce(t.account_id in (select h.account_id from legal_holds h where h.lifted_at is null), false)`;
