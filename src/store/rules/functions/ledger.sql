-- Appends a batch or nothing, to a chain that the caller knows: its id is random, and tools can't read it. An answered row must be
-- its token's own and still have the living grant with every scope that it used; no other row may name a field. The rows whose grant
-- has died are returned by their seq, and then nothing was written. `hold_app` makes a revocation wait for the batch or the batch see
-- the revocation.
create or replace function certveil.append_disclosures(
  p_writer uuid, p_now timestamptz, p_rows text, p_seq bigint, p_head bytea, p_signature bytea, p_key_id uuid
)
returns table (dead bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  app uuid;
  count bigint;
  first bigint;
  last bigint;
begin
  select count(distinct r.seq), min(r.seq), max(r.seq) into count, first, last from json_to_recordset(p_rows::json) as r (seq bigint);
  if count = 0 or last is distinct from p_seq or last - first + 1 <> count or first < 1 then
    raise exception 'a head signs the last of the rows that come with it' using errcode = 'check_violation';
  end if;
  if exists (
    select from json_to_recordset(p_rows::json) as r (field_names text[], record_count integer, outcome text)
    where r.outcome <> 'answered' and (cardinality(r.field_names) > 0 or r.record_count <> 0)
  ) then
    raise exception 'a row that was not answered names fields' using errcode = 'check_violation';
  end if;

  for app in
    select distinct g.app_id
    from (select distinct r.digest from json_to_recordset(p_rows::json) as r (digest text, outcome text) where r.outcome = 'answered') d
    cross join lateral certveil.live_grant(decode(d.digest, 'hex'), p_now) g
    order by 1
  loop
    perform certveil.hold_app(app);
  end loop;

  return query
    with entries as materialized (
      select r.* from json_to_recordset(p_rows::json) as r (
        seq bigint, leaf text, salt text, digest text, account_id uuid, app_id uuid, grant_id uuid, scopes text[], at timestamptz,
        tool text, purpose text, field_names text[], record_count integer, outcome text)
    ), living as materialized (
      select d.digest, g.account_id, g.app_id, g.grant_id, g.scopes from (select distinct e.digest from entries e where e.outcome = 'answered') d
      cross join lateral certveil.live_grant(decode(d.digest, 'hex'), p_now) g
    ), dead as materialized (
      select e.seq from entries e where e.outcome = 'answered' and not exists (
        select from living l where l.digest = e.digest and l.grant_id = e.grant_id and l.app_id = e.app_id and l.account_id = e.account_id
          and e.scopes <@ l.scopes)
    ), leaves as (
      insert into public.ledger_leaves (writer_id, seq, leaf)
        select p_writer, e.seq, decode(e.leaf, 'hex') from entries e where not exists (select from dead)
    ), told as (
      insert into public.disclosures
        (writer_id, seq, salt, account_id, app_id, grant_id, at, day, tool, purpose, field_names, record_count, outcome)
        select p_writer, e.seq, decode(e.salt, 'hex'), e.account_id, e.app_id, e.grant_id, e.at, (e.at at time zone 'UTC')::date,
               e.tool, e.purpose, e.field_names, e.record_count, e.outcome
        from entries e where not exists (select from dead)
    ), head as (
      insert into public.ledger_heads (writer_id, seq, head, signature, key_id, signed_at)
        select p_writer, p_seq, p_head, p_signature, p_key_id, p_now where not exists (select from dead)
    )
    select d.seq from dead d;
end
$$;
