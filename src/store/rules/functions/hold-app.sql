-- Until the transaction ends, a revocation of the app waits, or this has waited for it. Nothing that tools may call locks an app any
-- stronger, so that changes of an app, which do, never wait for one another's readers for long (see lockApp).
create or replace function certveil.hold_app(p_app uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$ begin perform from public.apps a where a.id = p_app for key share; end $$;
