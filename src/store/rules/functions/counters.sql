-- The counts that a list shows: its visible recipients and certificates. Statement triggers, so that an import pays once.
create or replace function certveil.count_list_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  counter text := tg_argv[0];
  changes text := case tg_op
    when 'INSERT' then 'select list_id, 1 as change, hidden_at from new_rows'
    when 'DELETE' then 'select list_id, -1 as change, hidden_at from old_rows'
    else 'select list_id, 1 as change, hidden_at from new_rows union all select list_id, -1, hidden_at from old_rows' end;
begin
  execute format(
    'update public.lists l set %1$I = l.%1$I + c.change
     from (select list_id, sum(change)::integer as change from (%2$s) rows where hidden_at is null
           group by list_id having sum(change) <> 0) c
     where l.id = c.list_id', counter, changes);
  return null;
end
$$;

create or replace trigger count_inserted after insert on public.recipients
  referencing new table as new_rows for each statement execute function certveil.count_list_rows('recipient_count');
create or replace trigger count_updated after update on public.recipients
  referencing old table as old_rows new table as new_rows for each statement execute function certveil.count_list_rows('recipient_count');
create or replace trigger count_deleted after delete on public.recipients
  referencing old table as old_rows for each statement execute function certveil.count_list_rows('recipient_count');
create or replace trigger count_inserted after insert on public.certificates
  referencing new table as new_rows for each statement execute function certveil.count_list_rows('issued_count');
create or replace trigger count_updated after update on public.certificates
  referencing old table as old_rows new table as new_rows for each statement execute function certveil.count_list_rows('issued_count');
create or replace trigger count_deleted after delete on public.certificates
  referencing old table as old_rows for each statement execute function certveil.count_list_rows('issued_count');
