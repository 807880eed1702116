-- How many certificates end how soon, and the first few of each; a bucket without any is one row without a certificate. Revoked ones
-- don't expire. A count goes no further than `p_most`.
create or replace function certveil.read_tls_expiry(
  p_digest bytea, p_now timestamptz, p_within_days integer, p_first integer, p_most integer
)
returns table (bucket text, total integer, tls_certificate uuid, common_name text, valid_until date)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant date := (p_now at time zone 'UTC')::date;
  last_day constant date := today + p_within_days;
begin
  select * into g from certveil.enter(p_digest, p_now, 'tls:read');
  if not found then return; end if;
  return query
    with buckets (n, bucket, from_on, to_on) as (
      values (1, 'expired', '-infinity'::date, today - 1), (2, '7_days', today, least(today + 7, last_day)),
             (3, '30_days', today + 8, least(today + 30, last_day)), (4, '90_days', today + 31, least(today + 90, last_day)),
             (5, 'later', today + 91, last_day)
    )
    select b.bucket, counted.total, c.id, c.common_name, c.valid_until
    from buckets b
    cross join lateral (
      select count(*)::integer as total from (
        select from public.tls_certificates t
        where t.account_id = g.account_id and t.valid_until >= b.from_on and t.valid_until <= b.to_on and t.revoked_on is null
        limit p_most) found
    ) counted
    left join lateral (
      (select t.id, t.common_name, t.valid_until, t.serial_key from public.tls_certificates t
       where b.bucket <> 'expired' and t.account_id = g.account_id and t.valid_until >= b.from_on and t.valid_until <= b.to_on
         and t.revoked_on is null
       order by t.valid_until, t.serial_key limit p_first)
      union all
      (select t.id, t.common_name, t.valid_until, t.serial_key from public.tls_certificates t
       where b.bucket = 'expired' and t.account_id = g.account_id and t.valid_until <= b.to_on and t.revoked_on is null
       order by t.valid_until desc, t.serial_key desc limit p_first)
    ) c on true
    order by b.n, abs(c.valid_until - today), c.serial_key;
  perform certveil.leave();
end
$$;
