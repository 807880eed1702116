-- The account's own counts, newest period first, each period there: 24 months, 12 quarters or 10 years. Closed months come from
-- their own rows; of the running one only the days that have come, and what expires today is still valid.
create or replace function certveil.read_issuance_stats(p_digest bytea, p_now timestamptz, p_period text, p_list uuid)
returns table (period text, issued integer, revoked integer, expired integer)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant text := to_char(p_now at time zone 'UTC', 'YYYY-MM-DD');
  step constant interval := case p_period when 'year' then interval '1 year' when 'quarter' then interval '3 months' else interval '1 month' end;
  written constant text := case p_period when 'year' then 'YYYY' when 'quarter' then 'YYYY-"Q"Q' else 'YYYY-MM' end;
  last_start constant timestamp := date_trunc(p_period, p_now at time zone 'UTC');
  first_start constant timestamp := last_start - step * case p_period when 'year' then 9 when 'quarter' then 11 else 23 end;
begin
  select * into g from certveil.enter(p_digest, p_now, 'certificates:read');
  if not found then return; end if;
  if p_list is null or exists (select from public.lists l where l.account_id = g.account_id and l.id = p_list) then
    return query execute
      'with counted as (
         select to_char(to_date(left(c.period, 7), ''YYYY-MM''), $4) as period, c.issued, c.revoked,
                case when c.period < $3 then c.expired else 0 end as expired
         from public.issuance_counts c
         where c.account_id = $1 and ' || case when p_list is null then 'c.list_id is null' else 'c.list_id = $2' end || '
           and c.period >= to_char($5, ''YYYY-MM'') and c.period <= $3
           and length(c.period) = case when left(c.period, 7) = left($3, 7) then 10 else 7 end
       )
       select to_char(s.starts, $4), coalesce(sum(c.issued), 0)::integer, coalesce(sum(c.revoked), 0)::integer,
              coalesce(sum(c.expired), 0)::integer
       from generate_series($5, $6, $7) s (starts)
       left join counted c on c.period = to_char(s.starts, $4)
       group by s.starts
       order by s.starts desc'
      using g.account_id, p_list, today, written, first_start, last_start, step;
  end if;
  perform certveil.leave();
end
$$;
