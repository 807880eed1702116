import { defineConfig } from 'vitest/config';

/** `npm run soak`: big counts and long runs, on Postgres. */
export default defineConfig({
  test: {
    name: 'soak',
    include: ['test/soak/**/*.soak.ts'],
    globalSetup: ['test/support/setup-postgres.ts'],
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 30 * 60_000,
    hookTimeout: 10 * 60_000,
  },
});
