import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { PromiseResults } from '../../build.ts';
import { certfusionPromises } from '../../policy/promises/certfusion.ts';
import { certumsslPromises } from '../../policy/promises/certumssl.ts';
import { productPromises } from '../../policy/promises/product-line.ts';
import type { PromisePolicy } from '../../policy/promises/promise.ts';
import { showPage, type WebEnv } from '../shell/http.ts';
import { Notice, Page } from '../shell/page.tsx';
import { renderOnce } from '../shell/render-once.ts';
import type { WebSessions } from '../shell/session.ts';
import { plural } from '../shell/format.tsx';

export interface PromisesDeps {
  readonly sessions: WebSessions;
  /** Of a test run of the running commit; null without one. */
  readonly results: PromiseResults | null;
}

/** `/promises`: each promise, the rule that keeps it, the tests that show it and how they ended. */
export function promisesPage({ sessions, results }: PromisesDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  const content = renderOnce();
  pages.get('/promises', async (c) => {
    const person = await sessions.sessionOf(c);
    return showPage(
      c,
      <Page title="Promises" person={person}>
        {await content('promises', () => <Promises results={results} />)}
      </Page>,
    );
  });
  return pages;
}

const groups: readonly (readonly [title: string, promises: Readonly<Record<string, PromisePolicy>>])[] = [
  ['CertFusion', certfusionPromises],
  ['CertumSSL', certumsslPromises],
  ['This product', productPromises],
];

const Promises: FC<{ results: PromiseResults | null }> = ({ results }) => (
  <>
    <h1>What is promised, and what keeps it</h1>
    <p class="lead">Each promise of the privacy notices, the rule in the code that keeps it, and the tests that show it.</p>
    {results === null && (
      <Notice kind="warning">
        <p>There are no results of a test run of the version that runs here. So every test below says “not run”.</p>
      </Notice>
    )}
    {groups.map(([title, promises]) => (
      <section aria-labelledby={`of-${title}`}>
        <h2 id={`of-${title}`}>{title}</h2>
        {Object.entries(promises).map(([id, promise]) => (
          <PromiseCard id={id} promise={promise} results={results} />
        ))}
      </section>
    ))}
  </>
);

const PromiseCard: FC<{ id: string; promise: PromisePolicy; results: PromiseResults | null }> = ({ id, promise, results }) => (
  <article class="promise" id={id}>
    <h3>
      <span class="code">{id}</span> {promise.says}
    </h3>
    {'rule' in promise ? (
      <>
        <p class="small">
          Kept by <code>{promise.rule}</code>
        </p>
        <Tests shown={results === null ? null : (results[id] ?? [])} />
      </>
    ) : (
      <p class="small">No test of software can show this. What stands for it: {promise.stands}</p>
    )}
  </article>
);

const Tests: FC<{ shown: readonly { readonly name: string; readonly passed: boolean }[] | null }> = ({ shown }) => {
  if (shown === null || shown.length === 0) {
    return (
      <p class="small">
        <span class="status waiting">Not run</span>
      </p>
    );
  }
  const failed = shown.filter(({ passed }) => !passed).length;
  return (
    <details class="small">
      <summary>
        <span class={`status ${failed === 0 ? 'good' : 'over'}`}>{failed === 0 ? 'Passed' : 'Failed'}</span> {plural(shown.length, 'test')}
      </summary>
      <ul>
        {shown.map(({ name, passed }) => (
          <li>
            {name}: {passed ? 'passed' : 'failed'}
          </li>
        ))}
      </ul>
    </details>
  );
};
