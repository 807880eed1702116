import { dayOf } from '../../words/dates.ts';
import type { BulkTransaction } from '../engine/bulk.ts';
import { restrictedAddresses, stampOfService } from '../visibility/standing-restrictions.ts';

export interface Merge {
  readonly accountId: string;
  readonly now: Date;
  /** Columns that a file may leave out; what is stored of them then stays. */
  readonly has: { readonly description: boolean; readonly expiry: boolean };
}

/**
 * Lists by name, recipients by list, address and whole folded name; a file's last spelling of a recipient wins.
 * A new record is as hidden as the one that it hangs on, and as a restriction that stands today says (CS-44).
 */
export async function mergeRecipients(bulk: BulkTransaction, { accountId, now }: Merge): Promise<void> {
  await bulk.run(
    `insert into lists (account_id, name, name_key, created_on, hidden_at)
     select a.id, s.list_name,
            s.list_key || case when s.list_is_shown then '' else
              e'\\x01' || to_char(last.number + row_number() over (partition by s.list_key, s.list_is_shown order by s.line), 'FM000000') end,
            $2::date, coalesce(a.hidden_at, $3::timestamptz)
     from (select list_name, list_key, list_is_shown, min(line) as line from import_rows group by 1, 2, 3) s
     join accounts a on a.id = $1::uuid
     cross join lateral (
       select coalesce(max(split_part(l.name_key, e'\\x01', 2)::integer), 0) as number
       from lists l
       where not s.list_is_shown and l.account_id = a.id and split_part(l.name_key, e'\\x01', 1) = s.list_key and l.name_key like e'%\\x01%'
     ) last
     where not exists (select from lists l where l.account_id = a.id and l.name = s.list_name)
     on conflict do nothing`,
    [accountId, dayOf(now), await stampOfService(bulk, accountId, 'certfusion')],
  );
  await bulk.run(
    `create temp table import_recipients on commit drop as
     select n.*, coalesce(r.id, gen_random_uuid()) as id, r.id is null as is_new,
            r.id is not null and (r.name, r.email, r.name_key) is distinct from (n.name, n.email, n.name_key) as is_respelled,
            r.id is not null and r.name_key <> n.name_key as is_reordered,
            case when r.name_key = n.name_key then r.name_rank
                 else coalesce(last.name_rank, 0) + row_number() over (partition by n.name_key, coalesce(r.name_key = n.name_key, false) order by n.line) end as name_rank
     from (
       select distinct on (l.id, s.email_key, s.identity_key)
              l.id as list_id, coalesce(l.hidden_at, x.hidden_at) as hidden_at, s.line, s.name, s.name_key, s.identity_key, s.email, s.email_masked, s.email_key,
              s.name_terms, s.email_terms
       from import_rows s join lists l on l.account_id = $1::uuid and l.name = s.list_name
       left join (${restrictedAddresses}) x on x.email_key = s.email_key
       order by l.id, s.email_key, s.identity_key, s.line desc
     ) n
     left join recipients r on r.list_id = n.list_id and r.email_key = n.email_key and coalesce(r.identity_key, r.name_key) = n.identity_key
     left join lateral (
       select o.name_rank from recipients o
       where o.account_id = $1::uuid and o.name_key = n.name_key and r.name_key is distinct from n.name_key order by o.name_rank desc limit 1
     ) last on true`,
    [accountId],
  );
  await bulk.run('analyze import_recipients');
  await bulk.run(
    `update recipients r set name = n.name, name_key = n.name_key, name_rank = n.name_rank, identity_key = nullif(n.identity_key, n.name_key),
                             email = n.email, email_masked = n.email_masked
     from import_recipients n where r.id = n.id and n.is_respelled`,
  );
  await bulk.run(
    `insert into recipients (id, account_id, list_id, name, name_key, name_rank, identity_key, email, email_masked, email_key, created_at, hidden_at)
     select n.id, $1::uuid, n.list_id, n.name, n.name_key, n.name_rank, nullif(n.identity_key, n.name_key), n.email, n.email_masked, n.email_key,
            $2::timestamptz, n.hidden_at
     from import_recipients n
     where n.is_new order by n.name_key, n.line`,
    [accountId, now.toISOString()],
  );
}

/** Certificates by public number. A known day of revocation stays, and a file never takes a revocation back. */
export async function mergeCertificates(bulk: BulkTransaction, { accountId, now, has }: Merge): Promise<void> {
  await bulk.run(
    `create temp table import_targets on commit drop as
     select w.*, (w.list_id, w.recipient_id, w.title, w.description, w.issued_on, w.expires_on, w.revoked_on) is distinct from
                 (c.list_id, c.recipient_id, c.title, c.description, c.issued_on, c.expires_on, c.revoked_on) as is_changed,
            (w.recipient_id, w.title, w.issued_on, w.hidden_at) is distinct from (c.recipient_id, c.title, c.issued_on, c.hidden_at) as is_reworded,
            c.id is not null and w.hidden_at is distinct from c.hidden_at as is_rehidden
     from (
       select s.line, c.id is null as is_new, coalesce(c.id, gen_random_uuid()) as certificate_id, n.list_id, r.id as recipient_id,
              s.title, s.public_number, s.issued_on, coalesce(case when c.hidden_at is distinct from o.hidden_at then c.hidden_at end, r.hidden_at, n.hidden_at) as hidden_at,
              ${has.description ? 's' : 'c'}.description, ${has.expiry ? 's' : 'c'}.expires_on,
              case when s.status = 'revoked' then coalesce(c.revoked_on, $2::date) else c.revoked_on end as revoked_on
       from import_rows s
       join lists l on l.account_id = $1::uuid and l.name = s.list_name
       join import_recipients n on n.list_id = l.id and n.email_key = s.email_key and n.identity_key = s.identity_key
       join recipients r on r.id = n.id
       left join certificates c on c.account_id = $1::uuid and c.public_number = s.public_number
       left join recipients o on o.id = c.recipient_id
     ) w left join certificates c on c.id = w.certificate_id`,
    [accountId, dayOf(now)],
  );
  await bulk.run('create index on import_targets (certificate_id)');
  await bulk.run('analyze import_targets');
  await bulk.run(
    `update certificates c
     set list_id = t.list_id, recipient_id = t.recipient_id, title = t.title, description = t.description, issued_on = t.issued_on,
         expires_on = t.expires_on, revoked_on = t.revoked_on, hidden_at = t.hidden_at
     from import_targets t where c.id = t.certificate_id and (t.is_changed or t.is_rehidden) and not t.is_new`,
  );
  await bulk.run(
    `insert into certificates (id, account_id, list_id, recipient_id, title, description, public_number, issued_on, expires_on, revoked_on,
                               created_at, hidden_at)
     select certificate_id, $1::uuid, list_id, recipient_id, title, description, public_number, issued_on, expires_on, revoked_on,
            $2::timestamptz, hidden_at
     from import_targets where is_new order by issued_on, public_number`,
    [accountId, now.toISOString()],
  );
}
