import { wordsOf } from './definition-words.ts';
import { compare } from './compare.ts';
import type { Statement } from '../engine/db.ts';
import type { Installation } from '../engine/installation.ts';
import { functionSources } from './rules-sql.ts';
import { triggersOf } from './sources.ts';
import { ourTables } from './our-tables.ts';

/** What happens by itself when rows change: triggers, rules and event triggers, and whether any of them is switched off. */
export async function triggerDifferences(statement: Statement, installation: Installation): Promise<string[]> {
  const expected = triggersOf(functionSources(installation));
  const found = await statement<{ name: string; table: string; enabled: string; made: string }>(
    `select t.tgname as name, c.relname as table, t.tgenabled as enabled, pg_get_triggerdef(t.oid) as made
     from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.oid in (${ourTables}) and not t.tgisinternal`,
    [],
  );
  const known = found.flatMap((row) => {
    const source = expected.find(({ name, table }) => name === row.name && table === row.table);
    return source ? [{ ...row, isChanged: wordsOf(row.made) !== source.words }] : [];
  });
  return [
    ...compare('trigger', expected.map(named), found.map(named)),
    ...known.filter(({ isChanged }) => isChanged).map((row) => `trigger ${named(row)} is not as it was made`),
    ...known.filter(({ enabled }) => enabled !== 'O').map((row) => `trigger ${named(row)} is switched off`),
    ...(await otherActions(statement)),
  ];
}

function named({ name, table }: { name: string; table: string }): string {
  return `${name} on ${table}`;
}

async function otherActions(statement: Statement): Promise<string[]> {
  const rows = await statement<{ difference: string }>(
    `select distinct 'foreign keys of ' || c.relname || ' are switched off: as a superuser run alter table ' || c.relname || ' enable trigger all' as difference
     from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.oid in (${ourTables}) and t.tgisinternal and t.tgenabled <> 'O'
     union all
     select 'triggers are switched off by session_replication_role' where current_setting('session_replication_role') <> 'origin'
     union all
     select 'rule ' || r.rulename || ' on ' || c.relname || ' is not in the policy'
     from pg_rewrite r join pg_class c on c.oid = r.ev_class where c.oid in (${ourTables})
     union all
     select 'event trigger ' || e.evtname || ' is not in the policy' from pg_event_trigger e
     where e.evtenabled <> 'D' and not exists (
       select from pg_depend d where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.deptype = 'e')`,
    [],
  );
  return rows.map(({ difference }) => difference);
}
