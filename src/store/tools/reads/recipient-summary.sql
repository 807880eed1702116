create or replace function certveil.read_recipient_summary(p_digest bytea, p_now timestamptz, p_recipient uuid)
returns table (recipient uuid, name text, email text, email_masked text, certificate_count integer, last_issued_on date)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'recipients:read');
  if not found then return; end if;
  return query
    select r.id, certveil.without_address(r.name, r.email_key), case when 'recipients:email' = any (g.scopes) then r.email end, r.email_masked,
           n.certificates, n.last_issued_on
    from public.recipients r
    cross join lateral (
      select count(*)::integer as certificates, max(x.issued_on) as last_issued_on
      from public.certificates x where x.recipient_id = r.id and x.account_id = g.account_id
    ) n
    where r.id = p_recipient and r.account_id = g.account_id;
  perform certveil.leave();
end
$$;
