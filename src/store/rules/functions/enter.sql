-- Opens a read: resolves the grant itself, demands the read's scope, and sets the account that row-level security obeys.
create or replace function certveil.enter(p_digest bytea, p_now timestamptz, p_scope text)
returns table (account_id uuid, app_id uuid, scopes text[], accepted_fields text[])
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.live_grant(p_digest, p_now) l where p_scope = any (l.scopes);
  if not found then
    perform set_config('app.account', '', true);
    return;
  end if;
  perform set_config('app.account', g.account_id::text, true);
  perform set_config('app.now', p_now::text, true);
  return query select g.account_id, g.app_id, g.scopes, g.accepted_fields;
end
$$;

-- Closes it: nothing that follows in the transaction sees the account's rows.
create or replace function certveil.leave() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$ begin perform set_config('app.account', '', true); end $$;
