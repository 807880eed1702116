import type { BulkTransaction } from '../engine/bulk.ts';
import type { Merge } from './merge.ts';

/** An empty cell clears a certificate's value, and one that moved to another list keeps none of the old list's values. */
export async function mergeCustomValues(bulk: BulkTransaction): Promise<void> {
  await bulk.run(
    `create temp table import_values on commit drop as
     select t.certificate_id, t.list_id, t.hidden_at, k.name, k.shared, v.value
     from import_rows s
     join import_targets t on t.line = s.line
     cross join lateral unnest(s.custom_values) with ordinality as v(value, at)
     join import_columns k on k.at = v.at
     where v.value is not null or not t.is_new`,
  );
  await bulk.run('analyze import_values');
  await bulk.run(
    `insert into custom_fields (account_id, list_id, shared_name, private_name, hidden_at)
     select distinct l.account_id, l.id, case when v.shared then v.name end, case when not v.shared then v.name end, l.hidden_at
     from import_values v join lists l on l.id = v.list_id
     where v.value is not null
     on conflict do nothing`,
  );
  await bulk.run(
    `update custom_values v set hidden_at = t.hidden_at from import_targets t where v.certificate_id = t.certificate_id and t.is_rehidden`,
  );
  await bulk.run('create temp table import_edited (id uuid) on commit drop');
  await bulk.run(
    `with gone as (
       delete from custom_values old using import_targets t, custom_fields f
       where old.certificate_id = t.certificate_id and not t.is_new and f.id = old.field_id and f.list_id <> t.list_id
       returning old.certificate_id
     ) insert into import_edited select distinct certificate_id from gone`,
  );
  await bulk.run(
    `with cleared as (
       delete from custom_values old using import_values v, custom_fields f
       where v.value is null and f.list_id = v.list_id and (case when v.shared then f.shared_name else f.private_name end) = v.name
         and old.certificate_id = v.certificate_id and old.field_id = f.id
       returning old.certificate_id
     ) insert into import_edited select distinct certificate_id from cleared`,
  );
  await bulk.run(
    `with filled as (
       insert into custom_values as old (account_id, certificate_id, field_id, shared_value, private_value, hidden_at)
       select f.account_id, v.certificate_id, f.id, case when v.shared then v.value end, case when not v.shared then v.value end, v.hidden_at
       from import_values v
       join custom_fields f on f.list_id = v.list_id and (case when v.shared then f.shared_name else f.private_name end) = v.name
       where v.value is not null
       on conflict (certificate_id, field_id) do update set shared_value = excluded.shared_value, private_value = excluded.private_value
       where (old.shared_value, old.private_value) is distinct from (excluded.shared_value, excluded.private_value)
       returning certificate_id
     ) insert into import_edited select distinct certificate_id from filled`,
  );
}

/** The search index of what is new or reads differently now. */
export async function mergeTerms(bulk: BulkTransaction, { accountId }: Merge): Promise<void> {
  await bulk.run(
    `delete from certificate_terms where certificate_id in (select certificate_id from import_targets where is_reworded and not is_new)`,
  );
  await bulk.run(
    `insert into certificate_terms (account_id, term, issued_on, public_number, source, certificate_id, hidden_at)
     select $1::uuid, w.term, t.issued_on, t.public_number, w.source, t.certificate_id, t.hidden_at
     from import_targets t
     join import_rows s on s.line = t.line
     cross join lateral (
       select unnest(s.title_terms) as term, 'title' as source
       union all select unnest(s.name_terms), 'recipient_name'
       union all select unnest(s.number_terms), 'public_number'
     ) w
     where t.is_reworded
     order by w.term, t.issued_on, t.public_number`,
    [accountId],
  );
  await bulk.run(
    `delete from certificate_terms t using certificates c, import_recipients n
     where n.is_reordered and c.recipient_id = n.id and t.certificate_id = c.id and t.source = 'recipient_name'`,
  );
  await bulk.run(
    `insert into certificate_terms (account_id, term, issued_on, public_number, source, certificate_id, hidden_at)
     select c.account_id, w.term, c.issued_on, c.public_number, 'recipient_name', c.id, c.hidden_at
     from import_recipients n join certificates c on c.recipient_id = n.id cross join lateral unnest(n.name_terms) w (term)
     where n.is_reordered`,
  );
  await bulk.run('delete from recipient_terms where recipient_id in (select id from import_recipients where is_respelled)');
  await bulk.run(
    `insert into recipient_terms (account_id, term, name_key, name_rank, source, recipient_id, hidden_at)
     select $1::uuid, w.term, r.name_key, r.name_rank, w.source, r.id, r.hidden_at
     from import_recipients n
     join recipients r on r.id = n.id
     cross join lateral (select unnest(n.name_terms) as term, 'name' as source union all select unnest(n.email_terms), 'email') w
     where n.is_new or n.is_respelled
     order by w.term, r.name_key, r.name_rank`,
    [accountId],
  );
}
