-- By the end of validity, earliest first. At most 4000 rows are looked at: when that was not enough for a page, the last row has no
-- certificate and says how far it came. `p_names` are the names that stand for the domain that was asked for; null for any.
create or replace function certveil.read_tls_certificates(
  p_digest bytea, p_now timestamptz, p_names text[], p_type text, p_status text, p_after_on date, p_after_key text, p_limit integer
)
returns table (
  tls_certificate uuid, common_name text, type text, issuer text, valid_from date, valid_until date, status text, order_key text
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant date := (p_now at time zone 'UTC')::date;
  bound constant integer := 4000;
  candidates text;
  page uuid[];
  furthest record;
  after_on date := coalesce(p_after_on, '-infinity');
  after_key text := coalesce(p_after_key, '');
  to_on date := case when p_status = 'expired' then today - 1 else 'infinity'::date end;
begin
  select * into g from certveil.enter(p_digest, p_now, 'tls:read');
  if not found then return; end if;
  -- One bound to enter the index at: with two, it may be entered at the looser one and walked from there to the page.
  if p_status = 'valid' and after_on < today then
    after_on := today;
    after_key := '';
  end if;

  candidates := 'select c.id, c.valid_until, c.serial_key, c.type, c.revoked_on from '
    || case when p_names is not null then
      '(select distinct m.certificate_id, m.valid_until, m.serial_key from unnest($2) w (name) cross join lateral (
         select n.certificate_id, n.valid_until, n.serial_key from public.tls_names n
         where n.account_id = $1 and n.name = w.name collate "C" and (n.valid_until, n.serial_key) > ($3, $4 collate "C")
           and n.valid_until <= $5
         order by n.valid_until, n.serial_key limit ' || bound || ') m
       order by m.valid_until, m.serial_key limit ' || bound || ') n
       join public.tls_certificates c on c.id = n.certificate_id and c.account_id = $1'
    else
      'public.tls_certificates c
       where c.account_id = $1 and (c.valid_until, c.serial_key) > ($3, $4 collate "C") and c.valid_until <= $5'
      || case when p_type is not null then ' and c.type = $6' else '' end
      || case when p_status = 'revoked' then ' and c.revoked_on is not null' else '' end end
    || ' order by c.valid_until, c.serial_key limit ' || bound;

  execute 'select array_agg(p.id order by p.n) from (select c.id, row_number() over () as n from (
      select c.id from (' || candidates || ') c where true'
    || case when p_type is not null then ' and c.type = $6' else '' end
    || case when p_status is not null then ' and certveil.certificate_status(c.valid_until, c.revoked_on, $8) = $7' else '' end
    || ' order by c.valid_until, c.serial_key limit $9) c) p'
    into page
    using g.account_id, p_names, after_on, after_key, to_on, p_type, p_status, today, p_limit;

  return query
    select c.id, c.common_name, c.type, c.issuer, c.valid_from, c.valid_until,
           certveil.certificate_status(c.valid_until, c.revoked_on, today), c.serial_key::text
    from unnest(page) with ordinality u (id, n)
    join public.tls_certificates c on c.id = u.id
    order by u.n;

  if coalesce(cardinality(page), 0) < p_limit then
    execute 'select k.valid_until, k.serial_key::text from (' || candidates || ') k order by 1, 2 offset ' || bound - 1
      into furthest
      using g.account_id, p_names, after_on, after_key, to_on, p_type, p_status, today, p_limit;
    if furthest.serial_key is not null then
      return query select null::uuid, null, null, null, null::date, furthest.valid_until, null, furthest.serial_key;
    end if;
  end if;
  perform certveil.leave();
end
$$;
