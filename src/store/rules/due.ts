import { sql, type SQL } from 'drizzle-orm';
import type { Service } from '../../policy/classes.ts';
import type { TableName } from '../../policy/tables/all.ts';
import { periodOf, retentionClasses, type RetentionClass } from '../../policy/retention.ts';
import { endings, type Ending } from '../../policy/retention-clocks.ts';

interface Row {
  readonly table: TableName;
  /** The name by which the statement knows the row. */
  readonly row: string;
  /** The moment, as SQL. */
  readonly now: string;
}

/**
 * Whether a row may be told, as SQL: nobody is told what is due, deleted or not, and a legal hold that keeps it doesn't change that.
 * The cut-offs are looked up once a statement. True where nothing runs out.
 */
export function toldText({ table, row, now }: Row): string {
  const rules = [clockRule({ table, row, now }), ...(hangsOn[table] ?? []).map((each) => each({ row, now }))].filter(
    (rule) => rule !== null,
  );
  return rules.length === 0 ? 'true' : rules.join(' and ');
}

/** The same within a statement of ours; without a moment, the database's own. */
export function isTold({ table, row, now }: { table: TableName; row: string; now: Date | null }): SQL {
  const [first = '', ...rest] = toldText({ table, row, now: '?' }).split('?');
  const moment = now === null ? sql`null::timestamptz` : sql`${now.toISOString()}::timestamptz`;
  return rest.reduce((text, part) => sql`${text}${moment}${sql.raw(part)}`, sql.raw(first));
}

/** Whether an account may be told anything: not all that it uses is due. `account` names its id. */
export function isAccountTold({ account, now }: { readonly account: string; readonly now: Date }): SQL {
  const told = isTold({ table: 'memberships', row: 'u', now });
  return sql`(select coalesce(bool_or(${told}), true) from public.memberships u where u.account_id = ${sql.raw(account)})`;
}

/** Whether a service of an account is in use: neither deactivated nor due, nor gone. `account` names the account's id. */
export function isServiceTold({ account, service, now }: { account: string; service: Service; now: Date }): SQL {
  const told = isTold({ table: 'memberships', row: 'u', now });
  return sql`exists (select from public.memberships u
    where u.account_id = ${sql.raw(account)} and u.service = ${service} and u.status = 'active' and ${told})`;
}

function clockRule({ table, row, now }: Row): string | null {
  const ending: Ending = endings[table];
  if (table === 'memberships') return `(${row}.last_activity_at < certveil.due_before('account_' || ${row}.service, ${now})) is not true`;
  if (table === 'verification_months') return `${row}.month >= (select certveil.first_month(${now}) as first_month)`;
  if (typeof ending !== 'object' || !('clock' in ending)) return null;
  const columns = ending.from.map((column) => `${row}.${column}`);
  const start = columns.length === 1 ? columns[0] : `least(${columns.join(', ')})`;
  const runsOut =
    ending.unit === 'day'
      ? `(${start} <= (select certveil.last_due('${ending.clock}', ${now}) as last_due))`
      : `(${start} < (select certveil.due_before('${ending.clock}', ${now}) as due_before))`;
  const kept = keptBy[table]?.({ row, now });
  return kept === undefined ? `${runsOut} is not true` : `(${runsOut} is not true or ${kept})`;
}

type Rule = (place: Omit<Row, 'table'>) => string;

/** A row of another table that isn't due. */
function another(table: TableName, column: string): Rule {
  const other = `other_${table}`;
  return ({ row, now }) =>
    `(select true as bool from public.${table} ${other} where ${other}.${column} = ${row}.id and ${toldText({ table, row: other, now })} limit 1) is not null`;
}

function anyOf(...rules: readonly Rule[]): Rule {
  return (place) => rules.map((rule) => rule(place)).join(' or ');
}

/** What keeps a row whose own clock has run out (see retention-units.ts). */
const keptBy: Readonly<Partial<Record<TableName, Rule>>> = {
  tls_orders: another('tls_certificates', 'order_id'),
  recipients: another('certificates', 'recipient_id'),
  privacy_requests: ({ row }) =>
    `(${row}.status = 'done' and ${row}.effective_at is not null and ${row}.lifted_at is null and ${row}.kind = any (array['restriction', 'objection']))`,
  grants: anyOf(({ row }) => `${row}.status <> 'revoked'`, another('disclosures', 'grant_id')),
  apps: anyOf(another('grants', 'app_id'), another('disclosures', 'app_id'), another('privacy_requests', 'app_id')),
};

function on(table: TableName, column: string): Rule {
  const parent = `parent_${table}`;
  return ({ row, now }) =>
    `exists (select from public.${table} ${parent} where ${parent}.id = ${row}.${column} and ${toldText({ table, row: parent, now })})`;
}

function ofService(service: string): Rule {
  return ({ row, now }) =>
    `not exists (select from public.memberships p where p.account_id = ${row}.account_id and p.service = '${service}' and not (${toldText({ table: 'memberships', row: 'p', now })}))`;
}

/** What goes with a row of another table. */
const hangsOn: Readonly<Partial<Record<TableName, readonly Rule[]>>> = {
  custom_values: [on('certificates', 'certificate_id')],
  order_contacts: [on('tls_orders', 'order_id')],
  request_steps: [on('privacy_requests', 'request_id')],
  consent_events: [on('apps', 'app_id'), (place) => `(${place.row}.grant_id is null or ${on('grants', 'grant_id')(place)})`],
  quotas: [ofService('certfusion')],
  billing_profiles: [ofService('certumssl')],
  vetting_documents: [ofService('certumssl')],
  // An issued order goes with the last of its certificates (CS-53).
  tls_orders: [
    ({ row, now }) =>
      `(${row}.status <> 'issued' or (${row}.ordered_on <= (select certveil.last_due('tls_certificate', ${now}) as last_due)) is not true or not certveil.order_is_over(${row}.id, ${now}))`,
  ],
};

/** `last_due`, the last day on which a clock of a class may have started that has run out; the moments and months that follow from it. */
export function dueSql(): string {
  const promised = (Object.keys(retentionClasses) as RetentionClass[]).flatMap((name) => {
    const months = monthsOf(name);
    return months === null ? [] : [`when '${name}' then ${months}`];
  });
  const head = `stable security definer set search_path = pg_catalog, pg_temp`;
  return `-- A caller's clock can only bring the end forward, never back. Of a month's last day every later month's last day is the anniversary.
create or replace function certveil.last_due(p_class text, p_now timestamptz) returns date
language plpgsql ${head}
as $$
declare
  today constant date := (greatest(p_now, statement_timestamp()) at time zone 'UTC')::date;
  length integer := case p_class ${promised.join(' ')} end;
begin
  if length is null then
    select r.months into length from public.retention_periods r where r.retention_class = p_class collate "C";
  end if;
  if extract(day from today + 1) = 1 then
    return (date_trunc('month', today::timestamp) + make_interval(months => 1 - length))::date - 1;
  end if;
  return (today - make_interval(months => length))::date;
end
$$;

create or replace function certveil.due_before(p_class text, p_now timestamptz) returns timestamptz
language plpgsql ${head}
as $$ begin return (certveil.last_due(p_class, p_now) + 1)::timestamp at time zone 'UTC'; end $$;

create or replace function certveil.first_month(p_now timestamptz) returns text
language plpgsql ${head}
as $$ begin return to_char(certveil.last_due('verification_activity', p_now)::timestamp, 'YYYY-MM'); end $$;

-- The moment of a read, as \`enter\` noted it.
create or replace function certveil.told_at() returns timestamptz
language plpgsql ${head}
as $$ begin return nullif(current_setting('app.now', true), '')::timestamptz; end $$;

-- An account's active services of which it isn't due yet.
create or replace function certveil.services_in_use(p_account uuid, p_now timestamptz) returns text[]
language plpgsql ${head}
as $$ begin
  return array(select m.service from public.memberships m where m.account_id = p_account and m.status = 'active'
    and ${toldText({ table: 'memberships', row: 'm', now: 'p_now' })} order by m.service);
end $$;

create or replace function certveil.order_is_over(p_order uuid, p_now timestamptz) returns boolean
language sql ${head}
as $$
  select coalesce(bool_and(not (${toldText({ table: 'tls_certificates', row: 'c', now: 'p_now' })})), false)
  from public.tls_certificates c where c.order_id = p_order
$$;`;
}

function monthsOf(name: RetentionClass): number | null {
  const [count, unit] = periodOf(name, {})?.split(' ') ?? [];
  if (unit === undefined || unit === 'days') return null;
  return Number(count) * (unit === 'years' ? 12 : 1);
}
