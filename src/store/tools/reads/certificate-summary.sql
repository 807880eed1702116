create or replace function certveil.read_certificate_summary(p_digest bytea, p_now timestamptz, p_certificate uuid, p_number text)
returns table (
  certificate uuid, title text, recipient_name text, issued_on date, expires_on date, status text, list_name text,
  public_number text, issuer_name text, description text, custom_names text[], custom_values text[]
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant date := (p_now at time zone 'UTC')::date;
begin
  select * into g from certveil.enter(p_digest, p_now, 'certificates:read');
  if not found then return; end if;
  return query
    select c.id, certveil.without_address(c.title, r.email_key), certveil.without_address(r.name, r.email_key), c.issued_on, c.expires_on,
           certveil.certificate_status(c.expires_on, c.revoked_on, today),
           l.name::text, certveil.without_address(c.public_number, r.email_key), certveil.without_address(a.display_name, a.email_key),
           certveil.without_address(c.description, r.email_key),
           shared.names, shared.contents
    from public.certificates c
    join public.recipients r on r.id = c.recipient_id
    join public.lists l on l.id = c.list_id
    join public.accounts a on a.id = c.account_id
    left join lateral (
      select array_agg(f.shared_name::text order by f.shared_name) as names,
             array_agg(certveil.without_address(v.shared_value, r.email_key) order by f.shared_name) as contents
      from public.custom_values v join public.custom_fields f on f.id = v.field_id
      where v.certificate_id = c.id and v.shared_value is not null and f.shared_name is not null
    ) shared on 'certificates:custom' = any (g.scopes)
    where c.account_id = g.account_id and (c.id = p_certificate or c.public_number = p_number collate "C");
  perform certveil.leave();
end
$$;
