create or replace function certveil.open_ledger(p_writer uuid, p_now timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog
as $$ insert into public.ledger_writers (id, started_at) values (p_writer, p_now) $$;

-- Appends a batch or nothing. An answered row must still have its living grant with every scope that it used: the rows that
-- have not are returned by their seq, and then nothing was written. The shared lock makes a revocation wait for the batch or
-- the batch see the revocation.
create or replace function certveil.append_disclosures(
  p_writer uuid, p_now timestamptz, p_rows text, p_seq bigint, p_head bytea, p_signature bytea, p_key_id uuid
)
returns table (dead bigint)
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
declare
  app text;
begin
  for app in
    select distinct r.app_id from json_to_recordset(p_rows::json) as r (app_id text, outcome text)
    where r.outcome = 'answered' order by 1
  loop
    perform pg_advisory_xact_lock_shared(hashtextextended('app:' || app, 0));
  end loop;

  return query
    select r.seq from json_to_recordset(p_rows::json) as r (seq bigint, digest text, grant_id uuid, scopes text[], outcome text)
    where r.outcome = 'answered' and not exists (
      select from certveil.live_grant(decode(r.digest, 'hex'), p_now) g where g.grant_id = r.grant_id and r.scopes <@ g.scopes);
  if found then return; end if;

  insert into public.ledger_leaves (writer_id, seq, leaf)
    select p_writer, r.seq, decode(r.leaf, 'hex') from json_to_recordset(p_rows::json) as r (seq bigint, leaf text);
  insert into public.disclosures
    (writer_id, seq, salt, account_id, app_id, grant_id, at, day, tool, purpose, field_names, record_count, outcome)
    select p_writer, r.seq, decode(r.salt, 'hex'), r.account_id, r.app_id, r.grant_id, r.at, (r.at at time zone 'UTC')::date,
           r.tool, r.purpose, r.field_names, r.record_count, r.outcome
    from json_to_recordset(p_rows::json) as r (
      seq bigint, salt text, account_id uuid, app_id uuid, grant_id uuid, at timestamptz, tool text, purpose text,
      field_names text[], record_count integer, outcome text);
  insert into public.ledger_heads (writer_id, seq, head, signature, key_id, signed_at)
    values (p_writer, p_seq, p_head, p_signature, p_key_id, p_now);
end
$$;
