-- What get_issuance_stats answers: an account's visible certificates by day and month, of each list and of all. Statement triggers,
-- so that an import pays once; a change of neither dates, list nor visibility (another verification code, say) adds up to nothing.
create or replace function certveil.count_issuance() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  changes constant text := case tg_op
    when 'INSERT' then 'select n.*, 1 as change from new_rows n'
    when 'DELETE' then 'select o.*, -1 as change from old_rows o'
    else 'select n.*, 1 as change from new_rows n union all select o.*, -1 from old_rows o' end;
  changed bigint;
begin
  execute format(
    'with days as materialized (
       select c.account_id, c.list_id, e.day, sum(e.issued * c.change)::integer as issued, sum(e.revoked * c.change)::integer as revoked,
              sum(e.expired * c.change)::integer as expired
       from (%s) c
       cross join lateral (values (c.issued_on, 1, 0, 0), (c.revoked_on, 0, 1, 0),
         (case when c.revoked_on <= c.expires_on then null else c.expires_on end, 0, 0, 1)) e (day, issued, revoked, expired)
       where c.hidden_at is null and e.day is not null
       group by c.account_id, c.list_id, e.day
       having sum(e.issued * c.change) <> 0 or sum(e.revoked * c.change) <> 0 or sum(e.expired * c.change) <> 0
     )
     insert into public.issuance_counts as known (account_id, list_id, period, issued, revoked, expired)
     select d.account_id, d.list_id, p.period, sum(d.issued), sum(d.revoked), sum(d.expired)
     from days d cross join lateral (values (to_char(d.day, ''YYYY-MM-DD'')), (to_char(d.day, ''YYYY-MM''))) p (period)
     group by grouping sets ((d.account_id, d.list_id, p.period), (d.account_id, p.period))
     having sum(d.issued) <> 0 or sum(d.revoked) <> 0 or sum(d.expired) <> 0
     order by d.account_id, d.list_id, p.period
     on conflict (account_id, list_id, period) do update
     set issued = known.issued + excluded.issued, revoked = known.revoked + excluded.revoked, expired = known.expired + excluded.expired',
    changes);
  get diagnostics changed = row_count;
  if changed > 0 and tg_op <> 'INSERT' then
    execute 'delete from public.issuance_counts c using (select distinct account_id from old_rows) o
      where c.account_id = o.account_id and c.issued = 0 and c.revoked = 0 and c.expired = 0';
  end if;
  return null;
end
$$;

create or replace trigger count_issuance_inserted after insert on public.certificates
  referencing new table as new_rows for each statement execute function certveil.count_issuance();
create or replace trigger count_issuance_updated after update on public.certificates
  referencing old table as old_rows new table as new_rows for each statement execute function certveil.count_issuance();
create or replace trigger count_issuance_deleted after delete on public.certificates
  referencing old table as old_rows for each statement execute function certveil.count_issuance();
