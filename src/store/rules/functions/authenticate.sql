-- What the front needs to know of a bearer token before it looks at a call. A paused app is known, but reads nothing.
-- In plpgsql, which keeps the plan: before Postgres 18 a function in SQL is planned on every call.
create or replace function certveil.authenticate(p_digest bytea, p_now timestamptz)
returns table (
  account_id uuid, app_id uuid, grant_id uuid, client_id text, resource text, expires_at timestamptz, scopes text[],
  accepted_fields text[], paused boolean, services text[]
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  return query
    select g.account_id, g.app_id, g.id, a.client_id, t.resource, t.expires_at,
           array(select scope from unnest(g.scopes) scope where scope = any (string_to_array(t.scope, ' '))),
           g.accepted_fields, a.status = 'paused',
           u.services
    from public.oauth_artifacts t
    join public.grants g on g.oidc_grant_id = t.oidc_grant_id and g.account_id = t.account_id
    join public.apps a on a.id = g.app_id and a.account_id = g.account_id and a.client_id = t.client_id
    join public.accounts p on p.id = g.account_id
    cross join lateral certveil.services_in_use(g.account_id, p_now) u (services)
    where t.kind = 'AccessToken' and t.digest = p_digest and current_setting('transaction_isolation') = 'read committed'
      and t.expires_at > greatest(p_now, statement_timestamp())
      and g.status = 'active' and a.status in ('active', 'paused')
      and p.disabled_at is null and p.hidden_at is null
      and cardinality(u.services) > 0;
end
$$;
