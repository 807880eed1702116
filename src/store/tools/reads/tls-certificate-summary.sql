-- One certificate by its id, or that of a domain's names: one in force before one that isn't, and of those the one that ends last.
create or replace function certveil.read_tls_certificate_summary(
  p_digest bytea, p_now timestamptz, p_certificate uuid, p_names text[], p_most_names integer
)
returns table (
  tls_certificate uuid, common_name text, type text, issuer text, valid_from date, valid_until date, status text, dns_names text[],
  key_algorithm text, organisation text, revoked_on date
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant date := (p_now at time zone 'UTC')::date;
  bound constant integer := 200;
  chosen uuid := p_certificate;
begin
  select * into g from certveil.enter(p_digest, p_now, 'tls:read');
  if not found then return; end if;
  if chosen is null then
    select c.id into chosen
    from unnest(p_names) w (name)
    cross join lateral (
      select n.certificate_id from public.tls_names n where n.account_id = g.account_id and n.name = w.name collate "C"
      order by n.valid_until desc, n.serial_key desc limit bound
    ) m
    join public.tls_certificates c on c.id = m.certificate_id
    order by certveil.certificate_status(c.valid_until, c.revoked_on, today) = 'valid' desc, c.valid_until desc, c.serial_key desc
    limit 1;
  end if;
  return query
    select c.id, c.common_name, c.type, c.issuer, c.valid_from, c.valid_until,
           certveil.certificate_status(c.valid_until, c.revoked_on, today), c.dns_names[1:p_most_names], c.key_algorithm,
           case when c.type in ('OV', 'EV') then c.organisation_name end, c.revoked_on
    from public.tls_certificates c
    where c.account_id = g.account_id and c.id = chosen;
  perform certveil.leave();
end
$$;
