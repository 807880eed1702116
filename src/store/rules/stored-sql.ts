import { heldCategories, heldCategoryNames } from '../../policy/categories.ts';
import { marks } from './marks.ts';

/** The tables that `held_data` looks into, each with the column that says whose row it is: that one column and no other. */
export const heldTables: readonly (readonly [table: string, owner: string])[] = [
  ...new Set(heldCategoryNames.flatMap((name): readonly (keyof typeof marks)[] => heldCategories[name].tables)),
].map((table) => {
  const { owner } = marks[table];
  if (owner === null) throw new Error(`${table} belongs to nobody`);
  return [table, owner] as const;
});

/** `held_data`: for each category of the policy whether any row of the account exists (CS-27). */
export function heldDataSql(): string {
  const owners = new Map(heldTables);
  const rows = heldCategoryNames.map((name) => {
    const found = heldCategories[name].tables.map(
      (table) => `exists (select from public.${table} t where t.${owners.get(table)} = account)`,
    );
    return `('${name}', ${found.join(' or ')})`;
  });
  return `create or replace function certveil.held_data(p_digest bytea, p_now timestamptz)
returns table (category text, held boolean)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  account uuid;
begin
  select l.account_id into account from certveil.live_grant(p_digest, p_now) l where 'privacy:read' = any (l.scopes);
  if not found then return; end if;
  return query values
    ${rows.join(',\n    ')};
end
$$;`;
}
