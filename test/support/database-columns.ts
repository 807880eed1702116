import postgres from 'postgres';

/** A column as the database holds it. */
export interface StoredColumn {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** The words that a CHECK on this column alone allows; null where any will do. */
  readonly words: readonly string[] | null;
}

/** Every column of the product's tables, partitions aside and columns whose values the database makes itself. */
export async function storedColumns(admin: postgres.Sql): Promise<StoredColumn[]> {
  const rows = await admin<{ table: string; column: string; type: string; checked: string | null }[]>`
    select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type,
           (select pg_get_constraintdef(k.oid) from pg_constraint k
            where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] and pg_get_constraintdef(k.oid) like '%ANY%' limit 1) as checked
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
      and a.attidentity = '' and a.attgenerated = ''
    order by c.relname, a.attnum`;
  return rows.map(({ checked, ...column }) => ({ ...column, words: checked === null ? null : wordsOf(checked) }));
}

function wordsOf(check: string): string[] {
  return [...check.matchAll(/'([^']*)'::text/g)].map(([, word = '']) => word);
}

/** Acts as the server's superuser, whom no rule of the product holds back. */
export async function asSuperuser<Done>(adminUrl: string | null, act: (admin: postgres.Sql) => Promise<Done>): Promise<Done> {
  const admin = postgres(adminUrl ?? '', { max: 1, onnotice: () => undefined });
  try {
    return await act(admin);
  } finally {
    await admin.end();
  }
}
