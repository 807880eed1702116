-- Those that this app filed, newest first.
create or replace function certveil.read_privacy_requests(
  p_digest bytea, p_now timestamptz, p_status text, p_after_on date, p_after_ordinal bigint, p_limit integer
)
returns table (request uuid, kind text, status text, received_on date, due_on date, order_key text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'privacy:read');
  if not found then return; end if;
  return query
    select r.id, r.kind, r.status, r.received_on, r.due_on, r.ordinal::text
    from public.privacy_requests r
    where r.account_id = g.account_id and r.app_id = g.app_id and (p_status is null or r.status = p_status)
      and (r.received_on, r.ordinal) < (coalesce(p_after_on, 'infinity'::date), coalesce(p_after_ordinal, 0))
    order by r.received_on desc, r.ordinal desc
    limit p_limit;
  perform certveil.leave();
end
$$;
