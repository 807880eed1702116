import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { isShownBy, promises } from '../../src/policy/promises/all.ts';
import { commitOf } from '../../scripts/commit.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Writes `test-results/promises.json`: for each promise that the software keeps, the tests that show it and how they ended. After a
 * run of everything, a promise without a test that passed is a failure.
 */
export class PromisesReporter implements Reporter {
  #vitest: Vitest | null = null;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const ended = modules.flatMap((each) =>
      [...each.children.allTests()].map((test) => ({ name: nameOf(test), state: test.result().state })),
    );
    const shown = Object.fromEntries(
      Object.keys(promises).map((id) => {
        const own = ended.filter(({ name }) => isShownBy(id, name));
        const names = [...new Set(own.map(({ name }) => name))];
        return [id, names.map((name) => ({ name, passed: own.every((each) => each.name !== name || each.state === 'passed') }))];
      }),
    );
    mkdirSync(`${root}/test-results`, { recursive: true });
    writeFileSync(`${root}/test-results/promises.json`, JSON.stringify({ commit: commitOf(root), shown }, null, 1));
    const everything = (await this.#vitest?.globTestSpecifications()) ?? [];
    if (modules.length < everything.length) return;
    const unshown = Object.entries(promises)
      .filter(([id, promise]) => 'rule' in promise && !shown[id]?.some(({ passed }) => passed))
      .map(([id]) => id);
    if (unshown.length === 0) return;
    process.stderr.write(`No test that passed shows: ${unshown.join(', ')}\n`);
    process.exitCode = 1;
  }
}

/** The test's own name, with those of its groups in front. */
function nameOf(test: { readonly fullName: string }): string {
  return test.fullName;
}
