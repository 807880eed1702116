import { systemClock } from '../../src/words/dates.ts';
import type { Database } from '../../src/store/engine/db.ts';
import { readInstallation } from '../../src/store/engine/installation.ts';
import { migrate } from '../../src/store/rules/migrate.ts';
import type { RoleNames } from '../../src/store/engine/role-names.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databases: ({ engine: 'postgres'; adminUrl: string } | { engine: 'pglite'; directory: string }) & {
      /** Of the templates, and so of every test database. */
      roles: RoleNames;
    };
  }
}

/** The key that wraps purpose keys in every test database. */
export const testDataKey = Buffer.alloc(32, 7);

/** A migrated database, made before the first test. */
export const emptyTemplate = 'template_empty';
/** The same with the demo data, made when a test first asks for it. */
export const demoTemplate = 'template_demo';

/** Answers the roles of the installation that it makes. */
export async function fillEmptyTemplate(database: Database): Promise<RoleNames> {
  await migrate({ database, clock: systemClock });
  return (await readInstallation(database.statement)).names;
}

export async function fillDemoTemplate(database: Database): Promise<void> {
  const { makeDemo } = await import('../../src/demo/make-demo.ts');
  await makeDemo({ database, dataKey: testDataKey, clock: systemClock });
}
