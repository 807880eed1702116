-- The search terms of deleted records go with them: what a foreign key would do, without its cost for every row of an import.
create or replace function certveil.forget_certificate_terms() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.certificate_terms t using old_rows o where t.certificate_id = o.id;
  return null;
end
$$;

create or replace function certveil.forget_recipient_terms() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.recipient_terms t using old_rows o where t.recipient_id = o.id;
  return null;
end
$$;

create or replace trigger forget_terms after delete on public.certificates
  referencing old table as old_rows for each statement execute function certveil.forget_certificate_terms();
create or replace trigger forget_terms after delete on public.recipients
  referencing old table as old_rows for each statement execute function certveil.forget_recipient_terms();
