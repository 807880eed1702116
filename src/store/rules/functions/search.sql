-- The word with the fewest matches among the terms of certificates or recipients, and how many, counted no further than one beyond
-- the bound: a search that has it few times reads those, and not the records in their order. A bitmap would read every match of a
-- frequent word before the bound counts.
create or replace function certveil.rarest_word(p_terms text, p_account uuid, p_words text[], p_sources text[], p_bound integer)
returns table (word text, hits bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set enable_bitmapscan = off
as $$
begin
  return query execute format(
    'select w.word, h.hits from unnest($2) w (word)
     cross join lateral (select count(*) as hits from (
       select from public.%I t
       where t.account_id = $1 and t.term >= w.word collate "C" and t.term < (w.word || chr(1114111)) collate "C" and t.source = any ($3)
       limit $4 + 1) counted) h
     order by h.hits, w.word limit 1', p_terms)
    using p_account, p_words, p_sources, p_bound;
end
$$;
