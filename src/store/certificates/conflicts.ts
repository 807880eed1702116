import type { BulkTransaction } from '../engine/bulk.ts';

export type ConflictKind =
  | 'number_twice'
  | 'revocation_undone'
  | 'ends_before_issue'
  | 'field_is_private'
  | 'field_is_shared'
  | 'field_of_both_kinds';

/** A staged line that does not go with another line or with what is stored. */
export interface Conflict {
  readonly line: number;
  readonly kind: ConflictKind;
  readonly otherLine: number | null;
  /** Which of the file's custom columns, from 0; null for the others. */
  readonly customColumn: number | null;
}

const storedCertificates = `
  select s.line, 'number_twice' as kind, s.earlier as other_line, null::integer as at
  from (select line, lag(line) over (partition by public_number order by line) as earlier from import_rows) s
  where s.earlier is not null
  union all
  select s.line, 'revocation_undone', null, null
  from import_rows s join certificates c on c.account_id = $1 and c.public_number = s.public_number
  where s.status = 'valid' and c.revoked_on is not null
  union all
  select s.line, 'ends_before_issue', null, null
  from import_rows s join certificates c on c.account_id = $1 and c.public_number = s.public_number
  where $2::text = 'kept' and c.expires_on < s.issued_on`;

/** A field never changes its kind by an import: a person decides that on the page of its list. */
const storedFields = `
  with filled as (
    select s.list_name, k.at, k.name, k.shared, min(s.line) as line
    from import_rows s
    cross join lateral unnest(s.custom_values) with ordinality as v(value, at)
    join import_columns k on k.at = v.at
    where v.value is not null
    group by s.list_name, k.at, k.name, k.shared
  )
  select f.line, case when f.shared then 'field_is_private' else 'field_is_shared' end as kind, null::integer as other_line, f.at
  from filled f
  join lists l on l.account_id = $1 and l.name = f.list_name
  join custom_fields c on c.list_id = l.id and coalesce(c.shared_name, c.private_name) = f.name
  where (c.shared_name is not null) <> f.shared
  union all
  select greatest(f.line, g.line), 'field_of_both_kinds', least(f.line, g.line), f.at
  from filled f join filled g on g.list_name = f.list_name and g.name = f.name and f.shared and not g.shared`;

interface ConflictRow {
  readonly line: number;
  readonly kind: ConflictKind;
  readonly other_line: number | null;
  readonly at: number | null;
}

/** The first conflicts in the order of the file. */
export async function findConflicts(bulk: BulkTransaction, accountId: string, hasExpiry: boolean, atMost: number): Promise<Conflict[]> {
  const ordered = (query: string): string => `select * from (${query}) found order by line, at, kind limit ${atMost}`;
  const rows = [
    ...(await bulk.run<ConflictRow>(ordered(storedCertificates), [accountId, hasExpiry ? 'given' : 'kept'])),
    ...(await bulk.run<ConflictRow>(ordered(storedFields), [accountId])),
  ];
  return rows
    .map(({ line, kind, other_line, at }) => ({ line, kind, otherLine: other_line, customColumn: at === null ? null : at - 1 }))
    .toSorted((a, b) => a.line - b.line)
    .slice(0, atMost);
}
