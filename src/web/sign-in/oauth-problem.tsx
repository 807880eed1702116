import { errorTable } from '../../errors.ts';
import type { Destination } from '../../oauth/answering.ts';
import type { OAuthProblem } from '../../oauth/configuration.ts';
import { AppIdentity } from './app-identity.tsx';
import { Actions, Message, Notice, Page, renderPage } from '../shell/page.tsx';

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

/** The page of an authorization that doesn't go back to its app by itself; with a destination, the person may go there. */
export function renderProblem(problem: OAuthProblem, destination?: Destination): Promise<string> {
  if (!destination) return renderPage(<Message title="This didn’t work" text={problems[problem]} />);
  const { app, address } = destination;
  return renderPage(
    <Page title="This didn’t work" narrow>
      <h1>This didn’t work</h1>
      <p class="lead">{problems[problem]}</p>
      <AppIdentity app={app} />
      <Notice kind="warning">
        <p>
          You haven’t connected this app, and anybody can make a link like the one that brought you here. Go on only if you know{' '}
          <b class="name">{app.redirectHost}</b>.
        </p>
      </Notice>
      <Actions>
        <a class="button quiet" href={address}>
          <span>
            Go on to <span class="name">{app.redirectHost}</span>
          </span>
        </a>
        <a class="button" href="/">
          Stay here
        </a>
      </Actions>
    </Page>,
  );
}
