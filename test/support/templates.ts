import { systemClock } from '../../src/policy/dates.ts';
import type { Database } from '../../src/store/db.ts';
import { migrate } from '../../src/store/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databases: { engine: 'postgres'; adminUrl: string } | { engine: 'pglite'; directory: string };
  }
}

/** The key that wraps purpose keys in every test database. */
export const testDataKey = Buffer.alloc(32, 7);

/** A migrated database, made before the first test. */
export const emptyTemplate = 'template_empty';
/** The same with the demo data, made when a test first asks for it. */
export const demoTemplate = 'template_demo';

export async function fillEmptyTemplate(database: Database): Promise<void> {
  await migrate({ database, clock: systemClock });
}

export async function fillDemoTemplate(database: Database): Promise<void> {
  const { makeDemo } = await import('../../src/demo/make-demo.ts');
  await makeDemo({ database, dataKey: testDataKey, clock: systemClock });
}
