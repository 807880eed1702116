import { shownVersion } from '../../policy/shapes/shown.ts';

/** The setting of a transaction whose rows are ordered and searched by what this version shows of texts, and by no more. */
export const shownSetting = 'certveil.shown';
/** `database_rules` notes the accounts in which other writers, such as an older version, left rows that are to be indexed again. */
export const awaited = 'search index of ';

const foreign = `coalesce(current_setting('${shownSetting}', true), '') <> '${shownVersion}'`;
const inserted = ['certificate_terms', 'recipient_terms', 'tls_names', 'lists', 'recipients'];
const reordered = ['lists', 'recipients'];

/** Functions and triggers that note whose rows wait. */
export function searchIndexSql(): string {
  const note = (accounts: string): string =>
    `insert into public.database_rules as r (name, hash, applied_at)
  select '${awaited}' || w.id, txid_current()::text, now() from (${accounts}) w (id)
  on conflict (name) do update set hash = excluded.hash where r.hash <> excluded.hash;`;
  return [
    trigger('await_index_of_inserted', `${note('select distinct account_id from new_rows')}\n  return null;`),
    trigger('await_index_of_reordered', `${note('values (new.account_id)')}\n  return null;`),
    trigger('forget_identity', 'new.identity_key := null;\n  return new;'),
    ...inserted.map(
      (table) => `create or replace trigger await_index after insert on public.${table}
  referencing new table as new_rows for each statement when (${foreign}) execute function certveil.await_index_of_inserted();`,
    ),
    ...reordered.map(
      (table) => `create or replace trigger await_index_again after update of name_key on public.${table}
  for each row when (${foreign}) execute function certveil.await_index_of_reordered();`,
    ),
    `create or replace trigger forget_identity before update of name_key on public.recipients
  for each row when (new.name_key <> old.name_key and ${foreign}) execute function certveil.forget_identity();`,
  ].join('\n');
}

function trigger(name: string, body: string): string {
  return `create or replace function certveil.${name}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  ${body}
end
$$;`;
}
