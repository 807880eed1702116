create or replace function certveil.read_certificate_lists(
  p_digest bytea, p_now timestamptz, p_after_key text, p_after_name text, p_limit integer
)
returns table (
  list uuid, name text, shareable_field_names text[], recipient_count integer, issued_count integer, created_on date, order_key text
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'certificates:read');
  if not found then return; end if;
  return query
    select l.id, l.name::text,
           array(select f.shared_name::text from public.custom_fields f
                 where f.account_id = g.account_id and f.list_id = l.id and f.shared_name is not null order by f.shared_name),
           l.recipient_count, l.issued_count, l.created_on, l.name_key::text
    from public.lists l
    where l.account_id = g.account_id and (l.name_key, l.name) > (p_after_key collate "C", p_after_name collate "C")
    order by l.name_key, l.name
    limit p_limit;
  perform certveil.leave();
end
$$;
