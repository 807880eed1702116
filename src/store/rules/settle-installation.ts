import { eq, inArray, sql } from 'drizzle-orm';
import type { Orm } from '../engine/db.ts';
import { installationOf, isInstallation, newInstallation, versionBefore, type Installation } from '../engine/installation.ts';
import type { Migration } from './migrate.ts';
import { roleNames } from '../engine/role-names.ts';
import { databaseRules } from '../schema/index.ts';

/** In place of the rules' hash: the database has a new id, and its roles don't carry it yet. */
const uncopied = 'copy';

/** The database's id, made once; the first one lets the version before run on, whose functions are still there. */
export async function settleInstallation(
  orm: Orm,
  { clock, asCopy = false, endRollOut = false }: Pick<Migration, 'clock' | 'asCopy' | 'endRollOut'>,
): Promise<Installation> {
  const row = (name: string, hash = '') => ({ name, hash, appliedAt: clock() });
  const rows = await orm.select().from(databaseRules);
  const own = rows.filter(({ name }) => isInstallation(name)).map(({ name }) => name);
  const isCopied = rows.some(({ name, hash }) => name === 'rules' && hash === uncopied);
  if (own.length === 0 || (asCopy && !isCopied)) {
    const runsOn = own.length === 0 && (await isOfVersionBefore(orm));
    await orm.transaction(async (tx) => {
      await tx.delete(databaseRules).where(inArray(databaseRules.name, own));
      await tx.insert(databaseRules).values([row(newInstallation()), ...(runsOn ? [row(versionBefore)] : [])]);
      if (asCopy) await tx.update(databaseRules).set({ hash: uncopied }).where(eq(databaseRules.name, 'rules'));
    });
  }
  if (asCopy || endRollOut) await orm.delete(databaseRules).where(eq(databaseRules.name, versionBefore));
  return installationOf(await orm.select().from(databaseRules));
}

async function isOfVersionBefore(orm: Orm): Promise<boolean> {
  const [found] = await orm
    .select({ is: sql<boolean>`count(*) > 0` })
    .from(sql`pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles o on o.oid = p.proowner`)
    .where(sql`n.nspname = 'certveil' and o.rolname = ${roleNames(null).grants}`);
  return found?.is ?? false;
}
