import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { SignedIn } from '../../oauth/sessions.ts';
import { consentHistoryOf, type HistoryRow } from '../../store/apps/consents.ts';
import { AppFacts, AppHeading, ChangeForm, Narrowing, doneTexts, isDone, type Done } from './parts.tsx';
import { ConsentHistory } from './consent-record.tsx';
import { showPage, type WebEnv } from '../shell/http.ts';
import { ownerFor, type ConnectedApp, type OwnerDeps, type ToldPage } from '../shell/owner.ts';
import { Actions, Empty, Notice, Page } from '../shell/page.tsx';
import type { WebSessions } from '../shell/session.ts';
import { Pager, ToldTable } from '../disclosures/disclosure-table.tsx';

export interface AppPageDeps extends OwnerDeps {
  readonly sessions: WebSessions;
}

/** `/dashboard/apps/{app}`: what one app was told, and what was decided about it. */
export function appPage({ sessions, ...deps }: AppPageDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/dashboard/apps/:app', sessions.requireSession, async (c) => {
    const person = c.get('person');
    const owner = ownerFor(deps, person);
    const app = await owner.app(c.req.param('app'));
    const after = c.req.query('after');
    const told = await owner.told({ app, limit: 50, after });
    const history = await consentHistoryOf({ orm: deps.orm, accountId: person.accountId, appId: app.appId });
    const done = c.req.query('done');
    const shown = isDone(done) && doneTexts[done].status.includes(app.status) ? done : null;
    return showPage(c, <AppPage person={person} app={app} told={told} history={history} after={after} done={shown} />);
  });
  return pages;
}

interface AppProps {
  readonly person: SignedIn;
  readonly app: ConnectedApp;
  readonly told: ToldPage;
  readonly history: readonly HistoryRow[];
  readonly after: string | undefined;
  readonly done: Done | null;
}

const AppPage: FC<AppProps> = ({ person, app, told, history, after, done }) => (
  <Page title={app.name} person={person} at="/dashboard">
    <p class="back">
      <a href="/dashboard">Back to connected apps</a>
    </p>
    {done && (
      <Notice>
        <p role="status">
          <b class="name">{app.name}</b>: {doneTexts[done].text}
        </p>
      </Notice>
    )}
    <section class="card app" aria-labelledby={app.app}>
      <AppHeading app={app} level="h1" />
      <AppFacts app={app} />
      {app.status !== 'revoked' && <Narrowing app={app} from="app" />}
      <Actions>
        {app.status === 'active' && <ChangeForm app={app} act="pause" from="app" />}
        {app.status === 'paused' && <ChangeForm app={app} act="resume" from="app" />}
        {app.status !== 'revoked' && <ChangeForm app={app} act="revoke" from="app" />}
        <a class="button quiet" href={`/dashboard/apps/${app.app}/consent.json`} download="consent.json">
          Download consent record
        </a>
      </Actions>
    </section>
    <h2>What it was told</h2>
    <p class="small">Names of fields and counts. The values themselves are never kept here.</p>
    {told.rows.length === 0 ? (
      <Empty title="Nothing yet">
        <p>{after === undefined ? 'This app hasn’t been told anything.' : 'There is nothing older.'}</p>
      </Empty>
    ) : (
      <ToldTable caption="What this app was told, newest day first" rows={told.rows} />
    )}
    <Pager path={`/dashboard/apps/${app.app}`} after={after} page={told} />
    <ConsentHistory rows={history} />
  </Page>
);
