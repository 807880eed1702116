-- A recipient's certificates, newest first. The grant needs both scopes: recipients:read leads here, certificates:read opens it.
create or replace function certveil.read_recipient_certificates(p_digest bytea, p_now timestamptz, p_recipient uuid, p_limit integer)
returns table (certificate uuid, title text, issued_on date, status text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant date := (p_now at time zone 'UTC')::date;
begin
  select * into g from certveil.enter(p_digest, p_now, 'certificates:read');
  if not found then return; end if;
  if 'recipients:read' = any (g.scopes) then
    return query
      select c.id, certveil.without_address(c.title, r.email_key), c.issued_on, certveil.certificate_status(c.expires_on, c.revoked_on, today)
      from public.certificates c
      join public.recipients r on r.id = c.recipient_id
      where c.recipient_id = p_recipient and c.account_id = g.account_id
      order by c.issued_on desc, c.public_number desc
      limit p_limit;
  end if;
  perform certveil.leave();
end
$$;
