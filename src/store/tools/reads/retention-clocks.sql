-- When the first of an account's clocks started that may be told: of TLS certificates, certificates and orders, each where its service is
-- active (CS-32). Each is the head of an index.
create or replace function certveil.read_retention_clocks(p_digest bytea, p_now timestamptz)
returns table (tls_ends_on date, certificates_end_on date, ordered_on date, services text[], active_services text[])
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  active text[];
begin
  select * into g from certveil.enter(p_digest, p_now, 'privacy:read');
  if not found then return; end if;
  active := array(select m.service from public.memberships m where m.account_id = g.account_id and m.status = 'active' order by m.service);
  return query select
    case when 'certumssl' = any (active) then least(
      (select min(t.valid_until) from public.tls_certificates t where t.account_id = g.account_id),
      (select min(t.revoked_on) from public.tls_certificates t where t.account_id = g.account_id and t.revoked_on is not null)) end,
    case when 'certfusion' = any (active) then least(
      (select min(c.expires_on) from public.certificates c where c.account_id = g.account_id and c.expires_on is not null),
      (select min(c.revoked_on) from public.certificates c where c.account_id = g.account_id and c.revoked_on is not null)) end,
    case when 'certumssl' = any (active) then (select min(o.ordered_on) from public.tls_orders o where o.account_id = g.account_id) end,
    (select coalesce(array_agg(m.service order by m.service), '{}') from public.memberships m where m.account_id = g.account_id),
    active;
  perform certveil.leave();
end
$$;
