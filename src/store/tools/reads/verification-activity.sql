-- The last closed months of one list, newest first, each month there: what was never published looks like what was suppressed.
create or replace function certveil.read_verification_activity(p_digest bytea, p_now timestamptz, p_list uuid, p_months integer)
returns table (month text, views integer, downloads integer)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  this_month constant timestamp := date_trunc('month', p_now at time zone 'UTC');
begin
  select * into g from certveil.enter(p_digest, p_now, 'analytics:read');
  if not found then return; end if;
  if exists (select from public.lists l where l.account_id = g.account_id and l.id = p_list) then
    return query
      select to_char(s.starts, 'YYYY-MM'), v.views, v.downloads
      from generate_series(this_month - interval '1 month', this_month - p_months * interval '1 month', interval '-1 month') s (starts)
      left join public.verification_months v
        on v.account_id = g.account_id and v.list_id = p_list and v.month = to_char(s.starts, 'YYYY-MM')
      order by s.starts desc;
  end if;
  perform certveil.leave();
end
$$;
