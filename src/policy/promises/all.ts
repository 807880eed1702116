import { certfusionPromises } from './certfusion.ts';
import { certumsslPromises } from './certumssl.ts';
import { productPromises } from './product-line.ts';
import type { PromisePolicy } from './promise.ts';

/** Every promise of the notices and of the product line, by its stable id: the rule that keeps it and the tests that show it. */
export const promises: Readonly<Record<string, PromisePolicy>> = { ...certumsslPromises, ...certfusionPromises, ...productPromises };

/** Does a test with this name show the promise? One that has the id in its name does, and one that the promise names. */
export function isShownBy(id: string, testName: string): boolean {
  const promise = promises[id];
  if (!promise || !('rule' in promise)) return false;
  return (
    new RegExp(`\\b${id}\\b`).test(testName) || (promise.shownBy ?? []).some((each) => each === testName || testName.endsWith(` ${each}`))
  );
}
