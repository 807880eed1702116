-- This app, and under apps:others the account's other apps; `others` counts those either way.
create or replace function certveil.read_connected_apps(p_digest bytea, p_now timestamptz)
returns table (
  app uuid, name text, publisher_domain text, connected_on date, last_used_on date, scopes text[], status text, is_this_app boolean,
  others integer
)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.enter(p_digest, p_now, 'apps:read');
  if not found then return; end if;
  return query
    select a.id, a.name, a.publisher_domain, a.connected_on,
           (select max(d.day) from public.disclosures d where d.account_id = g.account_id and d.app_id = a.id),
           array(select distinct s.scope from public.grants x cross join lateral unnest(x.scopes) s (scope)
                 where x.app_id = a.id and x.account_id = g.account_id and x.status = 'active' order by 1),
           a.status, a.id = g.app_id,
           (select count(*)::integer from public.apps o where o.account_id = g.account_id and o.id <> g.app_id and o.status <> 'revoked')
    from public.apps a
    where a.account_id = g.account_id and (a.id = g.app_id or ('apps:others' = any (g.scopes) and 'app.others' = any (g.accepted_fields) and a.status <> 'revoked'))
    order by a.id <> g.app_id, a.connected_at, a.name;
  perform certveil.leave();
end
$$;
