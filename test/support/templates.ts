import { systemClock } from '../../src/policy/dates.ts';
import type { Database } from '../../src/store/db.ts';
import { migrate } from '../../src/store/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databases: { engine: 'postgres'; adminUrl: string } | { engine: 'pglite'; directory: string };
  }
}

/** What a test database starts as: migrated and empty. */
export const templates = ['template_empty'] as const;
export type Template = (typeof templates)[number];

export async function fillTemplate({ database }: { template: Template; database: Database }): Promise<void> {
  await migrate({ database, clock: systemClock });
}
