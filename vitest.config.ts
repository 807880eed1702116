import { defineConfig } from 'vitest/config';
import { PromisesReporter } from './test/support/promises-reporter.ts';

const plain = ['test/rooms.test.ts', 'test/policy/**/*.test.ts', 'test/**/*.plain.test.ts'];
const perEngine = { include: ['test/**/*.test.ts'], exclude: [...plain, 'test/**/*.browser.test.ts'] };
const postgresSetup = 'test/support/setup-postgres.ts';

/**
 * `x.test.ts` runs on both engines; `x.postgres.test.ts`, whose subject no engine can change, on Postgres only; `x.browser.test.ts`
 * once in Chromium (on Postgres);
 * `x.plain.test.ts`, `rooms.test.ts` and everything in `policy/` once, without a database.
 */
export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'test-results/report.json' }], new PromisesReporter()],
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    projects: [
      { extends: true, test: { name: 'plain', include: plain } },
      { extends: true, test: { name: 'postgres', ...perEngine, globalSetup: [postgresSetup] } },
      {
        extends: true,
        test: {
          name: 'pglite',
          // PGlite is WebAssembly; optimising it costs more than a run of tests gains by it.
          execArgv: ['--liftoff-only'],
          include: perEngine.include,
          exclude: [...perEngine.exclude, 'test/**/*.postgres.test.ts'],
          globalSetup: ['test/support/setup-pglite.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          globalSetup: [postgresSetup, 'test/support/setup-chromium.ts'],
        },
      },
    ],
  },
});
