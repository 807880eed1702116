import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { OAuth } from '../../oauth/oauth.ts';
import type { SignedIn } from '../../oauth/sessions.ts';
import { unseenNotices, type UnseenNotice } from '../../store/notices/notices.ts';
import { AppFacts, AppHeading, ChangeForm, Narrowing, doneTexts, isDone, type Done } from './parts.tsx';
import { showPage, type WebEnv } from '../shell/http.ts';
import { ChangedNotices } from '../public/notice.tsx';
import { ownerFor, type ConnectedApp, type OwnerDeps } from '../shell/owner.ts';
import { Actions, Button, Empty, Notice, Page } from '../shell/page.tsx';
import type { WebSessions } from '../shell/session.ts';
import { plural } from '../shell/format.tsx';

export interface AppsDeps extends OwnerDeps {
  readonly oauth: OAuth;
  readonly sessions: WebSessions;
}

/** `/dashboard`: the connected apps. */
export function appsPage({ oauth, sessions, ...deps }: AppsDeps): Hono<WebEnv> {
  const pages = new Hono<WebEnv>();
  pages.get('/dashboard', sessions.requireSession, async (c) => {
    const person = c.get('person');
    const apps = await ownerFor(deps, person).apps();
    const unseen = await unseenNotices({ orm: deps.orm, accountId: person.accountId });
    const done = doneIn({ apps, done: c.req.query('done'), app: c.req.query('app') });
    return showPage(c, <AppsPage person={person} apps={apps} done={done} unseen={unseen} endpoint={`${oauth.publicUrl}/mcp`} />);
  });
  pages.get('/dashboard/apps', (c) => c.redirect('/dashboard', 303));
  return pages;
}

interface DoneNow {
  readonly done: Done;
  readonly app: ConnectedApp | null;
}

/** What was just done, told only when it is so: a link that claims it proves nothing. */
function doneIn({
  apps,
  done,
  app: handle,
}: {
  apps: readonly ConnectedApp[];
  done: string | undefined;
  app: string | undefined;
}): DoneNow | null {
  if (!isDone(done)) return null;
  if (done === 'revoked_all') return apps.some(isLive) ? null : { done, app: null };
  const app = apps.find((each) => each.app === handle);
  return app && doneTexts[done].status.includes(app.status) ? { done, app } : null;
}

function isLive({ status }: ConnectedApp): boolean {
  return status !== 'revoked';
}

interface AppsProps {
  readonly person: SignedIn;
  readonly apps: readonly ConnectedApp[];
  readonly done: DoneNow | null;
  readonly unseen: readonly UnseenNotice[];
  readonly endpoint: string;
}

const AppsPage: FC<AppsProps> = ({ person, apps, done, unseen, endpoint }) => {
  const live = apps.filter(isLive);
  const revoked = apps.filter((each) => !isLive(each));
  return (
    <Page title="Connected apps" person={person} at="/dashboard">
      <h1>Connected apps</h1>
      <p class="lead">
        {live.length === 0
          ? 'No app can see anything of yours at the moment.'
          : `${plural(live.length, 'app')} may ask about your data. Whatever you change here holds from the app’s very next call.`}
      </p>
      <ChangedNotices unseen={unseen} />
      {done && (
        <Notice>
          <p role="status">
            {done.app && (
              <>
                <b class="name">{done.app.name}</b>:{' '}
              </>
            )}
            {doneTexts[done.done].text}
          </p>
        </Notice>
      )}
      {live.length === 0 ? <NoApps endpoint={endpoint} /> : live.map((app) => <AppCard app={app} />)}
      {live.length > 0 && <RevokeAll count={live.length} />}
      {revoked.length > 0 && <RevokedApps apps={revoked} />}
    </Page>
  );
};

const NoApps: FC<{ endpoint: string }> = ({ endpoint }) => (
  <Empty title="Connect your first app">
    <p>Give this address to ChatGPT, Claude or another assistant. It will bring you back here to decide what it may see.</p>
    <p>
      <code class="endpoint">{endpoint}</code>
    </p>
    <p>
      <a href="/#connect">How to connect, step by step</a>
    </p>
  </Empty>
);

const AppCard: FC<{ app: ConnectedApp }> = ({ app }) => (
  <article class="card app" aria-labelledby={app.app}>
    <AppHeading app={app} level="h2" />
    <AppFacts app={app} />
    <Narrowing app={app} />
    <Actions>
      <a class="button quiet" href={`/dashboard/apps/${app.app}`}>
        What it was told
      </a>
      {app.status === 'paused' ? <ChangeForm app={app} act="resume" /> : <ChangeForm app={app} act="pause" />}
      <ChangeForm app={app} act="revoke" />
    </Actions>
  </article>
);

const RevokeAll: FC<{ count: number }> = ({ count }) => (
  <section class="all" aria-labelledby="revoke-all">
    <div>
      <h2 id="revoke-all">Revoke everything</h2>
      <p class="small">
        {count === 1 ? 'Your app loses its access at once.' : `All ${count} apps lose their access at once.`} Each can ask you again later.
      </p>
    </div>
    <form method="post" action="/dashboard/apps/revoke-all">
      <Button kind="danger">Revoke all apps</Button>
    </form>
  </section>
);

const RevokedApps: FC<{ apps: readonly ConnectedApp[] }> = ({ apps }) => (
  <details class="past">
    <summary>
      <h2>Revoked apps</h2> <span class="count">{apps.length}</span>
    </summary>
    <p class="small">They can’t ask for anything. What they were told before stays on record.</p>
    <ul class="rows">
      {apps.map((app) => (
        <li>
          <AppHeading app={app} level="h3" />
          <AppFacts app={app} />
          <a href={`/dashboard/apps/${app.app}`}>What it was told</a>
        </li>
      ))}
    </ul>
  </details>
);
