import { readFileSync } from 'node:fs';
import { z } from 'zod';

const build = z.strictObject({ commit: z.string().nullable() });
const results = z.strictObject({
  commit: z.string().nullable(),
  shown: z.record(z.string(), z.array(z.strictObject({ name: z.string(), passed: z.boolean() }))),
});

/** How the tests that show a promise ended, by its id. */
export type PromiseResults = z.output<typeof results>['shown'];

/** The results of a test run of this very commit; null without one. */
export function promiseResults(): PromiseResults | null {
  const running = build.safeParse(jsonOf(new URL('build.json', import.meta.url)));
  const ran = results.safeParse(jsonOf(new URL('../test-results/promises.json', import.meta.url)));
  if (!running.success || !ran.success || running.data.commit === null || running.data.commit !== ran.data.commit) return null;
  return ran.data.shown;
}

/** Undefined where there is no such file, or it holds something else. */
function jsonOf(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
