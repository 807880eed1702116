-- Whether a domain's contacts are public, which fields of them, and the latest periods during which they were (CS-16). A period that
-- lasts ends on ''.
create or replace function certveil.read_domain_contact_privacy(p_digest bytea, p_now timestamptz, p_domain text, p_most_periods integer)
returns table (
  domain text, privacy_on boolean, published_field_names text[], required_by text, exposures_started_on text[], exposures_ended_on text[]
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'tls:contacts');
  if not found then return; end if;
  return query
    select p.domain::text, p.privacy_on, p.published_field_names[1:50], p.required_by,
           coalesce(periods.started_on, '{}'), coalesce(periods.ended_on, '{}')
    from public.domain_privacy p
    left join lateral (
      select array_agg(e.started_on::text order by e.started_on) as started_on, array_agg(coalesce(e.ended_on::text, '') order by e.started_on) as ended_on
      from (
        select x.started_on, x.ended_on from public.domain_exposures x
        where x.account_id = g.account_id and x.domain = p.domain order by x.started_on desc limit p_most_periods
      ) e
    ) periods on true
    where p.account_id = g.account_id and p.domain = p_domain collate "C";
  perform certveil.leave();
end
$$;
