import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { promises } from '../src/policy/promises/all.ts';
import type { KeptPromise } from '../src/policy/promises/promise.ts';

const source = join(import.meta.dirname, '../src');
const kept = Object.entries(promises).flatMap(([id, promise]): (readonly [string, KeptPromise])[] =>
  'rule' in promise ? [[id, promise]] : [],
);

/** Every text in quotation marks of the tests, their names among them. */
const quoted = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.startsWith('promises'))
  .flatMap((path) => readFileSync(join(import.meta.dirname, path), 'utf8').match(/'[^'\n]+'/g) ?? [])
  .map((each) => each.slice(1, -1));

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}-${String(at + 1).padStart(2, '0')}`);

describe('the promises', () => {
  it('are all of both notices and of the product line', () => {
    const certumssl = numbered('CS', 60).flatMap((id) => (id === 'CS-55' ? ['CS-55a', 'CS-55b', 'CS-55c'] : [id]));
    expect(Object.keys(promises).toSorted()).toEqual([...certumssl, ...numbered('CF', 27), ...numbered('BR', 7)].toSorted());
  });

  it('are kept by names that the code exports', () => {
    const missing = kept.filter(([, { rule }]) => {
      const [file = '', name = ''] = rule.split('#');
      const path = join(source, file);
      return (
        !existsSync(path) ||
        !new RegExp(`^export (?:async )?(?:function|const|interface|class) ${name}\\b`, 'm').test(readFileSync(path, 'utf8'))
      );
    });
    expect(missing.map(([id, { rule }]) => `${id} ${rule}`)).toEqual([]);
  });

  it('are each shown by a test that names it, or by one that the promise names and that exists', () => {
    const unshown = kept.filter(
      ([id, { shownBy = [] }]) => shownBy.length === 0 && !quoted.some((each) => new RegExp(`\\b${id}\\b`).test(each)),
    );
    expect(unshown.map(([id]) => id)).toEqual([]);
    const unknown = kept.flatMap(([id, { shownBy = [] }]) =>
      shownBy.filter((each) => !quoted.includes(each)).map((each) => `${id}: ${each}`),
    );
    expect(unknown).toEqual([]);
  });
});
