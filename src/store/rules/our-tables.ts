import { tablePolicies } from './roles.ts';

const names = tablePolicies.map(([table]) => `'${table}'`).join(', ');

/** SQL of the oids of the policy's tables, with the partitions that they have. */
export const ourTables = `select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and (c.relname in (${names}) or (c.relispartition and exists (select from pg_inherits i join pg_class p on p.oid = i.inhparent
    where i.inhrelid = c.oid and p.relname in (${names}))))`;

/** SQL of who may own them: the login, and the owner of the database. */
export const owners = `select current_user::text union select pg_get_userbyid(d.datdba)::text from pg_database d where d.datname = current_database()`;

/** SQL that tells whether something comes with an extension, which an administrator chose. */
export function ofExtension(catalog: string, oid: string): string {
  return `exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;
}
