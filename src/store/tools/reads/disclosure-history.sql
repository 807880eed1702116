-- What this app was told, by day: calls with the same tool, fields and outcome are one row.
create or replace function certveil.read_disclosure_history(
  p_digest bytea, p_now timestamptz, p_since date, p_after_day date, p_after_key text, p_limit integer
)
returns table (
  day date, tool text, purpose text, field_names text[], calls integer, record_count integer, outcome text, order_key text
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'apps:read');
  if not found then return; end if;
  return query
    select s.day, s.tool, s.purpose, s.field_names, s.calls, s.records, s.outcome, s.order_key
    from generate_series(coalesce(p_after_day, (p_now at time zone 'UTC')::date)::timestamp, p_since::timestamp, interval '-1 day') at
    cross join lateral (
      select d.day, d.tool, d.purpose, d.field_names::text[] as field_names, count(*)::integer as calls,
             least(sum(d.record_count), 2147483647)::integer as records, d.outcome,
             concat_ws(' ', d.tool, d.outcome, array_to_string(d.field_names, ',')) collate "C" as order_key
      from public.disclosures d
      where d.account_id = g.account_id and d.app_id = g.app_id and d.day = at.at::date
      group by d.day, d.tool, d.purpose, d.field_names, d.outcome
    ) s
    where p_after_day is null or s.day < p_after_day or s.order_key > p_after_key collate "C"
    order by s.day desc, s.order_key
    limit p_limit;
  perform certveil.leave();
end
$$;
