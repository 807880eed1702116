-- A consent only ever shrinks (laws of revocation): what was consented to stays as it was, a grant that ended lives no more, and a
-- row that comes back after it was deleted brings no more than was left of it.
create or replace function certveil.keep_consent_shut() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    if row (new.id, new.account_id, new.app_id, new.oidc_grant_id, new.consented_scopes, new.consented_fields)
         is distinct from row (old.id, old.account_id, old.app_id, old.oidc_grant_id, old.consented_scopes, old.consented_fields)
       or not new.scopes <@ old.scopes or not new.accepted_fields <@ old.accepted_fields
       or (old.status = 'revoked' and new.status <> 'revoked') then
      raise exception 'a grant never widens' using errcode = 'check_violation';
    end if;
  elsif new.status = 'active' and exists (
    select from public.consent_events e
    where e.grant_id = new.id and (e.kind in ('revoked', 'ended', 'lapsed') or (e.kind = 'narrowed' and not new.scopes <@ e.scopes))
  ) then
    raise exception 'a grant never widens' using errcode = 'check_violation';
  end if;
  return new;
end
$$;

create or replace trigger keep_consent_shut before insert or update on public.grants
  for each row execute function certveil.keep_consent_shut();
