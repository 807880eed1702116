-- By name. The same bounds as read_certificates: 4000 rows looked at, or the matches of the rarest word where it has fewer. (`exists`
-- instead of the scalar query might be hashed, which reads every certificate of the account.)
create or replace function certveil.read_recipients(
  p_digest bytea, p_now timestamptz, p_words text[], p_list uuid, p_has_certificate boolean, p_after_key text, p_after_rank integer,
  p_limit integer
)
returns table (
  recipient uuid, name text, email text, email_masked text, certificate_count integer, last_issued_on date, order_key text, order_rank integer
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  bound constant integer := 4000;
  sources text[];
  driver text;
  hits bigint;
  candidates text;
  page uuid[];
  furthest record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'recipients:read');
  if not found then return; end if;
  if p_list is not null and not exists (select from public.lists l where l.account_id = g.account_id and l.id = p_list) then
    raise exception 'no such list' using errcode = 'no_data_found';
  end if;
  -- Without a filter the statement is planned once and kept.
  if cardinality(p_words) = 0 and p_list is null and p_has_certificate is null then
    page := array(select c.id from public.recipients c
      where c.account_id = g.account_id and (c.name_key, c.name_rank) > (p_after_key collate "C", p_after_rank)
      order by c.name_key, c.name_rank limit p_limit);
  else
    sources := array(select s.source from (values ('name', 'recipient.name', 'recipients:read'), ('email', 'recipient.email', 'recipients:email'))
      s (source, field, scope) where s.field = any (g.accepted_fields) and s.scope = any (g.scopes));

    select w.word, w.hits into driver, hits from certveil.rarest_word('recipient_terms', g.account_id, p_words, sources, bound) w;

    candidates := case
      when hits <= bound then
        'select c.id, c.list_id, c.name_key, c.name_rank from (
           select distinct t.recipient_id from public.recipient_terms t
           where t.account_id = $1 and t.term >= $9 collate "C" and t.term < ($9 || chr(1114111)) collate "C" and t.source = any ($7)) t
         join public.recipients c on c.id = t.recipient_id and c.account_id = $1'
      else
        'select c.id, c.list_id, c.name_key, c.name_rank from public.recipients c
         where c.account_id = $1 and (c.name_key, c.name_rank) > ($2 collate "C", $3)'
        || case when p_list is not null then ' and c.list_id = $4' else '' end
        || ' order by c.name_key, c.name_rank limit ' || bound end;

    execute 'select array_agg(p.id order by p.n) from (select c.id, row_number() over () as n from (select c.id from (' || candidates || ') c
        where (c.name_key, c.name_rank) > ($2 collate "C", $3)'
      || case when p_list is not null then ' and c.list_id = $4' else '' end
      || case when p_has_certificate is not null then
        ' and $5 = ((select true from public.certificates x where x.recipient_id = c.id and x.account_id = $1 limit 1) is not null)' else '' end
      || case when cardinality(p_words) > 0 then
        ' and not exists (select from unnest($6) w (word) where not exists (
            select from public.recipient_terms o where o.recipient_id = c.id and o.account_id = $1
            and o.term >= w.word collate "C" and o.term < (w.word || chr(1114111)) collate "C" and o.source = any ($7)))' else '' end
      || ' order by c.name_key, c.name_rank limit $8) c) p'
      into page
      using g.account_id, p_after_key, p_after_rank, p_list, p_has_certificate, p_words, sources, p_limit, driver;
  end if;

  return query
    select r.id, certveil.without_address(r.name, r.email_key), case when 'recipients:email' = any (g.scopes) then r.email end, r.email_masked,
           n.certificates, n.last_issued_on, r.name_key::text, r.name_rank
    from unnest(page) with ordinality u (id, n)
    join public.recipients r on r.id = u.id
    cross join lateral (
      select count(*)::integer as certificates, max(x.issued_on) as last_issued_on
      from public.certificates x where x.recipient_id = r.id and x.account_id = g.account_id
    ) n
    order by u.n;

  if candidates is not null and coalesce(cardinality(page), 0) < p_limit and (hits is null or hits > bound) then
    execute 'select c.name_key::text, c.name_rank from (' || candidates || ') c order by c.name_key, c.name_rank offset ' || bound - 1
      into furthest
      using g.account_id, p_after_key, p_after_rank, p_list, p_has_certificate, p_words, sources, p_limit, driver;
    if furthest.name_key is not null then
      return query select null::uuid, null, null, null, null::integer, null::date, furthest.name_key, furthest.name_rank;
    end if;
  end if;
  perform certveil.leave();
end
$$;
