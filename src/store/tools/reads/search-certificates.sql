create or replace function certveil.certificate_status(expires_on date, revoked_on date, today date) returns text
language sql immutable parallel safe
as $$ select case when revoked_on is not null then 'revoked' when expires_on < today then 'expired' else 'valid' end $$;

-- Newest issued first; with an expiry to look for, soonest first. At most 4000 rows are looked at: when that was not enough for a
-- page, the last row has no certificate and says how far it came. Where the rarest word has fewer matches, they are read instead.
create or replace function certveil.read_certificates(
  p_digest bytea, p_now timestamptz, p_words text[], p_list uuid, p_status text, p_issued_from date, p_issued_to date,
  p_expires_before date, p_after_on date, p_after_number text, p_limit integer
)
returns table (
  certificate uuid, title text, recipient_name text, issued_on date, expires_on date, status text, list_name text, order_number text
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant date := (p_now at time zone 'UTC')::date;
  bound constant integer := 4000;
  soonest constant boolean := p_expires_before is not null or coalesce(p_status, '') = 'expired';
  sort constant text := case when soonest then 'c.expires_on, c.public_number' else 'c.issued_on desc, c.public_number desc' end;
  beyond constant text := case
    when soonest then '(c.expires_on, c.public_number) > ($2, $3 collate "C")'
    else '(c.issued_on, c.public_number) < ($2, $3 collate "C")' end;
  sources text[];
  driver text;
  hits bigint;
  candidates text;
  page uuid[];
  furthest record;
  after_on date := coalesce(p_after_on, case when soonest then '-infinity'::date else 'infinity'::date end);
  after_number text := coalesce(p_after_number, '');
  from_on constant date := coalesce(p_issued_from, '-infinity');
  to_on constant date := coalesce(p_issued_to, 'infinity');
  before_on date := least(p_expires_before, case when p_status = 'expired' then today end);
begin
  select * into g from certveil.enter(p_digest, p_now, 'certificates:read');
  if not found then return; end if;
  if p_list is not null and not exists (select from public.lists l where l.account_id = g.account_id and l.id = p_list) then
    raise exception 'no such list' using errcode = 'no_data_found';
  end if;
  -- One bound to enter the index at: with two, it may be entered at the looser one and walked from there to the page.
  if not soonest and p_issued_to < after_on then
    after_on := p_issued_to + 1;
    after_number := '';
  elsif soonest and p_status = 'valid' and after_on < today then
    after_on := today;
    after_number := '';
  end if;

  -- Without a filter the statement is planned once and kept.
  if cardinality(p_words) = 0 and p_list is null and p_status is null and not soonest then
    page := array(select c.id from public.certificates c
      where c.account_id = g.account_id and (c.issued_on, c.public_number) < (after_on, after_number collate "C") and c.issued_on >= from_on
      order by c.issued_on desc, c.public_number desc limit p_limit);
  else
    sources := array(select s.source from (values ('title', 'certificate.title'), ('recipient_name', 'certificate.recipient_name'),
      ('public_number', 'certificate.public_number')) s (source, field) where s.field = any (g.accepted_fields));

    select w.word, w.hits into driver, hits from certveil.rarest_word('certificate_terms', g.account_id, p_words, sources, bound) w;

    candidates := case
      when hits <= bound then
        'select c.id, c.list_id, c.issued_on, c.expires_on, c.revoked_on, c.public_number from (
           select distinct t.certificate_id from public.certificate_terms t
           where t.account_id = $1 and t.term >= $13 collate "C" and t.term < ($13 || chr(1114111)) collate "C" and t.source = any ($11)) t
         join public.certificates c on c.id = t.certificate_id and c.account_id = $1'
      else
        'select c.id, c.list_id, c.issued_on, c.expires_on, c.revoked_on, c.public_number from public.certificates c
         where c.account_id = $1 and ' || beyond
        || case when p_list is not null then ' and c.list_id = $4' else '' end
        || case when soonest then ' and c.expires_on < $8' else ' and c.issued_on >= $6' end
        || case when p_status = 'revoked' then ' and c.revoked_on is not null' else '' end
        || ' order by ' || sort || ' limit ' || bound end;

    execute 'select array_agg(p.id order by p.n) from (select c.id, row_number() over () as n from (select c.id from (' || candidates || ') c where '
      || beyond || ' and c.issued_on >= $6' || case when soonest then ' and c.issued_on <= $7' else '' end
      || case when p_list is not null then ' and c.list_id = $4' else '' end
      || case when before_on is not null then ' and c.expires_on < $8' else '' end
      || case when p_status is not null then ' and certveil.certificate_status(c.expires_on, c.revoked_on, $9) = $5' else '' end
      || case when cardinality(p_words) > 0 then
        ' and not exists (select from unnest($10) w (word) where not exists (
            select from public.certificate_terms o where o.certificate_id = c.id and o.account_id = $1
            and o.term >= w.word collate "C" and o.term < (w.word || chr(1114111)) collate "C" and o.source = any ($11)))' else '' end
      || ' order by ' || sort || ' limit $12) c) p'
      into page
      using g.account_id, after_on, after_number, p_list, p_status, from_on, to_on, before_on, today, p_words, sources,
        p_limit, driver;
  end if;

  return query
    select c.id, certveil.without_address(c.title, r.email_key), certveil.without_address(r.name, r.email_key), c.issued_on, c.expires_on,
           certveil.certificate_status(c.expires_on, c.revoked_on, today),
           l.name::text, c.public_number::text
    from unnest(page) with ordinality u (id, n)
    join public.certificates c on c.id = u.id
    join public.recipients r on r.id = c.recipient_id
    join public.lists l on l.id = c.list_id
    order by u.n;

  if candidates is not null and coalesce(cardinality(page), 0) < p_limit and (hits is null or hits > bound) then
    execute 'select c.issued_on, c.expires_on, c.public_number::text from (' || candidates || ') c order by ' || sort
      || ' offset ' || bound - 1
      into furthest
      using g.account_id, after_on, after_number, p_list, p_status, from_on, to_on, before_on, today, p_words, sources,
        p_limit, driver;
    if furthest.public_number is not null then
      return query select null::uuid, null, null, furthest.issued_on, furthest.expires_on, null, null, furthest.public_number;
    end if;
  end if;
  perform certveil.leave();
end
$$;
