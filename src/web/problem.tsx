import { errorTable } from '../errors.ts';
import type { OAuthProblem } from '../oauth/configuration.ts';
import { Message, renderPage } from './page.tsx';

export const expired =
  'This page has expired, was opened in another browser, or your browser doesn’t keep cookies. Allow cookies for this site, go back to where you started, and try again.';

const problems: Readonly<Record<OAuthProblem, string>> = {
  busy: errorTable.rate_limited.text,
  later: errorTable.try_later.text,
  unknown_client: 'The app that sent you here isn’t known, or its description couldn’t be read. Nothing was shared.',
  wrong_redirect: 'The app asked to send you to an address that isn’t registered for it. Nothing was shared.',
  expired: expired,
  refused: 'The app’s request can’t be answered. Nothing was shared.',
  internal: 'Something went wrong here. It has been noted. Nothing was shared.',
};

/** The page of an authorization that can't go back to its app. */
export function renderProblem(problem: OAuthProblem): Promise<string> {
  return renderPage(<Message title="This didn’t work" text={problems[problem]} />);
}
