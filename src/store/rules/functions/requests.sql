-- What an app may do for its person about privacy requests. Each call finds its living grant, waits for a revocation that is under
-- way, and looks again: what it writes, it writes while the grant lives.
create or replace function certveil.grant_to_act(p_digest bytea, p_now timestamptz, p_scope text)
returns table (account_id uuid, app_id uuid)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  app uuid;
begin
  select l.app_id into app from certveil.live_grant(p_digest, p_now) l where p_scope = any (l.scopes);
  if not found then return; end if;
  perform certveil.hold_app(app);
  return query select l.account_id, l.app_id from certveil.live_grant(p_digest, p_now) l where p_scope = any (l.scopes);
end
$$;

-- Files a request that waits for the person. Nothing else changes. An app has at most 20 that wait, and files 50 a day, taken back or not.
create or replace function certveil.file_request(
  p_digest bytea, p_now timestamptz, p_kind text, p_service text, p_categories text[], p_due_on date, p_due_by text
)
returns table (request uuid, kind text, status text, received_on date, due_on date)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
  today constant date := (p_now at time zone 'UTC')::date;
  most constant integer := 20;
  most_a_day constant integer := 50;
begin
  select * into g from certveil.grant_to_act(p_digest, p_now, 'privacy:write');
  if not found then return; end if;
  if not exists (select from public.memberships m where m.account_id = g.account_id and m.service = p_service) then return; end if;
  if p_due_on < today or p_due_on > today + 31 then
    raise exception 'a request is answered within a month' using errcode = 'check_violation';
  end if;
  perform from public.memberships m where m.account_id = g.account_id order by m.service for no key update;
  if (select count(*) from public.privacy_requests r
      where r.account_id = g.account_id and r.app_id = g.app_id and r.status = 'awaiting_confirmation') >= most then
    raise exception 'too many requests wait' using errcode = 'CV429';
  end if;
  if (select count(*) from public.privacy_requests r join public.request_steps s on s.request_id = r.id
      where r.account_id = g.account_id and r.app_id = g.app_id and r.received_on >= today - 1
        and s.actor = 'app' and s.status = 'awaiting_confirmation' and s.at > p_now - interval '1 day') >= most_a_day then
    raise exception 'too many requests were filed today' using errcode = 'CV429';
  end if;
  return query
    with filed as (
      insert into public.privacy_requests
        (account_id, app_id, kind, service, categories, channel, status, received_on, due_on, due_by)
      values (g.account_id, g.app_id, p_kind, p_service, p_categories, 'assistant', 'awaiting_confirmation', today, p_due_on, p_due_by)
      returning id, account_id, kind, status, received_on, due_on
    ), noted as (
      insert into public.request_steps (account_id, request_id, at, actor, status)
      select f.account_id, f.id, p_now, 'app', f.status from filed f
    )
    select f.id, f.kind, f.status, f.received_on, f.due_on from filed f;
end
$$;

-- Takes back a request of the same app that still waits for the person; once taken back, it says so again.
create or replace function certveil.cancel_request(p_digest bytea, p_now timestamptz, p_request uuid)
returns table (request uuid, status text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.grant_to_act(p_digest, p_now, 'privacy:write');
  if not found then return; end if;
  return query
    with cancelled as (
      update public.privacy_requests r set status = 'withdrawn', closed_at = p_now
      where r.id = p_request and r.account_id = g.account_id and r.app_id = g.app_id and r.status = 'awaiting_confirmation'
      returning r.id, r.account_id, r.status
    ), noted as (
      insert into public.request_steps (account_id, request_id, at, actor, status)
      select c.account_id, c.id, p_now, 'app', c.status from cancelled c
    )
    select c.id, c.status from cancelled c
    union all
    select r.id, r.status from public.privacy_requests r
    where r.id = p_request and r.account_id = g.account_id and r.app_id = g.app_id and r.status = 'withdrawn'
      and r.confirmed_at is null;
end
$$;

-- Whether a legal hold keeps everything of the person's account; no row without a living token.
create or replace function certveil.under_hold(p_digest bytea, p_now timestamptz)
returns table (held boolean)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  account uuid;
begin
  select l.account_id into account from certveil.live_grant(p_digest, p_now) l where 'privacy:read' = any (l.scopes);
  if not found then return; end if;
  return query select exists (select from public.legal_holds h where h.account_id = account and h.lifted_at is null);
end
$$;

-- Opts the person out of marketing, now or since they did.
create or replace function certveil.opt_out_of_marketing(p_digest bytea, p_now timestamptz, p_service text)
returns table (effective_on date)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  g record;
begin
  select * into g from certveil.grant_to_act(p_digest, p_now, 'privacy:write');
  if not found then return; end if;
  return query
    update public.memberships m set marketing_opt_out_at = coalesce(m.marketing_opt_out_at, p_now)
    where m.account_id = g.account_id and m.service = p_service
    returning (m.marketing_opt_out_at at time zone 'UTC')::date;
end
$$;
