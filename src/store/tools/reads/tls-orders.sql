-- Newest first. The first of an order's domains: enough for what a list shows of them.
create or replace function certveil.read_tls_orders(
  p_digest bytea, p_now timestamptz, p_status text, p_after_on date, p_after_key text, p_limit integer
)
returns table ("order" uuid, product_type text, domains text[], status text, ordered_on date, vetting_status text, order_key text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  first_domains constant integer := 50;
begin
  select * into g from certveil.enter(p_digest, p_now, 'tls:read');
  if not found then return; end if;
  return query execute 'select o.id, o.product_type, o.domains[1:$6], o.status, o.ordered_on, o.vetting_status, o.order_number::text
    from public.tls_orders o
    where o.account_id = $1 and (o.ordered_on, o.order_number) < ($3, $4 collate "C")'
    || case when p_status is not null then ' and o.status = $2' else '' end
    || ' order by o.ordered_on desc, o.order_number desc limit $5'
    using g.account_id, p_status, coalesce(p_after_on, 'infinity'::date), coalesce(p_after_key, ''), p_limit, first_domains;
  perform certveil.leave();
end
$$;
