create or replace function certveil.read_account_summary(p_digest bytea, p_now timestamptz)
returns table (
  display_name text, email text, email_masked text, service_names text[], service_statuses text[],
  quota_used integer, quota_limit integer, period_ends_on date
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'account:read');
  if not found then return; end if;
  return query
    select certveil.without_address(a.display_name, a.email_key), case when 'account:email' = any (g.scopes) then a.email end, a.email_masked,
           array(select m.service from public.memberships m where m.account_id = g.account_id order by m.service),
           array(select m.status from public.memberships m where m.account_id = g.account_id order by m.service),
           q.used, q.monthly_limit, q.period_ends_on
    from public.accounts a
    left join public.quotas q on q.account_id = a.id and exists (
      select from public.memberships m where m.account_id = g.account_id and m.service = 'certfusion' and m.status = 'active')
    where a.id = g.account_id;
  perform certveil.leave();
end
$$;
